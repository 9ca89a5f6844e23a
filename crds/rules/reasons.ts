/**
 * Why is it open, closed or refused? The one closed list that condition reasons, denials, Kubernetes events and records
 * share. A reason says what is so; it never carries names, addresses or anything else that varies.
 */

interface ReasonRule {
  /** One sentence for people. */
  readonly sentence: string;
  /**
   * `decide` judges it by values read after the request arrived, so that an older status that names it closes nothing.
   * A reason without this mark, when a grant's status names it, keeps the grant closed.
   */
  readonly judgedFresh?: true;
  /** How the customer's cluster is set up is not told to the vendor's people: they read `NotOpened` instead. */
  readonly customerOnly?: true;
}

const asRead = { judgedFresh: true } as const;
const customerOnly = { customerOnly: true } as const;

/** THE list. A new rule starts with its reason here. */
export const reasons = {
  Open: { sentence: 'Access is open.', ...asRead },

  NoGrant: { sentence: 'There is no such grant, or it is being deleted.', ...asRead },
  NotOpened: { sentence: 'Access has not been opened.' },
  Disabled: { sentence: 'The grant is disabled.', ...asRead },
  NotStarted: { sentence: 'The grant has not started yet.', ...asRead },
  Expired: { sentence: 'The grant has expired.', ...asRead },
  DurationOutOfBounds: { sentence: 'The grant is longer than the policy allows.' },
  NoPolicy: { sentence: 'There is no policy, so support access is off.', ...asRead },
  PolicyDisabled: { sentence: 'Support access is switched off by the policy.', ...asRead },
  Locked: { sentence: 'Support access is locked.', ...asRead },
  LockUnreadable: { sentence: 'It could not be read whether there is a lock.', ...asRead, ...customerOnly },

  NoSession: { sentence: 'There is no session; sign in.', ...asRead },
  SessionInvalid: { sentence: 'The session is not one that this gateway made for this grant.', ...asRead },
  SessionIdle: { sentence: 'The session ended because it was not used; sign in again.', ...asRead },
  SessionExpired: { sentence: 'The session has reached its longest duration; sign in again.', ...asRead },
  SessionAddressChanged: {
    sentence: 'The session was started from another address; sign in again.',
    ...asRead,
  },
  ClockSetBack: { sentence: 'The clock is earlier than the sign-in; it was set back.', ...asRead },

  NoUser: { sentence: 'There is no such support user.', ...asRead },
  UserDisabled: { sentence: 'The support user is disabled.', ...asRead },
  UserNotNamed: { sentence: 'The grant does not name this support user.', ...asRead },
  UserChanged: { sentence: 'The support user is not the one that was consented to.', ...customerOnly },
  SupportRoleMissing: {
    sentence: 'The grant asks for a support role that this user does not have.',
    ...asRead,
  },

  AddressUnknown: { sentence: 'The address of the client is not known.', ...asRead },
  AddressNotAllowed: { sentence: 'The address of the client is not on the list.', ...asRead },
  NoAllowedCIDRs: {
    sentence: 'Neither the policy nor the grant lists addresses, and the policy wants a list.',
    ...asRead,
  },
  AddressesListed: { sentence: 'Only the listed addresses may sign in.' },

  NoApplication: { sentence: 'The application does not exist.', ...asRead },
  ApplicationNotGranted: { sentence: 'The grant is not for this application.', ...asRead },
  Incompatible: { sentence: 'The matrix does not fit the version or edition of the application.', ...asRead },

  NoMatrix: { sentence: 'The permission matrix does not exist.', ...asRead },
  MatrixChanged: { sentence: 'The permission matrix is not the one that was consented to.', ...customerOnly },
  NoRoute: { sentence: 'The application does not say what this request means.', ...asRead },
  ActionNotAllowed: { sentence: 'The permission matrix does not allow this.', ...asRead },

  ExcessRights: {
    sentence: 'The support identity would have rights from elsewhere.',
    ...customerOnly,
  },
  ClusterRoleMissing: { sentence: 'The ClusterRole of the matrix is missing or differs.', ...customerOnly },
  NameTaken: { sentence: 'Something else already has a name that is needed.', ...customerOnly },
  RecordsUnavailable: { sentence: 'It could not be recorded, and what is not recorded is not done.' },
  RolledBack: { sentence: 'The objects are older than what has been recorded about them.', ...customerOnly },
  StateUnavailable: { sentence: 'The state could not be read, so the answer is no.', ...asRead },

  BadRequest: { sentence: 'The request is not written in the one way that is accepted.', ...asRead },
  WrongHost: { sentence: 'This is not served under this host.', ...asRead },
  BodyTooLarge: { sentence: 'The body is larger than the application accepts from support.', ...asRead },
  TooManyRequests: { sentence: 'Too many requests came from this address; wait a minute.', ...asRead },
  CrossSite: { sentence: 'The request was not made by a page of this site.', ...asRead },
  CodeInvalid: { sentence: 'The code to enter is not valid any more; open the page again.', ...asRead },
  SignInFailed: { sentence: 'The sign-in did not succeed; sign in again.', ...asRead },
  SignedOut: { sentence: 'The person signed out.', ...asRead },
  ServiceWorker: { sentence: 'Service workers are not served to support.', ...asRead },
  ServiceUnreachable: { sentence: 'The application did not answer.', ...asRead },
  NotMaskable: { sentence: 'The answer could not be masked, so it was not passed on.', ...asRead },

  Enforced: { sentence: 'All that should be in force is in force.' },
  ApplyFailed: { sentence: 'Something that should be in force could not be put in force.' },
  Invalid: { sentence: 'The object has problems that must be corrected first.' },
  Deleted: { sentence: 'The object was deleted.' },

  HostServed: { sentence: 'The host is served.' },
  HostTaken: { sentence: 'An older application has this host.' },
  HostOutsideSuffixes: { sentence: 'The host is under none of the suffixes of the policy.' },
  CertificateExpired: { sentence: 'A certificate has expired.' },
  NoService: { sentence: 'The Service does not exist.' },
  ExternalService: { sentence: 'The Service leads out of the cluster or to addresses that are refused.' },
} as const satisfies Record<string, ReasonRule>;

export type Reason = keyof typeof reasons;

const rules: Readonly<Record<string, ReasonRule>> = reasons;

/** The reason in a sentence for people. */
export function sentenceFor(reason: Reason): string {
  return reasons[reason].sentence;
}

/** The reason as the vendor's people may read it; the customer reads the true one in status and records. */
export function reasonForSupport(reason: Reason): Reason {
  return rules[reason]?.customerOnly ? 'NotOpened' : reason;
}

/**
 * Whether a grant's `status.activeReason` keeps it closed. Reasons that `decide` judges itself do not, as they may be
 * out of date; a missing or unknown one does, since nothing says that anybody looked.
 */
export function closesByStatus(activeReason: string | undefined): boolean {
  if (activeReason === undefined || !Object.hasOwn(rules, activeReason)) return true;
  return rules[activeReason]?.judgedFresh !== true;
}

/** Whether a text is one of the list. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(rules, text);
}
