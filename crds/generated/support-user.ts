/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
import type {ObjectMeta} from '../object-meta.ts';

/**
 * One person of the vendor's support. Written by the vendor's operations. The fields that identify the person cannot be changed.
 */
export interface SupportUser {
  apiVersion: 'supportaccess.dev/v1beta1';
  kind: 'SupportUser';
  metadata: ObjectMeta;
  /**
   * Who the person is. Example: {displayName: Ada Lovelace, userId: s-0042, nameID: ada@vendor.example}
   */
  spec: {
    /**
     * Whether this person may sign in at all. Default: Enabled. Example: Disabled
     */
    access?: 'Enabled' | 'Disabled';
    /**
     * The person's name, for people and records. Example: Ada Lovelace
     */
    displayName: string;
    /**
     * The vendor's id of the person; immutable. Example: s-0042
     */
    userId: string;
    /**
     * The SAML NameID, compared exactly; immutable. Example: ada@vendor.example
     */
    nameID: string;
    /**
     * The person's e-mail address; immutable. Example: ada@vendor.example
     */
    email?: string;
    /**
     * The roles that the person has at the vendor. Example: [Engineer]
     */
    supportRoles?: string[];
    /**
     * What the identity provider must say about the person; immutable. Example: [{name: employeeNumber, value: 4711}]
     */
    attributes?: {
      /**
       * The attribute's name in the policy's sso.attributes. Example: employeeNumber
       */
      name: string;
      /**
       * The value that the identity provider must send. Example: 4711
       */
      value: string;
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
     * Since when and why the person is deactivated; absent otherwise. UserDisabled ends when spec.access is Enabled again; by the other reasons it is final: to have the person back, delete the object and create it again, and consent to it again. Example: {startTime: "2026-12-01T08:00:00Z", reason: LastGrantEnded}
     */
    deactivation?: {
      /**
       * Since when; the object is removed when the retention time of the policy has passed. Example: "2026-12-01T08:00:00Z"
       */
      startTime: string;
      /**
       * By what: UserDisabled (vendor operations), SwitchedOff (the policy) or LastGrantEnded. Example: LastGrantEnded
       */
      reason: 'UserDisabled' | 'SwitchedOff' | 'LastGrantEnded';
    };
    /**
     * When a grant was first seen that names the person; absent while there was none. Example: "2026-12-01T08:00:00Z"
     */
    firstNamedTime?: string;
    /**
     * The UID of the policy under which the person was last looked at: another one was made after the switch was off. Example: 5f1c9a7b-0000-4000-8000-000000000000
     */
    policyUID?: string;
    /**
     * What is true about this object now, one entry for each type. SignInMatches is there, as False, only while a sign-in of the last day failed because what the identity provider sent differs in letter case or blanks alone. Example: [{type: Ready, status: "True", reason: Enforced, message: Everything that this object asks for has been applied}]
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
