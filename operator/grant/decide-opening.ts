/**
 * Is access by this grant open now, and to whom? One ordered list of checks, first objection wins; the same order in
 * which `decide` judges each request. It judges to make objects and to report; it never lets anybody in.
 */
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { misfit } from '../../crds/rules/matrix/compatibility.ts';
import { type Reason, sentenceFor } from '../../crds/rules/reasons.ts';
import { lengthObjection, windowInWords, windowState } from '../../crds/rules/time/schedule.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import type { ConditionReason } from '../reporting/conditions.ts';
import type { GrantWorld, Pins } from './world.ts';

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

export interface OpeningQuestion {
  readonly world: GrantWorld;
  /** Those that are about to be reported, so that what is seen for the first time is already pinned. */
  readonly pins: Pins | undefined;
  readonly now: number;
}

/** A grant as it was decided at a moment: what records and status are made from. */
export interface DecidedGrant extends OpeningQuestion {
  readonly decision: OpeningDecision;
}

type Check = (question: OpeningQuestion) => ConditionReason | undefined;

const no = (reason: Reason, message = sentenceFor(reason)): ConditionReason => ({ reason, message });

/** THE order. Later checks rely on the earlier ones having passed. */
const checks: readonly Check[] = [
  grantIsThere,
  nothingLocked,
  policyEnabled,
  accessEnabled,
  windowOpen,
  lengthAllowed,
  peopleUnchanged,
  somebodyMayCome,
  addressesGiven,
  applicationThere,
  matrixThere,
  matrixUnchanged,
  matrixCompatible,
  clusterRoleExact,
  noExcessRights,
];

export function decideOpening(question: OpeningQuestion): OpeningDecision {
  for (const check of checks) {
    const objection = check(question);
    if (objection) return { open: false, ...objection };
  }
  const { world } = question;
  const until = parseTime(world.grant.spec.expirationTime);
  if (world.matrix === undefined || until === undefined) return { open: false, ...no('NotOpened') };
  return { open: true, people: peopleOf(question), matrix: world.matrix.object, until };
}

function grantIsThere({ world }: OpeningQuestion): ConditionReason | undefined {
  const leaving = world.grant.metadata.deletionTimestamp !== undefined;
  return world.gone || leaving ? no('Deleted') : undefined;
}

function nothingLocked({ world: { locks, grant } }: OpeningQuestion): ConditionReason | undefined {
  const { namespace = '', uid } = grant.metadata;
  const name = ['all', `ns.${namespace}`, `grant.${uid}`].find((lock) => locks.has(lock));
  return name === undefined ? undefined : no('Locked', `SupportAccessLock ${name} is in force`);
}

function policyEnabled({ world: { policy } }: OpeningQuestion): ConditionReason | undefined {
  if (policy === undefined) return no('NoPolicy');
  return policy.spec.access === 'Enabled' ? undefined : no('PolicyDisabled');
}

function accessEnabled({ world: { grant } }: OpeningQuestion): ConditionReason | undefined {
  return grant.spec.access === 'Enabled' ? undefined : no('Disabled');
}

function windowOpen({ world: { grant }, now }: OpeningQuestion): ConditionReason | undefined {
  const state = windowState(grant.spec, now);
  return state === 'Open' ? undefined : no(state, `The grant is ${windowInWords(grant.spec)}`);
}

/** Too short is only worth a warning, and admission gave it. */
function lengthAllowed({ world: { grant, policy } }: OpeningQuestion): ConditionReason | undefined {
  const objection = lengthObjection(grant.spec, policy?.spec.duration, grant.metadata.creationTimestamp);
  return objection?.kind === 'TooLong' ? no('DurationOutOfBounds', objection.message) : undefined;
}

function peopleUnchanged({ world: { users }, pins }: OpeningQuestion): ConditionReason | undefined {
  const changed = users.find((user) =>
    pins?.users.some((pin) => pin.name === user.metadata.name && pin.uid !== user.metadata.uid),
  );
  if (changed === undefined) return undefined;
  const { name } = changed.metadata;
  return no('UserChanged', `SupportUser ${name} was made anew since; raise spec.consent to consent to it`);
}

