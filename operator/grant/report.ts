/**
 * What is reported about a grant? Ready (everything that it asks for has been applied), Active (access is open now) and
 * Restricted (an address rule applies). It reports what was decided and done; it decides nothing.
 */
import { present } from '../../crds/object-meta.ts';
import type { Pins } from '../../crds/rules/ask.ts';
import { type Condition, conditionOf } from '../../crds/rules/conditions.ts';
import { type Reason, sentenceFor } from '../../crds/rules/reasons.ts';
import { signInUrlOf } from '../../crds/rules/request/gateway-urls.ts';
import { servedService } from '../../crds/rules/request/service.ts';
import { formatTime } from '../../crds/rules/time/time.ts';
import { installationIn } from '../outputs/owners.ts';
import { type ConditionReason, type PlainCondition, statusOf } from '../reporting/conditions.ts';
import { withoutRecordsUnavailable } from '../reporting/records-unavailable.ts';
import { clusterRoleObjection, type DecidedGrant } from './decide-opening.ts';
import { newOpeningId, nextOpening } from './opening.ts';
import { nextConsentEnded } from './pins.ts';
import { closingBoundary, tellsEnd } from './transitions.ts';
import type { GrantStatus, GrantWorld } from './world.ts';

const owedAgainAfterMs = 5000;

/** What became of the steps before the report. */
export interface StepResults {
  readonly recorded: 'recorded' | 'owed';
  /** Why what was to be made could not be made, where trying again will not help by itself. */
  readonly refused: ConditionReason | undefined;
}

/**
 * The whole next status. Conditions of others stay as they are. That access is open and in which opening is told in one
 * write, so that no opening outlives a closing.
 */
export function nextStatus(report: DecidedGrant, results: StepResults, newId = newOpeningId): GrantStatus {
  const { world, now } = report;
  const active = activeCondition(report, results);
  const normal = [readyCondition(report, results), active, restricted(world)];
  const { observedGeneration, conditions } = statusOf(world.grant, normal, now);
  const owed = results.recorded === 'owed';
  const reported = abnormal(conditions, { world, owed, stalled: stalledBy(report) });
  return {
    observedGeneration,
    conditions: reported.map((condition) => ({ ...condition })) as NonNullable<GrantStatus['conditions']>,
    activeReason: active.reason,
    ...whereToSignIn(world),
    ...opened(report, results, newId),
    ...endsTold(report),
    ...lookedAtBy(world),
    ...lasting(nextConsentEnded(world, report.pins, now)),
    // Pins that are not recorded are not reported either: they would never be recorded again.
    ...pinned(owed ? world.grant.status?.pins : report.pins),
  };
}

function whereToSignIn({ grant, policy }: GrantWorld): { signInURL?: string } {
  const { namespace, name } = grant.metadata;
  if (policy === undefined || namespace === undefined) return {};
  return { signInURL: signInUrlOf(policy.spec.gateway, { namespace, name }) };
}

function opened(
  { world, decision }: DecidedGrant,
  { refused }: StepResults,
  newId: () => string,
): Pick<GrantStatus, 'opening'> {
  return decision.open && refused === undefined ? { opening: nextOpening(world, decision, newId) } : {};
}

function endsTold(report: DecidedGrant): Pick<GrantStatus, 'closings'> {
  const closings = (report.world.grant.status?.closings ?? 0) + (tellsEnd(report) ? 1 : 0);
  return closings === 0 ? {} : { closings };
}

/** With what it found to have ended, in one write: else the next look would take what was given to another for its own. */
function lookedAtBy(world: GrantWorld): Pick<GrantStatus, 'installation'> {
  const installation = installationIn(world)?.uid ?? world.grant.status?.installation;
  return installation === undefined ? {} : { installation };
}

function lasting(consentEnded: GrantStatus['consentEnded']): Pick<GrantStatus, 'consentEnded'> {
  return consentEnded === undefined ? {} : { consentEnded };
}

function pinned(pins: Pins | undefined): { pins?: Pins } {
  return pins === undefined ? {} : { pins };
}

function activeCondition({ world, decision }: DecidedGrant, { refused }: StepResults): PlainCondition {
  if (!decision.open)
    return { type: 'Active', holds: false, reason: decision.reason, message: decision.message };
  if (refused !== undefined) return { type: 'Active', holds: false, ...refused };
  const names = decision.people.map((person) => person.metadata.name).join(', ');
  const message = `Open for ${names} until ${formatTime(decision.until)}${opensNothing(world) ? nothingOpen : ''}`;
  return { type: 'Active', holds: true, reason: 'Open', message };
}

const nothingOpen =
  '; but it opens nothing: it names no application, and its matrix gives no Kubernetes rights. Set spec.applicationRef, or make a grant for a matrix with Kubernetes rights';

