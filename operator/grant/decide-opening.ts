/**
 * Is access by this grant open now, and to whom? The rules decide, by the same checks as for every request; what is
 * added here is only what the operator alone can know. It decides what to make and report; it never lets anyone in.
 */
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { present } from '../../crds/object-meta.ts';
import { checks, decide } from '../../crds/rules/access.ts';
import type { Ask, Decision, Pins } from '../../crds/rules/ask.ts';
import { type LockReading, lockNamesFor } from '../../crds/rules/locks.ts';
import { matrixHead } from '../../crds/rules/matrix/matrix.ts';
import { type Reason, sentenceFor } from '../../crds/rules/reasons.ts';
import { hostTakenFrom } from '../../crds/rules/request/hosts.ts';
import { windowInWords, windowState } from '../../crds/rules/time/schedule.ts';
import { installationIn } from '../outputs/owners.ts';
import { clusterRoleProblem, howToCompile } from '../rbac/cluster-role.ts';
import { bindingInWords, toleratingEntry } from '../rbac/excess-rights.ts';
import type { ConditionReason } from '../reporting/conditions.ts';
import { nextConsentEnded } from './pins.ts';
import type { GrantWorld } from './world.ts';

/** Whether access is open, and to whom; where it is not, why. */
export type OpeningDecision =
  | ({ readonly open: false } & ConditionReason)
  | {
      readonly open: true;
      readonly people: readonly SupportUser[];
      readonly matrix: SupportPermissionMatrix;
      /** When the window ends, epoch milliseconds. */
      readonly until: number;
    };

export interface OpeningInput {
  readonly world: GrantWorld;
  /** Those that are about to be reported, so that what is seen for the first time is already pinned. */
  readonly pins: Pins | undefined;
  readonly now: number;
}

/** A grant as it was decided at a moment: what records and status are made from. */
export interface DecidedGrant extends OpeningInput {
  readonly decision: OpeningDecision;
}

type Denial = Extract<Decision, { allow: false }>;
type Asked = Omit<Ask, 'entryPoint' | 'locks'>;

/** The grant as a whole first, then its people, then what the rules cannot know. */
export function decideOpening(input: OpeningInput): OpeningDecision {
  const { world } = input;
  if (world.gone || present(world.grant) === undefined) return closed('Deleted');
  const asked = askedAbout(input);
  const whole = decide({ ...asked, entryPoint: 'opening', locks: lockReading(world) });
  if (!whole.allow) return closed(whole.reason, whole.detail);
  const decided = world.users.map((user) => ({
    user,
    decision: decide({ ...asked, entryPoint: 'person', user, locks: lockReading(world, user) }),
  }));
  const people = decided.filter(({ decision }) => decision.allow).map(({ user }) => user);
  const denials = decided.flatMap(({ decision }) => (decision.allow ? [] : [decision]));
  if (people.length === 0) return noneAdmitted(world, denials);

  const objection = ofOperatorAlone(world);
  if (objection !== undefined) return { open: false, ...objection };
  if (world.matrix === undefined) return closed('NoMatrix');
  const open = { open: true, people, matrix: world.matrix.object, until: whole.until } as const;
  return endedMeanwhile(input, open) ?? open;
}

/** What the rules cannot know. */
function ofOperatorAlone(world: GrantWorld): ConditionReason | undefined {
  const ofGrant = restoredObjection(world) ?? hostObjection(world);
  return ofGrant ?? clusterRoleObjection(world) ?? excessRightsObjection(world);
}

/** The opening that was reported is over, though the world would be open: it is closed first, and then opened again. */
function endedMeanwhile(
  { world: { grant, closings }, now }: OpeningInput,
  open: Extract<OpeningDecision, { open: true }>,
): OpeningDecision | undefined {
  const reported = grant.status?.opening;
  if (reported === undefined) return undefined;
  if (closings?.whole !== undefined) return { open: false, ...closings.whole };
  if (windowState(reported, now) === 'Expired')
    return closed('Expired', `The grant was open ${windowInWords(reported)}; it opens again by itself.`);

  const out = reported.people.filter(({ uid }) => closings?.people.has(uid) === true).map(({ uid }) => uid);
  if (out.length === 0) return undefined;
  const people = open.people.filter(({ metadata }) => !out.includes(metadata.uid));
  return people.length > 0
    ? { ...open, people }
    : closed(
        'NoUser',
        'All who had access were kept out meanwhile, as by spec.access Disabled and then Enabled. It opens again by itself, and they sign in again.',
      );
}

