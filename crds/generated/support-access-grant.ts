/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
import type {ObjectMeta} from '../object-meta.ts';

/**
 * One consent: which people of the vendor's support, under which matrix, into which application, from where, until when. Nothing is open unless `access` is Enabled.
 */
export interface SupportAccessGrant {
  apiVersion: 'supportaccess.dev/v1beta1';
  kind: 'SupportAccessGrant';
  metadata: ObjectMeta;
  /**
   * What is consented to. Example: {access: Enabled, userRefs: [{name: ada}], matrixRef: {name: casepoint-ecase-1}, expirationTime: 2026-12-03T08:00:00Z}
   */
  spec: {
    /**
     * Whether this consent is given. Example: Enabled
     */
    access: 'Enabled' | 'Disabled';
    /**
     * Why, for people and records. Example: Mail jobs have been stuck since Monday
     */
    reason?: string;
    /**
     * Raise it to consent again to what has changed under the same names. Example: 1
     */
    consent?: number;
    /**
     * The SupportUsers who may come; they need not exist yet. Example: [{name: ada}]
     */
    userRefs: {
      /**
       * The SupportUser's name. Example: ada
       */
      name: string;
    }[];
    /**
     * The SupportPermissionMatrix that says what they may do; immutable. Example: {name: casepoint-ecase-1}
     */
    matrixRef: {
      /**
       * The matrix's name, which ends in its revision. Example: casepoint-ecase-1
       */
      name: string;
    };
    /**
     * The SupportApplication in this namespace; without it, Kubernetes rights only. Example: {name: ecase}
     */
    applicationRef?: {
      /**
       * The SupportApplication's name. Example: ecase
       */
      name: string;
    };
    /**
     * Only people with one of these support roles get in; an empty list asks for none. Example: [Engineer]
     */
    requiredSupportRoles?: string[];
    /**
     * Addresses that they may come from, besides the policy's list. Example: [203.0.113.0/24, 2001:db8:7::/48]
     */
    allowedCIDRs?: string[];
    /**
     * When it starts; without it, at once. Example: "2026-12-01T08:00:00Z"
     */
    startTime?: string;
    /**
     * When it ends; not open at that moment any more. Example: "2026-12-03T08:00:00Z"
     */
    expirationTime: string;
  };
  /**
   * What the product reports; never a reason to open. Example: {observedGeneration: 3, conditions: []}
   */
  status?: {
    /**
     * The metadata.generation that this status speaks about; older than the object's means not looked at yet. Example: 3
     */
    observedGeneration?: number;
    /**
     * Who asked for the spec of this generation, and how surely that is known: proved by the API server's client certificate, claimed by one admission review that fits what was stored, or unknown. Example: {generation: 3, certainty: claimed, username: grace}
     */
    requester?: {
      /**
       * The generation that was asked for. Example: 3
       */
      generation: number;
      /**
       * How surely the requester is known: proved, claimed or unknown. Example: claimed
       */
      certainty: 'proved' | 'claimed' | 'unknown';
      /**
       * The requester's name at the API server; absent when unknown. Example: grace
       */
      username?: string;
    };
    /**
     * What is true about this object now, one entry per type. Example: [{type: Ready, status: "True", reason: Enforced, message: All that should be in force is in force}]
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
       * Why, in a sentence for people. Example: The window ended at 2026-12-03T08:00:00Z
       */
      message: string;
      /**
       * When the status last changed. Example: "2026-12-01T08:00:00Z"
       */
      lastTransitionTime: string;
      /**
       * The metadata.generation that the condition speaks about. Example: 3
       */
      observedGeneration?: number;
    }[];
    /**
     * The reason of the condition Active, for field selectors. Example: Expired
     */
    activeReason?: string;
    /**
     * The one address where this grant's people sign in. Example: https://support.example.com/support-access/sign-in/ecase/case-4711
     */
    signInURL?: string;
    /**
     * The present opening; absent while access is closed. Sessions belong to one opening, and end with it. Example: {id: 0f9c..., expirationTime: "2026-12-03T08:00:00Z", generation: 3, people: []}
     */
    opening?: {
      /**
       * 128 random bits, new whenever the grant opens. Example: 0f9c1ad27b3e4c5d8a6f90b1c2d3e4f5
       */
      id: string;
      /**
       * The start of the window that was judged. Example: "2026-12-01T08:00:00Z"
       */
      startTime?: string;
      /**
       * The end of the window that was judged. Example: "2026-12-03T08:00:00Z"
       */
      expirationTime: string;
      /**
       * The metadata.generation of the grant that was judged. Example: 3
       */
      generation: number;
      /**
       * The policy that was judged. Example: {uid: 2f0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11, generation: 2}
       */
      policy: {
        /**
         * Its UID. Example: 2f0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
         */
        uid: string;
        /**
         * Its metadata.generation. Example: 2
         */
        generation: number;
      };
      /**
       * The application that was judged. Example: {uid: 3a0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11, generation: 2}
       */
      application?: {
        /**
         * Its UID. Example: 3a0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
         */
        uid: string;
        /**
         * Its metadata.generation. Example: 2
         */
        generation: number;
      };
      /**
       * Who is let in. Example: [{name: ada, uid: 6f0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11, id: 4b8e..., generation: 1}]
       */
      people: {
        /**
         * The SupportUser's name. Example: ada
         */
        name: string;
        /**
         * The SupportUser's UID. Example: 6f0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
         */
        uid: string;
        /**
         * 128 random bits, new whenever the grant opens to this person. Example: 4b8e1ad27b3e4c5d8a6f90b1c2d3e4f5
         */
        id: string;
        /**
         * The metadata.generation of the SupportUser that was judged. Example: 1
         */
        generation: number;
      }[];
    };
    /**
     * How many ends of access were told. The record of an opening is known by it, so it counts one after another and never back. Example: 2
     */
    closings?: number;
    /**
     * UID of the namespace of the support identities, which stands for the installation that looked at the grant last. Consent that was given to another installation closes until spec.consent is raised. Example: 5d0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
     */
    installation?: string;
    /**
     * Set when something closed the grant for good: this number gives no consent any more, a higher one does. Example: {consent: 1, reason: UserChanged}
     */
    consentEnded?: {
      /**
       * The spec.consent that ended. Example: 1
       */
      consent: number;
      /**
       * Why it ended. Example: UserChanged
       */
      reason: string;
    };
    /**
     * What the names meant when consent was given. Example: {consent: 1, users: [{name: ada, uid: 6f0c...}]}
     */
    pins?: {
      /**
       * The consent number that these pins belong to. Example: 1
       */
      consent: number;
      /**
       * The people, by UID. Example: [{name: ada, uid: 6f0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11}]
       */
      users: {
        /**
         * The SupportUser's name. Example: ada
         */
        name: string;
        /**
         * The SupportUser's UID. Example: 6f0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
         */
        uid: string;
      }[];
      /**
       * The matrix, by UID and hash. Example: {name: casepoint-ecase-1, uid: 1b2c..., hash: 9f86...}
       */
      matrix?: {
        /**
         * The matrix's name. Example: casepoint-ecase-1
         */
        name: string;
        /**
         * The matrix's UID. Example: 1b2c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
         */
        uid: string;
        /**
         * SHA-256 of the matrix's canonical spec, hexadecimal. Example: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
         */
        hash: string;
      };
      /**
       * The application, by UID and host. Example: {name: ecase, uid: 3c4d..., host: ecase.apps.example.com}
       */
      application?: {
        /**
         * The SupportApplication's name. Example: ecase
         */
        name: string;
        /**
         * The SupportApplication's UID. Example: 3c4d9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
         */
        uid: string;
        /**
         * The host under which it was consented to. Example: ecase.apps.example.com
         */
        host: string;
      };
      /**
       * The Service behind the application, by UID, port and hash. Example: {name: ecase, uid: 5e6f..., port: 8080, hash: 9f86...}
       */
      service?: {
        /**
         * The Service's name. Example: ecase
         */
        name: string;
        /**
         * The Service's UID. Example: 5e6f9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
         */
        uid: string;
        /**
         * The port that the application names. Example: 8080
         */
        port: number;
        /**
         * SHA-256 of the Service's selector, ports and cluster addresses, hexadecimal. Example: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
         */
        hash: string;
      };
    };
  };
}
