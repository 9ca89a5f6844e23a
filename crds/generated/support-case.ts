/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
import type {ObjectMeta} from '../object-meta.ts';

/**
 * A support case of the customer. It opens no access. Who opens it owns it: admission writes spec.owner, and only the owner adds and removes contacts.
 */
export interface SupportCase {
  apiVersion: 'supportaccess.dev/v1beta1';
  kind: 'SupportCase';
  metadata: ObjectMeta;
  /**
   * What the case is about, and whose it is. Example: {subject: Mail jobs are stuck, contacts: [{name: grace}]}
   */
  spec: {
    /**
     * What the case is about, in a line. Example: Mail jobs are stuck since Monday
     */
    subject: string;
    /**
     * What was seen, tried and expected. Example: No job of the mail queue has ended since Monday at 08:00
     */
    description?: string;
    /**
     * Whether the case is open. Default: Open. Example: Closed
     */
    state?: 'Open' | 'Closed';
    /**
     * The Kubernetes user name of who opened the case, which admission writes: leave it out. An elevated contact of the policy may write the own name, to take the case over. Example: grace@example.com
     */
    owner?: string;
    /**
     * Administrators who get the mail of the case, and may call in to support. They need not be able to read it. Only the owner adds and removes them. Example: [{name: grace, telephone: +1 202 555 0143}]
     */
    contacts?: {
      /**
       * The name of an entry of the policy's spec.administrators. Example: grace
       */
      name: string;
      /**
       * Where support may call the contact back. Example: +1 202 555 0143
       */
      telephone?: string;
    }[];
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
