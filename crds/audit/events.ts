/**
 * The types of records, each with its stable code and the writer that may append it. A closed vocabulary: a type that is
 * not here cannot be appended, and codes are never reused for another meaning.
 */

/** Who appends: known from its ServiceAccount (gateway, operator) or its process (admission, the store itself). */
export type Writer = 'gateway' | 'operator' | 'admission' | 'store';

/** `intent` is durable before the act, `outcome` cites it, `point` has no duration. */
export type Phase = 'intent' | 'outcome' | 'point';

interface EventRule {
  /** Area, number, and I (information), W (warning: refused or taken away) or E (error). */
  readonly code: string;
  readonly writers: readonly Writer[];
  readonly phases: readonly Phase[];
}

const point = (code: string, ...writers: readonly Writer[]): EventRule => ({
  code,
  writers,
  phases: ['point'],
});
const act = (code: string, writer: Writer): EventRule => ({
  code,
  writers: [writer],
  phases: ['intent', 'outcome', 'point'],
});

/** THE list. Recording something new starts with a line here. */
export const events = {
  'grant.created': point('SAG02I', 'operator'),
  'grant.changed': point('SAG03I', 'operator'),
  'grant.deleted': point('SAG04I', 'operator'),
  'grant.activated': point('SAG07I', 'operator'),
  'grant.expired': point('SAG08I', 'operator'),
  'grant.revoked': point('SAG09I', 'operator'),
  'grant.suspended': point('SAG10W', 'operator'),
  'grant.closed': point('SAG13I', 'operator'),
  'grant.pinned': point('SAG14I', 'operator'),
  // Told ahead, to the people whom the policy names.
  'grant.expiring': point('SAG15W', 'operator'),

  'policy.enabled': point('SAY01I', 'operator'),
  'policy.disabled': point('SAY02I', 'operator'),
  'policy.changed': point('SAY03I', 'operator'),
  'policy.deleted': point('SAY04I', 'operator'),
  'certificate.expiring': point('SAY05W', 'operator'),

  'user.provisioned': point('SAU01I', 'operator'),
  'user.changed': point('SAU02I', 'operator'),
  'user.deprovisioned': point('SAU03I', 'operator'),
  'user.suspended': point('SAU04I', 'operator'),
  'user.resumed': point('SAU05I', 'operator'),
  'user.deactivated': point('SAU06I', 'operator'),
  // The retention time has passed; the object is deleted next.
  'user.removed': point('SAU07I', 'operator'),

  'case.opened': point('SAK01I', 'operator'),
  'case.changed': point('SAK02I', 'operator'),
  // An elevated contact became the owner.
  'case.taken_over': point('SAK03W', 'operator'),
  'case.closed': point('SAK04I', 'operator'),
  'case.reopened': point('SAK05I', 'operator'),
  'case.deleted': point('SAK06I', 'operator'),

  // A matrix never changes: it is made, and another one of its name is made anew.
  'matrix.created': point('SAM01I', 'operator'),
  'matrix.changed': point('SAM02I', 'operator'),
  'matrix.deleted': point('SAM03I', 'operator'),

  'application.created': point('SAB01I', 'operator'),
  'application.changed': point('SAB02I', 'operator'),
  'application.deleted': point('SAB03I', 'operator'),
  'application.host_claimed': point('SAB04I', 'operator'),

  'lock.created': point('SAL01W', 'operator'),
  'lock.lifted': point('SAL02I', 'operator'),
  // Gone without a reason to lift it: a restored backup, or who went round the policies.
  'lock.lost': point('SAL03E', 'operator'),

  'credential.issued': point('SAC01I', 'operator'),
  'credential.revoked': point('SAC02I', 'operator'),

  // What became of a notice to one recipient.
  'notice.delivered': point('SAN01I', 'operator'),
  'notice.failed': point('SAN02W', 'operator'),
  'notice.given_up': point('SAN03E', 'operator'),

  'operator.drift_repaired': point('SAO02W', 'operator'),

  'signin.succeeded': point('SAS01I', 'gateway'),
  'signin.failed': point('SAS01E', 'gateway'),
  'signin.sso_mismatch': point('SAS02E', 'gateway'),
  'signin.ip_rejected': point('SAS03W', 'gateway'),

  'session.authorized': point('SAS04I', 'gateway'),
  // The operator's where no gateway is left to see it; one session has one end.
  'session.ended': point('SAS05I', 'gateway', 'operator'),

  'app.request': act('SAP01I', 'gateway'),
  // An application asked whether a person may do something.
  'app.review': point('SAP02I', 'gateway'),

  'admission.requested': point('SAD01I', 'admission'),
  'admission.rejected': point('SAD02W', 'admission'),
  'admission.stored': point('SAD03I', 'admission'),

  'audit.started': point('SAA01I', 'store'),
  'audit.halted': point('SAA04E', 'store'),
  'audit.recovered': point('SAA05W', 'store'),
  'audit.filling': point('SAA09W', 'operator'),
  'audit.read': point('SAA06I', 'store'),
  // Something came back from a backup of the cluster, or was lost by one; and a person said that it is meant so.
  'audit.restore_found': point('SAA07E', 'store'),
  'audit.restore_confirmed': point('SAA08W', 'store'),
  // A part of the records was asked for, to be kept elsewhere.
  'audit.exported': point('SAA11I', 'store'),
} as const satisfies Readonly<Record<string, EventRule>>;

export type EventType = keyof typeof events;

/** Whether a text is a type of the vocabulary. */
export function isEventType(text: string): text is EventType {
  return Object.hasOwn(events, text);
}

/** The stable code of a type, as written into every record of it. */
export function codeOf(type: EventType): string {
  return events[type].code;
}

/**
 * Whether this writer may append a record of this type in this phase. A gateway that was taken over must not be able to
 * write "grant activated"; the store alone closes what a crash left open, so it may add the outcome of anyone's intent.
 */
export function mayAppend(writer: Writer, type: EventType, phase: Phase): boolean {
  const rule: EventRule = events[type];
  if (!rule.phases.includes(phase)) return false;
  return rule.writers.includes(writer) || (writer === 'store' && phase === 'outcome');
}

/** Who may append this type: a key of it is one key for all of them, so that one act is recorded once. */
export function writersOf(type: EventType): readonly Writer[] {
  return events[type].writers;
}

/** The parts of the product that a record can be about (`target.area`): a closed list, so that a reader can count on it. */
export const areas = [
  // Of the gateway: requests to an application, and what the support host serves itself.
  'application',
  'enter',
  'forward-auth',
  'gate',
  'kube-api',
  'review',
  'session',
  'sign-in',
  'sign-out',
  // Of admission: what was asked of the API server.
  'kubernetes-api',
  // Of the records: that they were read.
  'records',
  // Of the operator: objects that people write, credentials, and each output.
  'configuration',
  'credential',
  'account',
  'binding',
  'network',
  'sso',
  'notice',
] as const;

export type Area = (typeof areas)[number];
