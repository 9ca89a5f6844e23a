/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
import type {ObjectMeta} from '../object-meta.ts';

/**
 * One signed-in person under one grant. Written by the gateway; deleting it ends the session.
 */
export interface SupportSession {
  apiVersion: 'supportaccess.dev/v1beta1';
  kind: 'SupportSession';
  metadata: ObjectMeta;
  /**
   * Who signed in, and what the session is bound to; immutable. Example: {userRef: {name: ada, uid: 6f0c...}, handle: 5f1c9a}
   */
  spec: {
    /**
     * Who, by name and UID. Example: {name: ada, uid: 6f0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11}
     */
    userRef: {
      /**
       * The SupportUser's name. Example: ada
       */
      name: string;
      /**
       * The SupportUser's UID. Example: 6f0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
       */
      uid: string;
    };
    /**
     * Under which grant, by name and UID. Example: {name: case-4711, uid: 0d2a9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11}
     */
    grantRef: {
      /**
       * The SupportAccessGrant's name. Example: case-4711
       */
      name: string;
      /**
       * The SupportAccessGrant's UID. Example: 0d2a9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
       */
      uid: string;
    };
    /**
     * The opening that the session belongs to; it ends with it. Example: {id: 0f9c1ad27b3e4c5d8a6f90b1c2d3e4f5, personId: 4b8e1ad27b3e4c5d8a6f90b1c2d3e4f5}
     */
    opening?: {
      /**
       * The id of the grant's opening. Example: 0f9c1ad27b3e4c5d8a6f90b1c2d3e4f5
       */
      id: string;
      /**
       * The id of the person in it. Example: 4b8e1ad27b3e4c5d8a6f90b1c2d3e4f5
       */
      personId: string;
    };
    /**
     * The session's name in records; it gives no access. Example: 5f1c9a7be2d04c11
     */
    handle: string;
    /**
     * The NameID that the identity provider gave. Example: ada@vendor.example
     */
    nameID: string;
    /**
     * The address of the sign-in. Example: 203.0.113.7
     */
    boundAddress: string;
    /**
     * When the person signed in. Example: "2026-12-01T08:00:00Z"
     */
    signInTime: string;
    /**
     * When the session ends at the latest. Example: "2026-12-01T16:00:00Z"
     */
    absoluteExpirationTime: string;
    /**
     * When the session ends if it is never used, by the policy of the sign-in. Example: "2026-12-01T08:30:00Z"
     */
    idleExpirationTime?: string;
    /**
     * What a gateway recognises its own sessions by. It lets no one in: for that the session's secret is needed, which is in the person's browser alone. Example: nM2yq0dK1mZ8bN5vTq3Jx0dK1mZ8bN5vTq3Jx0dK1mZ
     */
    proof: string;
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
    /**
     * When the session ends if it is not used again, fixed at the last request by the policy of that moment. Example: "2026-12-01T09:00:00Z"
     */
    idleExpirationTime?: string;
    /**
     * The last request, to the minute. Example: "2026-12-01T08:30:00Z"
     */
    lastActivityTime?: string;
  };
}
