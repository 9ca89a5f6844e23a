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
   * What the customer consents to. Example: {access: Enabled, userRefs: [{name: ada}], matrixRef: {name: casepoint-ecase-1}, expirationTime: 2026-12-03T08:00:00Z}
   */
  spec: {
    /**
     * Whether this consent is given. Default: Disabled. Example: Enabled
     */
    access?: 'Enabled' | 'Disabled';
    /**
     * Why access is needed, for people and records. Example: Mail jobs have been stuck since Monday
     */
    reason?: string;
    /**
     * Raise it to consent again to what has changed under the same names. Default: 1. Example: 2
     */
    consent?: number;
    /**
     * The SupportUsers who may sign in; they need not exist yet. Example: [{name: ada}]
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
     * The SupportApplication, in this namespace, that people are let into; without it, they get Kubernetes rights only. Example: {name: ecase}
     */
    applicationRef?: {
      /**
       * The SupportApplication's name. Example: ecase
       */
      name: string;
    };
    /**
     * Only people who have one of these support roles may sign in; with an empty list no role is required. Example: [Engineer]
     */
    requiredSupportRoles?: string[];
    /**
     * Addresses that people may sign in from. An address must be in this list and in the policy's; an empty list adds no restriction of its own. Where both are empty, no one may come unless spec.requireAllowedCIDRs of the policy is Disabled (default: Enabled). Example: [203.0.113.0/24, 2001:db8:7::/48]
     */
    allowedCIDRs?: string[];
    /**
     * The first moment at which access is open; without it, access is open at once. Example: "2026-12-01T08:00:00Z"
     */
    startTime?: string;
    /**
     * The first moment at which access is closed; it must be after startTime. Example: "2026-12-03T08:00:00Z"
     */
    expirationTime: string;
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
     * How many times access by this grant has ended. Records name each opening by it, so it never goes back. Example: 2
     */
    closings?: number;
    /**
     * UID of the namespace of the support identities. It identifies the installation of this product that reported on the grant last. Consent that was given to another installation does not count until spec.consent is raised. Example: 5d0c9d1e-3d5b-4a77-9e0b-0b7a4f8d6c11
     */
    installation?: string;
    /**
     * Set when the consent ended for good: access stays closed until spec.consent is higher than this number. Example: {consent: 1, reason: UserChanged}
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
     * Which objects the names stood for when consent was given. Example: {consent: 1, users: [{name: ada, uid: 6f0c...}]}
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
