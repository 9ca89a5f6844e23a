/** What holds where an object says nothing. The manifests of the kinds carry or tell the same values; a test compares them. */

export const defaults = {
  /** `spec.consent` of a grant. */
  consent: 1,
  /** `spec.gateway.port` of the policy. */
  gatewayPort: 443,
  /** `spec.session.idleSeconds` of the policy: how long a session may go unused. */
  idleSeconds: 1800,
  /** `spec.session.absoluteSeconds` of the policy: how long a session may last at most. */
  absoluteSeconds: 28_800,
  /** `spec.session.maxConcurrent` of the policy: how many sessions one person may have at once. */
  maxConcurrent: 5,
  /** `spec.sso.clockSkewSeconds` of the policy: how far the identity provider's clock may be off. */
  clockSkewSeconds: 60,
  /** `spec.cases.maxElevatedContacts` of the policy. */
  maxElevatedContacts: 3,
  /** `spec.retention.deactivatedUsersSeconds` of the policy: 60 days. */
  deactivatedUsersSeconds: 5_184_000,
  /** `spec.notices.expiringSoonSeconds` of the policy. */
  expiringSoonSeconds: 3600,
  /** `spec.notices.giveUpAfterSeconds` of the policy. */
  giveUpAfterSeconds: 259_200,
  /** `spec.maxAttachmentSizeMB` of an application, in MiB. Only told by the manifest: stored, it would change every object. */
  maxAttachmentSizeMB: 10,
  /** `spec.timeouts.firstByteSeconds` of an application. Only told, as above. */
  firstByteSeconds: 60,
  /** `spec.timeouts.uploadIdleSeconds` of an application. Only told, as above. */
  uploadIdleSeconds: 60,
} as const;