/** Says the most telling of what keeps people out: locked, disabled or without the role before simply absent. */
function somebodyMayCome(question: OpeningQuestion): ConditionReason | undefined {
  if (peopleOf(question).length > 0) return undefined;
  const { users, locks, grant } = question.world;
  const names = grant.spec.userRefs.map(({ name }) => name).join(', ');
  if (users.length === 0) return no('NoUser', `None of these SupportUsers exists: ${names}`);
  if (users.every((user) => locks.has(`user.${user.metadata.uid}`)))
    return no('Locked', `Locked by name: ${names}`);

  if (users.every((user) => user.spec.access === 'Disabled')) return no('UserDisabled');
  return no(
    'SupportRoleMissing',
    `Nobody named has one of: ${(grant.spec.requiredSupportRoles ?? []).join(', ')}`,
  );
}

function addressesGiven({ world: { grant, policy } }: OpeningQuestion): ConditionReason | undefined {
  const listed = (grant.spec.allowedCIDRs ?? []).length + (policy?.spec.allowedCIDRs ?? []).length;
  const needed = policy?.spec.requireAllowedCIDRs !== 'Disabled';
  return needed && listed === 0 ? no('NoAllowedCIDRs') : undefined;
}

function applicationThere({ world: { grant, application } }: OpeningQuestion): ConditionReason | undefined {
  const name = grant.spec.applicationRef?.name;
  if (name === undefined || application !== undefined) return undefined;
  return no('NoApplication', `SupportApplication ${name} does not exist in this namespace`);
}

function matrixThere({ world: { grant, matrix } }: OpeningQuestion): ConditionReason | undefined {
  if (matrix !== undefined) return undefined;
  return no('NoMatrix', `SupportPermissionMatrix ${grant.spec.matrixRef.name} does not exist`);
}

function matrixUnchanged({ world: { matrix }, pins }: OpeningQuestion): ConditionReason | undefined {
  if (matrix === undefined) return no('NoMatrix');
  const { name, uid } = matrix.object.metadata;
  if (pins?.matrix?.uid === uid && pins.matrix.hash === matrix.hash) return undefined;
  return no(
    'MatrixChanged',
    `SupportPermissionMatrix ${name} was made anew since; raise spec.consent to consent to it`,
  );
}

function matrixCompatible({ world: { matrix, application } }: OpeningQuestion): ConditionReason | undefined {
  const why = misfit(matrix?.object.spec.appliesTo, application?.spec);
  return why === undefined ? undefined : no('Incompatible', why);
}

function clusterRoleExact({ world: { matrix, clusterRole } }: OpeningQuestion): ConditionReason | undefined {
  if (clusterRole === 'Exact' || clusterRole === 'NotNeeded') return undefined;
  const name = matrix?.object.spec.kubernetes?.clusterRole ?? '';
  const what = clusterRole === 'Missing' ? 'does not exist' : 'does not hold exactly the rules of the matrix';
  return no('ClusterRoleMissing', `ClusterRole ${name} ${what}`);
}

function noExcessRights({ world: { excessRights } }: OpeningQuestion): ConditionReason | undefined {
  if (excessRights.length === 0) return undefined;
  return no(
    'ExcessRights',
    `Support identities would also have the rights of ${excessRights.slice(0, 5).join(', ')}`,
  );
}

/** Of the named people, those who may come in now. */
function peopleOf({ world: { users, locks, grant }, pins }: OpeningQuestion): SupportUser[] {
  const roles = grant.spec.requiredSupportRoles ?? [];
  return users.filter(
    ({ metadata, spec }) =>
      spec.access !== 'Disabled' &&
      !locks.has(`user.${metadata.uid}`) &&
      pins?.users.some((pin) => pin.name === metadata.name && pin.uid === metadata.uid) === true &&
      (roles.length === 0 || roles.some((role) => spec.supportRoles?.includes(role))),
  );
}