/** People may sign in and then do nothing: who consented meant something else. */
function opensNothing({ grant, matrix }: GrantWorld): boolean {
  return grant.spec.applicationRef === undefined && matrix?.object.spec.kubernetes === undefined;
}

function readyCondition(report: DecidedGrant, { refused }: StepResults): PlainCondition {
  const stalled = stalledBy(report);
  const why = stalled ?? refused ?? missing(report);
  if (why !== undefined) return { type: 'Ready', holds: false, ...why };
  return { type: 'Ready', holds: true, reason: 'Enforced', message: sentenceFor('Enforced') };
}

/** Reasons that say that something which the grant names is not there yet, or not as it must be. */
const notThere: ReadonlySet<Reason> = new Set<Reason>([
  'ClusterRoleMissing',
  'ExternalService',
  'NoApplication',
  'NoMatrix',
  'NoService',
]);

/** What the grant asks for cannot be applied while something that it names is missing, closed for that or otherwise. */
function missing({ world, decision }: DecidedGrant): ConditionReason | undefined {
  if (decision.open) return undefined;
  if (notThere.has(decision.reason)) return { reason: decision.reason, message: decision.message };
  return unnoticed(world);
}

/** A grant that is locked or has not started is decided by that: what it names is told in time to correct it. */
function unnoticed(world: GrantWorld): ConditionReason | undefined {
  return matrixMissing(world) ?? backendMissing(world) ?? clusterRoleObjection(world);
}

function matrixMissing({ grant: { spec }, matrix }: GrantWorld): ConditionReason | undefined {
  if (present(matrix?.object) !== undefined) return undefined;
  const which = `SupportPermissionMatrix ${spec.matrixRef.name} does not exist`;
  return { reason: 'NoMatrix', message: `${which}; create it, or make a grant for another matrix.` };
}

function backendMissing(world: GrantWorld): ConditionReason | undefined {
  const named = world.grant.spec.applicationRef;
  if (named === undefined) return undefined;
  const application = present(world.application);
  if (application === undefined) {
    const which = `SupportApplication ${named.name} does not exist in this namespace`;
    const message = `${which}; create it, or correct spec.applicationRef of the grant.`;
    return { reason: 'NoApplication', message };
  }
  const served = servedService(world, application.spec.serviceRef);
  return served.ok ? undefined : { reason: served.reason, message: served.detail };
}

/** A taken name stays taken until a human acts: kstatus knows that as Stalled. */
function stalledBy({ decision }: DecidedGrant): ConditionReason | undefined {
  if (decision.open || decision.reason !== 'NameTaken') return undefined;
  return { reason: decision.reason, message: decision.message };
}

function restricted({ grant, policy }: GrantWorld): PlainCondition {
  const listed = (grant.spec.allowedCIDRs ?? []).length + (policy?.spec.allowedCIDRs ?? []).length;
  if (listed > 0) {
    const reason: Reason = 'AddressesListed';
    return { type: 'Restricted', holds: true, reason, message: sentenceFor(reason) };
  }
  const reason: Reason = 'NoAllowedCIDRs';
  return {
    type: 'Restricted',
    holds: false,
    reason,
    message:
      'Neither the policy nor the grant lists addresses; list them in spec.allowedCIDRs of one of the two.',
  };
}

interface Abnormal {
  readonly world: GrantWorld;
  readonly owed: boolean;
  readonly stalled: ConditionReason | undefined;
}

/** Conditions that are there only while they are so: Stalled, and Recorded while a record is owed. */
function abnormal(conditions: readonly Condition[], { world, owed, stalled }: Abnormal): Condition[] {
  const observedGeneration = world.grant.metadata.generation ?? 0;
  const normal = withoutRecordsUnavailable(conditions).filter(
    ({ type }) => type !== 'Stalled' && type !== 'Recorded',
  );
  const before = conditionOf(conditions, 'Stalled');
  const since = conditionOf(conditions, 'Active')?.lastTransitionTime ?? '';
  if (stalled !== undefined) {
    const lastTransitionTime = before?.lastTransitionTime ?? since;
    normal.push({ type: 'Stalled', status: 'True', ...stalled, lastTransitionTime, observedGeneration });
  }
  if (owed) {
    // The moment up to which the records are complete: from it the owed record gets its key (see transitions.ts).
    const lastTransitionTime = closingBoundary(world)[1] ?? since;
    const reason: Reason = 'RecordsUnavailable';
    const message = 'Access was closed; the record of it is still to be written';
    normal.push({
      type: 'Recorded',
      status: 'False',
      reason,
      message,
      lastTransitionTime,
      observedGeneration,
    });
  }
  return normal;
}

/** When a report that owes its record is looked at again. */
export function owedAgainAt({ recorded }: StepResults, now: number): number | undefined {
  return recorded === 'owed' ? now + owedAgainAfterMs : undefined;
}
