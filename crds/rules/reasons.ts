/**
 * Why is it open, closed or refused, and what follows from it? The one closed list that condition reasons, refusals,
 * Kubernetes events and records share. A reason says what is so; it never carries names, addresses or anything else
 * that varies.
 */
import {
  byOperator,
  forbidden,
  noSession,
  notPassedOn,
  notReached,
  ofAddress,
  ofApplication,
  ofGrant,
  ofMatrix,
  ofPerson,
  ofPolicy,
  ofRequest,
  ofSession,
  ofSignIn,
  over,
  request,
  unknown,
  upstream,
  usual,
} from './reason-families.ts';
import type { ReasonRule } from './reason-rule.ts';

const customerOnly = { customerOnly: true } as const;
const byStatus = { judgedFresh: false } as const;

/** THE list. A new rule starts with its reason here. */
const table = {
  Open: {
    sentence: 'Access is open.',
    ...usual,
    status: 200,
    session: 'stays',
    refusedAs: 'nothing',
    metric: 'none',
  },
  NoGrant: { sentence: 'There is no such grant, or it is being deleted.', ...ofGrant },
  // Told also in place of what only the customer may read, and after access was closed: it must be true of each.
  NotOpened: { sentence: 'Access is not open.', ...ofGrant, ...byStatus, refusedAs: 'not-open' },
  Disabled: { sentence: 'The grant is disabled.', ...ofGrant, closesAs: 'grant.revoked' },
  NotStarted: { sentence: 'The grant has not started yet.', ...ofGrant },
  Expired: { sentence: 'The grant has expired.', ...ofGrant, closesAs: 'grant.expired' },
  DurationOutOfBounds: { sentence: 'The grant is longer than the policy allows.', ...ofGrant, ...byStatus },
  NoPolicy: { sentence: 'There is no policy, so support access is off.', ...ofPolicy },
  PolicyDisabled: { sentence: 'Support access is switched off by the policy.', ...ofPolicy },
  Locked: { sentence: 'Support access is locked.', ...over, metric: 'lock', closesAs: 'grant.suspended' },
  LockUnreadable: {
    sentence: 'It could not be read whether there is a lock.',
    ...unknown,
    ...customerOnly,
    metric: 'lock',
  },
  NoSession: { sentence: 'You are not signed in.', ...noSession },
  // The object stays: it may be another person's, and a forged cookie must not end that one.
  SessionInvalid: { sentence: 'The session is not one that this gateway made for this grant.', ...noSession },
  SessionIdle: { sentence: 'The session ended because it was not used for some time.', ...ofSession },
  SessionExpired: { sentence: 'The session has reached its longest duration.', ...ofSession },
  OpeningEnded: { sentence: 'Access was taken back after this session began.', ...ofSession },
  // Grants outlive the product as evidence. While it is away none of its policies asks who may write them.
  InstallationChanged: {
    sentence: 'The product was removed, or installed again, after consent was given.',
    ...ofGrant,
    ...byStatus,
    ...customerOnly,
  },
  // The operator finds out: either nothing was closed, or the opening is over and so are its sessions.
  ChangesUnseen: {
    sentence: 'It is not known yet whether access was taken back meanwhile.',
    ...unknown,
    metric: 'grant',
  },
  // A stolen cookie, or a person between two networks: neither may end the session where it was begun.
  SessionAddressChanged: {
    sentence: 'The session was started from another address.',
    ...forbidden,
    metric: 'session',
    refusedAs: 'other-address',
  },
  // A clock of ours is wrong, so the age of the session is not known.
  ClockSetBack: {
    sentence: 'The clock of the gateway is earlier than the sign-in: it was set back.',
    ...unknown,
    metric: 'session',
  },

  NoUser: { sentence: 'There is no such support user.', ...ofPerson },
  UserDisabled: { sentence: 'The support user is disabled.', ...ofPerson },
  UserDeactivated: { sentence: 'The support user was deactivated for good.', ...ofPerson },
  UserNotNamed: { sentence: 'The grant does not name this support user.', ...ofPerson },
  UserChanged: {
    sentence: 'The support user is not the one that was consented to.',
    ...ofPerson,
    ...byStatus,
    ...customerOnly,
  },
  SupportRoleMissing: {
    sentence: 'The grant asks for a support role that this user does not have.',
    ...ofPerson,
  },

  AddressUnknown: { sentence: 'The address of the client is not known.', ...ofAddress },
  AddressNotAllowed: { sentence: 'The address of the client is not on the list.', ...ofAddress },
  NoAllowedCIDRs: {
    sentence: 'Neither the policy nor the grant lists addresses, and the policy requires a list.',
    ...ofAddress,
  },
  AddressesListed: { sentence: 'Only the listed addresses may sign in.', ...byOperator },

  NoApplication: { sentence: 'The application does not exist.', ...ofApplication },
  ApplicationNotGranted: { sentence: 'The grant is not for this application.', ...ofApplication },
  Incompatible: {
    sentence: 'The matrix does not fit the version or edition of the application.',
    ...ofApplication,
  },

  NoMatrix: { sentence: 'The permission matrix does not exist.', ...ofMatrix },
  MatrixChanged: {
    sentence: 'The permission matrix is not the one that was consented to.',
    ...ofMatrix,
    ...byStatus,
    ...customerOnly,
  },
  // An editor of Services, or of applications, would otherwise decide what support reaches.
  ApplicationChanged: {
    sentence: 'The application is not the one that was consented to.',
    ...over,
    ...byStatus,
    ...customerOnly,
    metric: 'application',
  },
  ServiceChanged: {
    sentence: 'The Service behind the application is not the one that was consented to.',
    ...over,
    ...byStatus,
    ...customerOnly,
    metric: 'service',
  },
  NoRoute: { sentence: 'The application does not say what this request means.', ...ofRequest },
  ActionNotAllowed: { sentence: 'The permission matrix does not allow this.', ...ofRequest },
  OwnerChanged: { sentence: 'The owner that was stamped must stay as it is.', ...ofRequest },
  SupportAssigned: { sentence: 'Support users cannot be assigned.', ...ofRequest, refusedAs: 'unassignable' },

  ExcessRights: {
    sentence: 'Another binding gives rights to support identities too.',
    ...byOperator,
    ...customerOnly,
  },
  ClusterRoleMissing: {
    sentence: 'The ClusterRole of the matrix is missing or differs.',
    ...byOperator,
    ...customerOnly,
  },
  NameTaken: {
    sentence: 'Another object already has a name that is needed.',
    ...byOperator,
    ...customerOnly,
  },
  // The records are the witness: they have seen a later state of what access would open by.
  RolledBack: {
    sentence: 'The objects are older than what has been recorded about them.',
    ...byOperator,
    ...customerOnly,
  },
  RecordsUnavailable: {
    sentence: 'Nothing can be recorded at the moment, so the request is refused.',
    ...unknown,
    ...byStatus,
    metric: 'unavailable',
  },
  StateUnavailable: {
    sentence: 'It could not be read whether this is allowed, so it is refused.',
    ...unknown,
    metric: 'unavailable',
  },

  // The request gate and the routes name a more exact status where HTTP has one: 405, 417, 505.
  BadRequest: {
    sentence: 'The request is written in a way that programs read differently.',
    ...request,
    status: 400,
  },
  WrongHost: {
    sentence: 'The gateway serves nothing at this address.',
    ...request,
    status: 421,
    refusedAs: 'nothing-here',
  },
  BodyTooLarge: {
    sentence: 'The body is larger than the application accepts from support.',
    ...request,
    status: 413,
    refusedAs: 'too-large',
  },
  TooManyRequests: {
    sentence: 'Too many requests came from this address.',
    ...request,
    status: 429,
    refusedAs: 'too-many',
  },
  MaskedValue: { sentence: 'The request would store a mask over a value.', ...request, status: 400 },
  CrossSite: { sentence: 'The request did not come from this site.', ...ofRequest, refusedAs: 'other-site' },
  CodeInvalid: {
    sentence: 'The code that led from the support page to the application is not valid any more.',
    ...ofSignIn,
    refusedAs: 'not-entered',
  },
  SignInFailed: { sentence: 'The sign-in did not succeed.', ...ofSignIn },
  SignedOut: { sentence: 'The person signed out.', ...ofSession },
  ServiceWorker: { sentence: 'Service workers are not served.', ...ofRequest, refusedAs: 'not-served' },
  // 504 where it did not answer in time.
  ServiceUnreachable: {
    sentence: 'The application did not answer, or broke off before its answer was whole.',
    ...upstream,
  },
  NotMaskable: {
    sentence: 'The application answered in a form in which personal data cannot be masked.',
    ...notPassedOn,
  },
  RedirectRefused: { sentence: 'The application redirected to where nothing is served.', ...notPassedOn },
  MorePasses: { sentence: 'More passes than the gateway lets pass by itself.', ...byOperator },
  UsualPasses: { sentence: 'Nothing passes but what the gateway lets pass by itself.', ...byOperator },
  Enforced: { sentence: 'Everything that this object asks for has been applied.', ...byOperator },
  ApplyFailed: { sentence: 'Something that this object asks for could not be applied.', ...byOperator },
  // Nothing reports this yet: admission refuses such an object, and names the problems.
  Invalid: { sentence: 'The object has problems that must be corrected first.', ...byOperator },
  Deleted: { sentence: 'The object was deleted.', ...byOperator, closesAs: 'grant.revoked' },

  HostServed: { sentence: 'The host is served.', ...byOperator },
  HostTaken: { sentence: 'An older application has this host.', ...byOperator },
  HostOutsideSuffixes: { sentence: 'The host is under none of the suffixes of the policy.', ...byOperator },
  HostReserved: { sentence: 'The host is the support host, which serves no application.', ...byOperator },
  CaseOpen: { sentence: 'The support case is open.', ...byOperator },
  CaseClosed: { sentence: 'The support case is closed.', ...byOperator },
  ProviderTrusted: { sentence: 'The identity provider of the policy is trusted.', ...byOperator },
  DiffersInForm: { sentence: 'A sign-in differed in letter case or blanks alone.', ...byOperator },
  ProviderNeedsAttention: { sentence: 'The identity provider needs attention.', ...byOperator },
  ProviderMissing: {
    sentence: 'The policy names no identity provider, so no one can sign in.',
    ...byOperator,
  },
  ProviderInvalid: {
    sentence:
      'The identity provider of the policy cannot be trusted as it is written, so no one can sign in.',
    ...byOperator,
  },
  AdmissionUnregistered: { sentence: 'The API server cannot ask admission.', ...byOperator },
  CertificateEnding: { sentence: 'A certificate ends soon.', ...byOperator },
  CertificateExpired: { sentence: 'A certificate has expired.', ...byOperator },
  NoCertificate: { sentence: 'There is no certificate for the host.', ...byOperator },
  CertificateUnreadable: {
    sentence: 'The gateway cannot use a TLS Secret that the policy names.',
    ...byOperator,
  },
  GatewaySilent: { sentence: 'No gateway says which certificates it has.', ...byOperator },
  ClockOff: {
    sentence: 'The clock of the operator, a gateway or the webhook differs from the one of the API server.',
    ...byOperator,
  },
  VolumeFilling: { sentence: 'The volume of the records fills.', ...byOperator },
  VolumeAlmostFull: { sentence: 'The volume of the records is almost full.', ...byOperator },
  NoticesDelayed: { sentence: 'People are not told what happens.', ...byOperator },
  NoService: { sentence: 'The Service does not exist.', ...notReached, ...byStatus },
  ExternalService: {
    sentence: 'The Service leads out of the cluster or to addresses that are refused.',
    ...notReached,
    ...byStatus,
  },
} as const satisfies Record<string, ReasonRule>;

export type Reason = keyof typeof table;

/** Each reason with everything that follows from it. */
export const reasons: Readonly<Record<Reason, ReasonRule>> = table;

/** The reason in a sentence for people. */
export function sentenceFor(reason: Reason): string {
  return reasons[reason].sentence;
}

/**
 * Whether a grant's `status.activeReason` keeps it closed. Reasons that `decide` judges itself do not, as they may be
 * out of date; a missing or unknown one does, since nothing says that the operator has looked.
 */
export function closesByStatus(activeReason: string | undefined): boolean {
  return activeReason === undefined || !isReason(activeReason) || !reasons[activeReason].judgedFresh;
}

/** Whether a text is one of the list. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(table, text);
}
