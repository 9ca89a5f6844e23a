/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
import type {ObjectMeta} from '../object-meta.ts';

/**
 * What support may do in one source system, as in its document: modules, sub-modules and actions; what is not listed is refused. A matrix never changes: a new revision is a new object.
 */
export interface SupportPermissionMatrix {
  apiVersion: 'supportaccess.dev/v1beta1';
  kind: 'SupportPermissionMatrix';
  metadata: ObjectMeta;
  /**
   * The matrix; immutable. Example: {system: casepoint-ecase, revision: 1, masking: Enabled, modules: [{name: Jobs, access: Read}]}
   */
  spec: {
    /**
     * The source system. Example: casepoint-ecase
     */
    system: string;
    /**
     * The revision, also the end of the name. Example: 1
     */
    revision: number;
    /**
     * What people call it. Example: Casepoint eCase, Support Admin
     */
    title?: string;
    /**
     * What it is for. Example: The categories of the eCase administration guide
     */
    description?: string;
    /**
     * Whether personal data is masked in every answer. Example: Enabled
     */
    masking: 'Enabled' | 'Disabled';
    /**
     * Which data is masked. Default: every class. The classes are EmailAddress, Iban, PaymentCard, NationalId, PhoneNumber, DateOfBirth, IpAddress and Secret. Example: [EmailAddress]
     */
    maskedClasses?: (
      | 'EmailAddress'
      | 'Iban'
      | 'PaymentCard'
      | 'NationalId'
      | 'PhoneNumber'
      | 'DateOfBirth'
      | 'IpAddress'
      | 'Secret'
    )[];
    /**
     * Names of fields whose values are hidden, all of each, in any letter case: members of JSON, elements and attributes, fields of forms and addresses, columns of CSV. Example: [birthDate, customer_name]
     */
    maskedFields?: string[];
    /**
     * Patterns of your own, each with a text in which it finds a value; what they find is hidden, line by line. The syntax is that of RE2. Example: [{pattern: '(?i)patient no [[:digit:]]+', example: Patient No 4711}]
     */
    maskedPatterns?: {
      /**
       * A regular expression as RE2 reads it. Example: '(?i)patient no [[:digit:]]+'
       */
      pattern: string;
      /**
       * A text in which it finds a value. Example: Patient No 4711
       */
      example: string;
    }[];
    /**
     * Hosts without a dot that have no e-mail addresses: ada@intranet is taken for one unless intranet is listed. Example: [localhost]
     */
    hostNames?: string[];
    /**
     * Actions whose answers may be files (pictures, PDF, archives), which pass as they are: what they hold is not masked. Where masking is on, files are refused elsewhere, but for those of Static routes. Example: [Download]
     */
    downloadActions?: string[];
    /**
     * Whether binary messages of an application's WebSockets pass although nothing in them can be masked; where nothing is masked they do. Default: Refused. Example: Passed
     */
    binaryMessages?: 'Passed' | 'Refused';
    /**
     * Which applications it fits; without it, any. Example: {versions: '>=26.1.3.0', editions: [SaaS]}
     */
    appliesTo?: {
      /**
       * The versions that it fits. Example: '>=26.1.3.0'
       */
      versions?: string;
      /**
       * The editions that it fits. Example: [SaaS]
       */
      editions?: string[];
    };
    /**
     * What access: Everything allows besides looking, wherever disabledActions does not refuse it. What no list names is refused there too. Example: [Create, Edit]
     */
    actions?: string[];
    /**
     * What may be reached. Example: [{name: Jobs, access: Read}]
     */
    modules: {
      /**
       * The module's name. Example: Jobs
       */
      name: string;
      /**
       * Read: may be seen. Limited: may be seen, and the listed actions. Everything: the actions of spec.actions besides. Default: none, so that only its sub-modules may be seen. Example: Limited
       */
      access?: 'Read' | 'Limited' | 'Everything';
      /**
       * What the document says of it, for people who read both. Example: '15. Edit connections (view only)'
       */
      note?: string;
      /**
       * The actions that the module itself allows besides looking. Example: [Save]
       */
      actions?: string[];
      /**
       * The sub-modules that may be reached. Example: [{name: Job Log, access: Limited, actions: [Clear Job Log]}]
       */
      subModules?: {
        /**
         * The sub-module's name. Example: Job Log
         */
        name: string;
        /**
         * Read: may be seen. Limited: may be seen, and the listed actions. Everything: the actions of spec.actions besides. Example: Limited
         */
        access: 'Read' | 'Limited' | 'Everything';
        /**
         * What the document says of it, for people who read both. Example: '15. Edit connections (view only)'
         */
        note?: string;
        /**
         * The actions that it allows besides looking. Example: [Clear Job Log]
         */
        actions?: string[];
      }[];
    }[];
    /**
     * Actions that are refused, whatever other lists allow. Example: [{module: Jobs, action: Delete}]
     */
    disabledActions?: {
      /**
       * The module. Example: Jobs
       */
      module: string;
      /**
       * The sub-module; without it, the module and all its sub-modules. Example: Job Log
       */
      subModule?: string;
      /**
       * What the document says of it, for people who read both. Example: 8. Export reports
       */
      note?: string;
      /**
       * The action; without it, every action, and looking too. Example: Delete
       */
      action?: string;
    }[];
    /**
     * Kubernetes rights in the grant's namespace. Example: {clusterRole: support-access-matrix-casepoint-ecase-1, rules: []}
     */
    kubernetes?: {
      /**
       * The ClusterRole compiled from the rules; its name ends in the revision. Example: support-access-matrix-casepoint-ecase-1
       */
      clusterRole: string;
      /**
       * What the ClusterRole allows. Example: [{apiGroups: [apps], resources: [deployments], verbs: [get, list]}]
       */
      rules: {
        /**
         * The API groups; the core group is the empty string. Example: [apps]
         */
        apiGroups: string[];
        /**
         * The resources. Example: [deployments, pods/log]
         */
        resources: string[];
        /**
         * Only the objects of these names. Example: [ecase]
         */
        resourceNames?: string[];
        /**
         * What may be done with them. Example: [get, list, watch]
         */
        verbs: ('get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete')[];
      }[];
    };
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
