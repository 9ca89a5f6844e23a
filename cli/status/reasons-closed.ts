/**
 * Everything that keeps a grant closed, as a whole and to each of its people: by the checks of the rules over what the caller
 * may read, and by what the operator reports and the rules cannot know. Pure.
 */

import type { CheckName } from '../../crds/rules/access.ts';
import { withinBoth } from '../../crds/rules/address/cidr.ts';
import type { Ask, Objection } from '../../crds/rules/ask.ts';
import { wasOpened } from '../../crds/rules/checks/was-opened.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import type { Reason } from '../../crds/rules/reasons.ts';
import { askBy } from './asks.ts';
import { type CheckFinding, findingsOf } from './judge.ts';
import { locksLack, objectionText, wayOut } from './words.ts';
import type { SeenPerson, SeenWorld } from './world.ts';

/** One thing that keeps closed. */
export interface Closing {
  readonly reason: string;
  /** What is so, in words. */
  readonly message: string;
  /** What would open; empty where the message says it. */
  readonly wayOut: string;
}

export interface StandingOfPerson {
  readonly name: string;
  readonly displayName?: string;
  /** What keeps this person out besides what keeps the grant closed. */
  readonly closings: readonly Closing[];
  /** What of it could not be read. */
  readonly lacks: readonly string[];
}

export interface GrantStanding {
  readonly closings: readonly Closing[];
  readonly people: readonly StandingOfPerson[];
  /** What could not be read, so that only the operator's report tells of it. */
  readonly lacks: readonly string[];
}

/** How a grant and each of its people stand at a moment. */
export function grantStanding(world: SeenWorld, now: number): GrantStanding {
  const lacksLocks = locksLack(world);
  const whole = askBy(world, 'opening', { now });
  const findings = [...ofStatus(whole), ...findingsOf(whole, lacksLocks)];
  const closings = [...closingsIn(findings, world), ...fromNowhere(world)];
  const told = reported(world, closings);
  const all = told === undefined ? closings : [told, ...closings];
  return {
    closings: all,
    people: world.people.map((person) => personIn(world, person, { now, known: all })),
    lacks: lacksIn(findings),
  };
}

/** What the operator's status says, as the gateway asks it; the entry point of the operator leaves that out. */
function ofStatus(ask: Ask): CheckFinding[] {
  const result = wasOpened.check(ask);
  return typeof result === 'number' ? [] : [{ check: wasOpened.name, says: 'no', objection: result }];
}

/** Each reason once: several checks may miss the same object. */
function closingsIn(findings: readonly CheckFinding[], world: SeenWorld): Closing[] {
  const objections = findings.flatMap((finding) => (finding.says === 'no' ? [finding.objection] : []));
  const byReason = new Map<Reason, Objection>();
  for (const objection of objections) {
    const known = byReason.get(objection.reason);
    if (known?.detail === undefined) byReason.set(objection.reason, objection);
  }
  return [...byReason.values()].map((objection) => ({
    reason: objection.reason,
    message: objectionText(objection, world),
    wayOut: wayOut(objection, world),
  }));
}

/** What the operator reports besides: it may have seen more than the caller, or not have looked yet. */
function reported({ grant }: SeenWorld, closings: readonly Closing[]): Closing | undefined {
  const active = conditionOf(grant.status?.conditions, 'Active');
  if (active === undefined || active.status === 'True') return undefined;
  if (closings.some(({ reason }) => reason === active.reason)) return undefined;
  const isOld = (grant.status?.observedGeneration ?? -1) < (grant.metadata.generation ?? 0);
  const message = isOld
    ? `${active.message} (The operator has not looked at the last change yet.)`
    : active.message;
  return { reason: active.reason, message, wayOut: '' };
}

/** Without an address that both lists have, no one comes in; each check of an address sees one address alone. */
function fromNowhere({ grant, policy }: SeenWorld): Closing[] {
  const [own, ofPolicy] = [grant.spec.allowedCIDRs ?? [], policy.object?.spec.allowedCIDRs ?? []];
  if (policy.object === undefined || withinBoth(own, ofPolicy)?.length !== 0) return [];
  return [
    {
      reason: 'AddressNotAllowed' satisfies Reason,
      message: "No one comes in from anywhere: the grant's addresses and the policy's have none in common.",
      wayOut:
        'list addresses in spec.allowedCIDRs of the grant that spec.allowedCIDRs of the policy has as well',
    },
  ];
}

/** Asked of the sign-in of each, from an address that may come in. */
function personIn(
  world: SeenWorld,
  person: SeenPerson,
  { now, known }: { readonly now: number; readonly known: readonly Closing[] },
): StandingOfPerson {
  const findings = findingsOf(askBy(world, 'sign-in', { person, now }), locksLack(world)).filter(
    ({ check }) => !ofAll.has(check),
  );
  const own = closingsIn(findings, world).filter(
    ({ reason }) =>
      known.every((each) => each.reason !== reason) && (known.length === 0 || reason !== 'NotOpened'),
  );
  const displayName = person.user.object?.spec.displayName;
  return {
    name: person.name,
    ...(displayName === undefined ? {} : { displayName }),
    closings: own,
    lacks: lacksIn(findings),
  };
}

/** What is asked of the grant as a whole, and what only an address would tell. */
const ofAll: ReadonlySet<CheckName> = new Set([
  'wasOpened',
  'policyIsEnabled',
  'grantIsEnabled',
  'windowIsOpen',
  'installationIsTodays',
  'consentStands',
  'addressIsAllowed',
  'applicationFits',
  'matrixIsPinned',
  'applicationIsPinned',
  'backendIsPinned',
]);

function lacksIn(findings: readonly CheckFinding[]): string[] {
  const lacks = findings.flatMap((finding) => (finding.says === 'unknown' ? [finding.lacks] : []));
  return [...new Set(lacks)];
}
