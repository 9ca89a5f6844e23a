/**
 * What the operator reports and what `decide` answers are one decision. Over generated worlds: a grant that is reported
 * open lets its people sign in at the same instant, and one that is reported closed is refused for the same reason.
 *
 * Two kinds of reasons are not asked of an anonymous client in the same words. What the operator alone can know
 * (ClusterRoleMissing, ExcessRights, NameTaken, ApplyFailed, and UserChanged for the grant as a whole) reaches `decide`
 * by the status, and a Deleted grant is no grant to it. What keeps out each of the people (NoUser, UserDisabled,
 * SupportRoleMissing, a lock on a person) is asked at the sign-in of each. And before anything is pinned under the
 * present consent the answer is NotOpened, whatever the operator reports.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../crds/rules/access.ts';
import { parseAddress } from '../../../../crds/rules/address/address.ts';
import type { Ask, Decision } from '../../../../crds/rules/ask.ts';
import { lockNamesFor } from '../../../../crds/rules/locks.ts';
import { matrixInForce } from '../../../../crds/rules/matrix/matrix.ts';
import type { Reason } from '../../../../crds/rules/reasons.ts';
import { parseTime } from '../../../../crds/rules/time/time.ts';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { nextStatus, type StepResults } from '../../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { installationIn } from '../../../../operator/outputs/owners.ts';
import { aDescribedWorld, describedWorlds, isGrantLock } from '../../../kit/objects/described-worlds.ts';

/** Every reason that the operator can report about a grant. */
const reportable = [
  'Open',
  'Deleted',
  'Locked',
  'InstallationChanged',
  'NoPolicy',
  'PolicyDisabled',
  'Disabled',
  'NotStarted',
  'Expired',
  'DurationOutOfBounds',
  'UserChanged',
  'NoAllowedCIDRs',
  'NoApplication',
  'Incompatible',
  'NoMatrix',
  'MatrixChanged',
  'ApplicationChanged',
  'NoService',
  'ExternalService',
  'ServiceChanged',
  'HostTaken',
  'NoUser',
  'UserDisabled',
  'SupportRoleMissing',
  'ClusterRoleMissing',
  'ExcessRights',
  'NameTaken',
  'ApplyFailed',
] as const satisfies readonly Reason[];

const ofPeople: readonly (string | undefined)[] = ['NoUser', 'UserDisabled', 'SupportRoleMissing'];

const someone = parseAddress('203.0.113.7');

/** The world as a gateway would read it at the same instant, with the status that has just been written. */
function readBack(world: GrantWorld, results: Partial<StepResults>, now: number) {
  const plan = planGrant(world, now);
  const status = nextStatus(plan.report, { recorded: 'recorded', refused: undefined, ...results });
  const { grant: seen, gone, policy, application, matrix, locks } = world;
  const { namespace = '', uid: grantUid } = seen.metadata;
  const ask = (entryPoint: 'anonymous' | 'sign-in', user?: Ask['user']): Decision =>
    decide({
      entryPoint,
      now,
      policy,
      grant: gone ? undefined : { ...seen, status },
      user,
      application: seen.spec.applicationRef && application,
      backend: world,
      installation: installationIn(world),
      matrix: matrix && matrixInForce(matrix.object),
      address: someone,
      locks: new Map(
        lockNamesFor({ namespace, grantUid, userUid: user?.metadata.uid }).map((name) => [
          name,
          locks.has(name) ? 'present' : 'absent',
        ]),
      ),
    });
  return { status, decision: plan.report.decision, ask };
}

const reasonIn = (decision: Decision): string => (decision.allow ? 'allowed' : decision.reason);

const counts = new Map<string, number>();

const always = (
  numRuns: number,
  law: (one: ReturnType<typeof readBack>, world: GrantWorld, now: number) => void,
) =>
  fc.assert(
    fc.property(describedWorlds, (description) => {
      const { world, now, results } = aDescribedWorld(description);
      const one = readBack(world, results, now);
      counts.set(one.status.activeReason ?? '', (counts.get(one.status.activeReason ?? '') ?? 0) + 1);
      law(one, world, now);
    }),
    { numRuns },
  );

describe('a grant that is reported open', () => {
  it('is open to an anonymous sign-in at the same instant, until the same end, and has its pins', () => {
    always(6000, ({ status, ask }, { grant }) => {
      if (status.activeReason !== 'Open') return;
      expect(ask('anonymous')).toEqual({ allow: true, until: parseTime(grant.spec.expirationTime) });
      expect(status.pins?.consent).toBe(grant.spec.consent ?? 1);
      expect(status.pins?.matrix?.name).toBe(grant.spec.matrixRef.name);
    });
  });

  it('is open to the sign-in of exactly the people that the operator names', () => {
    always(1500, ({ status, decision, ask }, { users }) => {
      if (status.activeReason !== 'Open' || !decision.open) return;
      const admitted = users.filter((user) => ask('sign-in', user).allow);
      expect(admitted).toEqual(decision.people);
      for (const { metadata } of admitted)
        expect(status.pins?.users).toContainEqual({ name: metadata.name, uid: metadata.uid });
    });
  });
});

describe('a grant that is reported closed', () => {
  it('is refused to everyone for the same reason', () => {
    always(6000, ({ status, ask }, world) => {
      const { activeReason, pins } = status;
      if (activeReason === 'Open') return;
      const answer = reasonIn(ask('anonymous'));
      const lockedPeople =
        activeReason === 'Locked' && ![...world.locks].some((name) => isGrantLock(name, world));
      // nothing is pinned while the grant is not Enabled, or while the record of the pins is owed
      const unpinned = pins?.consent !== (world.grant.spec.consent ?? 1);
      if (activeReason === 'Deleted' || unpinned) {
        expect(answer).toBe(activeReason === 'Deleted' ? 'NoGrant' : 'NotOpened');
      } else if (ofPeople.includes(activeReason) || lockedPeople) {
        expect(answer).toBe('allowed');
        const answers = [undefined, ...world.users].map((user) => reasonIn(ask('sign-in', user)));
        expect(answers).not.toContain('allowed');
        expect(answers).toContain(activeReason);
      } else {
        expect(answer).toBe(activeReason);
      }
    });
  });

  it('is not pinned under the present consent only when nothing was consented to, or the record is owed', () => {
    always(1500, ({ status }, { grant, gone }) => {
      if (gone || status.pins?.consent === (grant.spec.consent ?? 1)) return;
      const owed = status.conditions?.some(({ type }) => type === 'Recorded') === true;
      expect(owed || grant.spec.access !== 'Enabled').toBe(true);
    });
  });

  it('has a message that is a sentence, or several', () => {
    always(1500, ({ status }) => {
      const { message = '', status: active } = status.conditions?.find(({ type }) => type === 'Active') ?? {};
      if (active === 'False' && status.activeReason !== 'ApplyFailed') expect(message).toMatch(/^\S.*\.$/);
    });
  });
});

it('the generated worlds gave every reason that the operator can report, and no other', () => {
  expect([...counts.keys()].toSorted()).toEqual(reportable.toSorted());
  for (const [reason, count] of counts) expect(count, reason).toBeGreaterThan(2);
});
