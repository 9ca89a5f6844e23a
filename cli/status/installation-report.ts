/** What there is to say about the whole installation, as data: switch, locks, grants, people, sessions, and what is not well. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import type { Condition } from '../../crds/rules/conditions.ts';
import { lockOnAll } from '../../crds/rules/locks.ts';
import { activeNow } from '../access/open-now.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type GrantLine, grantLines } from './grant-line.ts';
import { type LiveSession, liveSessions } from './live-sessions.ts';
import { type AsRead, see, seeAll } from './seen.ts';

/** Something that is not as it should be, of one object or of several alike. */
export interface Ailment {
  /** `SupportApplication ecase/ecase`. */
  readonly objects: readonly string[];
  readonly condition: string;
  readonly reason: string;
  readonly message: string;
}

export interface InstallationReport {
  /** Undefined where all namespaces are meant. */
  readonly namespace: string | undefined;
  readonly policy: { readonly open: boolean; readonly why: string } | { readonly lacks: string };
  readonly locks: AsRead<readonly { readonly name: string; readonly reason?: string }[]>;
  readonly grants: AsRead<SupportAccessGrant[]>;
  readonly lines: readonly GrantLine[];
  readonly users: AsRead<{ readonly active: number; readonly deactivated: readonly string[] }>;
  readonly sessions: AsRead<readonly LiveSession[]>;
  /** Why limits of the policy on sessions are not known. */
  readonly policyLacks: string | undefined;
  readonly ailments: readonly Ailment[];
  /** What of it may not be read, so that it is not known whether it is well. */
  readonly lacks: readonly string[];
}

/** Reads all of it at once. What may not be read is said, and hides nothing else. */
export async function seeInstallation(
  cluster: Cluster,
  namespace: string | undefined,
): Promise<InstallationReport> {
  const [policy, locks, grants, users, sessions, applications] = await Promise.all([
    see<SupportAccessPolicy>(cluster, kinds.SupportAccessPolicy, { name: policyName }),
    seeAll<SupportAccessLock>(cluster, kinds.SupportAccessLock),
    seeAll<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, { namespace }),
    seeAll<SupportUser>(cluster, kinds.SupportUser),
    seeAll<SupportSession>(cluster, kinds.SupportSession, { namespace }),
    seeAll<SupportApplication>(cluster, kinds.SupportApplication, { namespace }),
  ]);
  const now = cluster.now();
  const world = { grants: grants.object ?? [], policy, now };
  return {
    namespace,
    grants,
    policy: switchIn(policy, locks),
    locks: mapped(locks, (items) => items.map(lockIn)),
    lines: grantLines(grants.object ?? [], { policy, locks, users, applications, now }),
    users: mapped(users, peopleIn),
    sessions: mapped(sessions, (items) => liveSessions({ ...world, sessions: items })),
    policyLacks: policy.lacks,
    ailments: ailmentsIn([
      ...(policy.object === undefined ? [] : [policy.object]),
      ...(applications.object ?? []),
      ...(grants.object ?? []),
    ]),
    lacks: [policy, locks, grants, users, sessions, applications].flatMap(({ lacks }) => lacks ?? []),
  };
}

function mapped<T, Words>({ object, lacks }: AsRead<T>, say: (object: T) => Words): AsRead<Words> {
  if (object !== undefined) return { object: say(object) };
  return lacks === undefined ? {} : { lacks };
}

const disabled = 'the policy is disabled; kubectl support-access policy enable switches it on';

const lockedWords = `locked by SupportAccessLock ${lockOnAll}; kubectl support-access unlock ${lockOnAll} --reason "why" lifts it`;

/** A lock on everything wins over the policy, and whatever the operator still says of it. */
function switchIn(
  { object, lacks }: AsRead<SupportAccessPolicy>,
  locks: AsRead<readonly SupportAccessLock[]>,
): InstallationReport['policy'] {
  if (locks.object?.some(({ metadata }) => metadata.name === lockOnAll) === true)
    return { open: false, why: lockedWords };
  if (lacks !== undefined) return { lacks };
  if (object === undefined) return { open: false, why: `there is no SupportAccessPolicy ${policyName}` };
  if (object.spec.access !== 'Enabled') return { open: false, why: disabled };
  const { isOpen, why } = activeNow(object.status);
  return { open: isOpen, why: isOpen ? 'the policy is enabled' : why };
}

function lockIn({ metadata, spec }: SupportAccessLock): { readonly name: string; readonly reason?: string } {
  const reason = spec?.reason;
  return { name: metadata.name, ...(reason === undefined ? {} : { reason }) };
}

function peopleIn(users: readonly SupportUser[]) {
  const deactivated = users
    .filter(({ spec }) => spec.access !== 'Enabled')
    .map(({ metadata }) => metadata.name);
  return { active: users.length - deactivated.length, deactivated };
}

interface Reported {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

function ailmentsIn(reported: readonly Reported[]): Ailment[] {
  const alike = new Map<string, Ailment>();
  for (const { kind, metadata, status } of reported) {
    const object = `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
    for (const { type, reason, message } of (status?.conditions ?? []).filter(isUnwell)) {
      const key = JSON.stringify([kind, type, reason, message]);
      const objects = [...(alike.get(key)?.objects ?? []), object];
      alike.set(key, { objects, condition: type, reason, message });
    }
  }
  return [...alike.values()];
}

/** These say whether something is open or restricted, which is not whether it is well. */
const ofAccess: readonly string[] = ['Active', 'Restricted'];
/** These are bad news when they hold. */
const badWhenTrue: readonly string[] = [
  'Stalled',
  'ClockOff',
  'NoticesDelayed',
  'RecordsFilling',
  'RecordsUnavailable',
];

function isUnwell({ type, status }: Condition): boolean {
  if (ofAccess.includes(type)) return false;
  return badWhenTrue.includes(type) ? status === 'True' : status !== 'True';
}
