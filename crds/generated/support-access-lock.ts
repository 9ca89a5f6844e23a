/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
import type {ObjectMeta} from '../object-meta.ts';

/**
 * An emergency stop: while it exists, no access to its target is open, whatever grants and policy say. Its name is its target: `all`, `ns.<namespace>`, `grant.<uid>`, `user.<uid>` or `case.<uid>`. Lifting it is two steps: annotate `supportaccess.dev/unlock-reason`, then delete.
 */
export interface SupportAccessLock {
  apiVersion: 'supportaccess.dev/v1beta1';
  kind: 'SupportAccessLock';
  metadata: ObjectMeta;
  /**
   * Why it was made; immutable. Example: {reason: Suspicious downloads}
   */
  spec: {
    /**
     * Why support access is stopped. Example: Suspicious downloads at 02:14
     */
    reason: string;
  };
  /**
   * What the product reports about this object; it cannot open access. Example: {observedGeneration: 3, conditions: []}
   */
  status?: {
    /**
     * The metadata.generation that this status is about; while it is lower than the object's, the latest change has not been looked at, and -1 says that the object never was. Default: -1. Example: 3
     */
    observedGeneration?: number;
    /**
     * How many grants it keeps closed, to all of their people or to one: those that are Enabled and not over. 0 says that it stops nothing, as a lock on a mistyped name does. Example: 3
     */
    grants?: number;
    /**
     * How many sessions of its target have not ended yet; each of their requests is refused. Example: 0
     */
    sessions?: number;
    /**
     * What is true about this object now, one entry for each type. Example: [{type: Ready, status: "True", reason: Enforced, message: Everything that this object asks for has been applied}]
     */
    conditions?: {
      /**
       * What the condition is about. Example: Ready
       */
      type: string;
      /**
       * Whether it holds. Example: "True"
       */
      status: 'True' | 'False' | 'Unknown';
      /**
       * Why, as one word that does not change between releases. Example: Expired
       */
      reason: string;
      /**
       * Why, in a sentence for people. Example: The grant ended at 2026-12-03T08:00:00Z
       */
      message: string;
      /**
       * When the status last changed. Example: "2026-12-01T08:00:00Z"
       */
      lastTransitionTime: string;
      /**
       * The metadata.generation that the condition is about. Example: 3
       */
      observedGeneration?: number;
    }[];
  };
}