function closed(reason: Reason, message = sentenceFor(reason)): OpeningDecision {
  return { open: false, reason, message };
}

/** The grant as it is about to be reported: its status can then be compared with its world as at every entry point. */
function askedAbout({ world, pins, now }: OpeningInput): Asked {
  const { grant, policy, users, application, matrix } = world;
  const { pins: _last, consentEnded: _ended, ...rest } = grant.status ?? {};
  const consentEnded = nextConsentEnded(world, pins, now);
  const status = { ...rest, ...(consentEnded && { consentEnded }) };
  return {
    now,
    policy,
    grant: { ...grant, status: pins === undefined ? status : { ...status, pins } },
    people: users,
    application,
    backend: world,
    installation: installationIn(world),
    matrix: matrix && matrixHead(matrix.object, matrix.hash),
  };
}

/** The caches follow every lock, so one that is not in the world is absent. */
function lockReading({ locks, grant }: GrantWorld, user?: SupportUser): LockReading {
  const { namespace = '', uid: grantUid } = grant.metadata;
  const names = lockNamesFor({ namespace, grantUid, userUid: user?.metadata.uid });
  return new Map(names.map((name) => [name, locks.has(name) ? 'present' : 'absent']));
}

const longestList = 5;

/** The reason of the one who came furthest through the checks, and in words what keeps out each of the named people. */
function noneAdmitted({ grant, users }: GrantWorld, denials: readonly Denial[]): OpeningDecision {
  const order: readonly string[] = checks.map(({ name }) => name);
  const [furthest] = denials.toSorted((one, other) => order.indexOf(other.check) - order.indexOf(one.check));
  const known = new Set(users.map((user) => user.metadata.name));
  const absent = grant.spec.userRefs
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => `SupportUser ${name} does not exist; create it to let the person in.`);
  const words = [...denials.map(({ reason, detail }) => detail ?? sentenceFor(reason)), ...absent];
  return closed(furthest?.reason ?? 'NoUser', words.slice(0, longestList).join(' '));
}

/** What the records know in a later state is from a backup; they are the witness, and a person lifts it. */
function restoredObjection({ restored }: GrantWorld): ConditionReason | undefined {
  if (restored === undefined) return undefined;
  return {
    reason: 'RolledBack',
    message: `Older than what was recorded, as after a restored backup: ${restored}.`,
  };
}

/** A grant for a host that is another application's must not be open by itself once that host is free. */
function hostObjection({ application, ...claims }: GrantWorld): ConditionReason | undefined {
  const message = application && hostTakenFrom(application, claims);
  return message === undefined ? undefined : { reason: 'HostTaken', message };
}

/** What is said against the ClusterRole of the matrix. */
export function clusterRoleObjection({
  matrix,
  clusterRole,
}: Pick<GrantWorld, 'matrix' | 'clusterRole'>): ConditionReason | undefined {
  const problem = clusterRoleProblem(matrix?.object, clusterRole);
  if (problem === undefined) return undefined;
  return {
    reason: 'ClusterRoleMissing',
    message: `${problem}; ${howToCompile}.`,
  };
}

function excessRightsObjection({ excessRights }: GrantWorld): ConditionReason | undefined {
  if (excessRights.length === 0) return undefined;
  const told = excessRights.slice(0, longestList);
  const entries = told.flatMap((binding) => toleratingEntry(binding) ?? []);
  const accepting =
    entries.length === 0
      ? ''
      : `, or accept it by adding ${entries.join(', ')} to spec.rights.toleratedBindings of the policy`;
  const warning =
    entries.length === told.length
      ? ''
      : ' For a name in quotes, which has characters or a length that names hardly have, no entry is spelled here: look at what that binding gives to whom before you accept it.';
  return {
    reason: 'ExcessRights',
    message: `Support identities would also get rights by ${told.map(bindingInWords).join(', ')}; remove the binding${accepting}.${warning}`,
  };
}
