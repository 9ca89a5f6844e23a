/**
 * What each type of record says to people, what it tells besides, and what it is in the vocabulary of OCSF 1.8, by which other systems
 * know it. The page of types is made from here and from `events.ts`, and so are the words of the story of a grant.
 */
import type { EventType } from './events.ts';
import type { NewRecord } from './record.ts';

/** The classes that are used, with their names. */
export const ocsfClasses = {
  3001: 'Account Change',
  3002: 'Authentication',
  3003: 'Authorize Session',
  3004: 'Entity Management',
  6002: 'Application Lifecycle',
  6003: 'API Activity',
} as const;

interface EventWords {
  /** What happened, for a person who knows nothing of the product. */
  readonly says: string;
  /** The class, and the activity in it. */
  readonly ocsf: readonly [classUid: keyof typeof ocsfClasses, activity: number];
  /** The fields in which it says more, beside those of every record. */
  readonly tells: readonly (keyof NewRecord)[];
}

const about = (
  says: string,
  ocsf: EventWords['ocsf'],
  ...tells: readonly (keyof NewRecord)[]
): EventWords => ({ says, ocsf, tells });

/** One for each type; 99 is OCSF's "other". */
export const eventWords: Readonly<Record<EventType, EventWords>> = {
  'grant.created': about('The customer made the grant', [3004, 1], 'grant', 'requester', 'change'),
  'grant.changed': about('The customer changed the grant', [3004, 3], 'grant', 'requester', 'change'),
  'grant.deleted': about('The grant was deleted', [3004, 4], 'grant', 'requester'),
  'grant.activated': about('Access was opened', [3004, 10], 'grant', 'decision', 'cites', 'message'),
  'grant.expired': about('Access ended, since its time was over', [3004, 11], 'grant', 'decision', 'cites'),
  'grant.revoked': about('Access was taken back', [3004, 11], 'grant', 'decision', 'cites', 'requester'),
  'grant.suspended': about('Access was suspended', [3004, 12], 'grant', 'decision', 'cites'),
  'grant.closed': about('Access was closed', [3004, 11], 'grant', 'decision', 'cites'),
  'grant.pinned': about('What was consented to was fixed', [3004, 3], 'grant', 'change'),
  'policy.enabled': about(
    'Support access was switched on for the whole cluster',
    [3004, 8],
    'target',
    'requester',
  ),
  'policy.disabled': about(
    'Support access was switched off for the whole cluster',
    [3004, 9],
    'target',
    'requester',
  ),
  'policy.changed': about('The policy was changed', [3004, 3], 'target', 'requester'),
  'policy.deleted': about('The policy was deleted', [3004, 4], 'target', 'requester'),
  'user.provisioned': about('A person of support was added', [3001, 1], 'target', 'requester'),
  'user.changed': about('A person of support was changed', [3001, 99], 'target', 'requester'),
  'user.deprovisioned': about(
    'The object of a person of support was deleted',
    [3001, 6],
    'target',
    'requester',
  ),
  'user.suspended': about('A person of support was suspended', [3001, 5], 'target', 'requester'),
  'user.resumed': about('A person of support is no longer suspended', [3001, 2], 'target', 'requester'),
  'user.deactivated': about('A person of support was deactivated', [3001, 5], 'target', 'requester'),
  'user.removed': about('A person of support was removed for good', [3001, 6], 'target', 'requester'),
  'case.opened': about('A case was opened', [3004, 1], 'target', 'requester'),
  'case.changed': about('A case was changed', [3004, 3], 'target', 'requester'),
  'case.taken_over': about('A case got another owner', [3004, 3], 'target', 'requester'),
  'case.closed': about('A case was closed', [3004, 11], 'target', 'requester'),
  'case.reopened': about('A case was opened again', [3004, 10], 'target', 'requester'),
  'case.deleted': about('A case was deleted', [3004, 4], 'target', 'requester'),
  'notice.delivered': about('A notice was delivered', [6003, 99], 'target', 'message'),
  'notice.failed': about(
    'A notice could not be delivered, and is tried again',
    [6003, 99],
    'target',
    'message',
  ),
  'notice.given_up': about('A notice was given up', [6003, 99], 'target', 'message'),
  'grant.expiring': about('Access ends soon', [3004, 99], 'grant', 'message'),
  'certificate.expiring': about('A certificate ends soon', [3004, 99], 'target', 'message'),
  'audit.filling': about('The volume of the records fills', [6002, 99], 'message'),
  'matrix.created': about('A permission matrix was made', [3004, 1], 'target', 'requester'),
  'matrix.changed': about('A permission matrix was replaced', [3004, 3], 'target', 'requester'),
  'matrix.deleted': about('A permission matrix was deleted', [3004, 4], 'target', 'requester'),
  'application.created': about('An application was made known', [3004, 1], 'target', 'requester'),
  'application.changed': about('An application was changed', [3004, 3], 'target', 'requester'),
  'application.deleted': about('An application was removed', [3004, 4], 'target', 'requester'),
  'application.host_claimed': about('A host was given to an application', [3004, 3], 'target', 'message'),
  'lock.created': about('A lock was set', [3004, 1], 'target', 'requester', 'message'),
  'lock.lifted': about('A lock was lifted', [3004, 4], 'target', 'requester'),
  'lock.lost': about('A lock was lost without having been lifted', [3004, 4], 'target'),
  'credential.issued': about('A credential of Kubernetes was given', [3004, 1], 'grant', 'target'),
  'credential.revoked': about('The credential of Kubernetes was taken away', [3004, 4], 'grant', 'target'),
  'operator.drift_repaired': about('What others had changed was put right', [6003, 3], 'target', 'change'),
  'signin.succeeded': about('Signed in', [3002, 1], 'source', 'grant', 'decision'),
  'signin.failed': about('Sign-in refused', [3002, 1], 'source', 'decision', 'outcome', 'message'),
  'signin.sso_mismatch': about(
    'Sign-in refused: the identity provider names another person than is on file',
    [3002, 1],
    'source',
    'decision',
    'sso',
    'message',
  ),
  'signin.ip_rejected': about('Sign-in refused: the address is not allowed', [3002, 1], 'source', 'decision'),
  'session.authorized': about('A session began', [3003, 1], 'source', 'grant', 'session', 'cites'),
  'session.ended': about('The session ended', [3002, 2], 'session', 'grant', 'outcome'),
  'app.request': about(
    'A request to an application',
    [6003, 99],
    'source',
    'page',
    'session',
    'grant',
    'cites',
    'target',
    'decision',
    'outcome',
    'change',
  ),
  'app.review': about(
    'An application asked whether a person may do something',
    [6003, 2],
    'source',
    'session',
    'grant',
    'target',
    'decision',
  ),
  'admission.requested': about('Asked of the cluster', [6003, 99], 'source', 'target', 'change', 'requester'),
  'admission.rejected': about(
    'Refused by the rules',
    [6003, 99],
    'source',
    'target',
    'decision',
    'change',
    'requester',
  ),
  'admission.stored': about('Stored by the cluster', [6003, 99], 'target', 'requester', 'cause'),
  'audit.started': about('The records were opened', [6002, 3], 'message'),
  'audit.halted': about('The records took nothing more', [6002, 4], 'message'),
  'audit.recovered': about(
    'The records took everything again, or closed what was left open',
    [6002, 99],
    'message',
  ),
  'audit.read': about('The records were read', [6003, 2], 'source', 'message'),
  'audit.restore_found': about(
    'Something came back from a backup of the cluster, or was lost by one',
    [6002, 99],
    'target',
    'message',
  ),
  'audit.restore_confirmed': about(
    'A person confirmed what came back from a backup',
    [6002, 99],
    'cause',
    'message',
  ),
  'audit.exported': about('A part of the records was taken along', [6003, 2], 'source', 'message'),
};

/** OCSF's number of a type: the class with the activity. */
export function ocsfTypeOf(type: EventType): number {
  const [classUid, activity] = eventWords[type].ocsf;
  return classUid * 100 + activity;
}
