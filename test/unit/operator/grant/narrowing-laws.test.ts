/**
 * Closed becomes open only by `open`. Over generated worlds: what the operator reports as closed stays closed, and so
 * does every ask, after a change that the rule calls narrowing, which needs no right to open.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import { decide } from '../../../../crds/rules/access.ts';
import { parseAddress } from '../../../../crds/rules/address/address.ts';
import type { Ask } from '../../../../crds/rules/ask.ts';
import { lockNamesFor } from '../../../../crds/rules/locks.ts';
import { matrixInForce } from '../../../../crds/rules/matrix/matrix.ts';
import { widens } from '../../../../crds/rules/widening/widening.ts';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { nextStatus } from '../../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import {
  aDescribedWorld,
  describedWorlds,
  type WorldDescription,
} from '../../../kit/objects/described-worlds.ts';
import { recorded } from '../../../kit/objects/grant-life.ts';
import { aUserNamed } from '../../../kit/objects/user.ts';

type Spec = SupportAccessGrant['spec'];

const someone = parseAddress('203.0.113.7');

/** Changes of a spec of which most narrow; each is judged by the rule before it is taken. */
const changes = fc.record(
  {
    expirationTime: fc.constantFrom('2026-12-01T12:30:00Z', '2026-12-01T08:45:00Z', '2026-12-02T08:00:00Z'),
    startTime: fc.constantFrom('2026-12-01T11:30:00Z', '2026-12-01T11:59:00Z', '2026-12-02T07:30:00Z'),
    userRefs: fc.subarray([{ name: 'ada' }, { name: 'bob' }], { minLength: 1 }),
    allowedCIDRs: fc.constantFrom(['203.0.113.0/26'], ['203.0.113.7'], []),
    requiredSupportRoles: fc.constantFrom(['ecase-tier2'], ['other'], []),
    reason: fc.constant('narrower'),
    access: fc.constantFrom('Enabled' as const, 'Disabled' as const),
  },
  { requiredKeys: [] },
);

/** Short enough for an hour, and without the person who was made anew. */
const exact = fc.constantFrom<Partial<Spec>>(
  { startTime: '2026-12-01T11:30:00Z', expirationTime: '2026-12-01T12:30:00Z' },
  { userRefs: [{ name: 'bob' }] },
);

/** Several after each other, each looked at or not before the next. */
const lives = fc.array(fc.record({ change: fc.oneof(changes, exact), isLookedAt: fc.boolean() }), {
  minLength: 1,
  maxLength: 3,
});

/** The same world with another spec, as the API server stores and the operator finds it. */
function written(world: GrantWorld, spec: Spec): GrantWorld {
  const { metadata } = world.grant;
  const grant = {
    ...world.grant,
    spec,
    metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 },
  };
  const users = world.users.filter((user) => spec.userRefs.some(({ name }) => name === user.metadata.name));
  return { ...world, grant, users };
}

const lookedAt = (world: GrantWorld, now: number): GrantWorld => ({
  ...world,
  grant: { ...world.grant, status: nextStatus(planGrant(world, now).report, recorded) },
});

/** Everyone who is let in at this moment, by any of the entry points of a sign-in. */
function letIn(world: GrantWorld, now: number): string[] {
  const { grant, gone, policy, application, matrix, locks } = world;
  const ask = (entryPoint: Ask['entryPoint'], user?: Ask['user']): boolean =>
    decide({
      entryPoint,
      now,
      policy,
      grant: gone ? undefined : grant,
      user,
      application,
      backend: world,
      matrix: matrix && matrixInForce(matrix.object),
      address: someone,
      locks: new Map(
        lockNamesFor({
          namespace: grant.metadata.namespace ?? '',
          grantUid: grant.metadata.uid,
          userUid: user?.metadata.uid,
        }).map((name) => [name, locks.has(name) ? 'present' : 'absent']),
      ),
    }).allow;
  const people = [...world.users, aUserNamed('eve')].filter((user) => ask('sign-in', user));
  return people.map(({ metadata }) => metadata.name);
}

const [sample] = fc.sample(describedWorlds, 1);
/** The description in which nothing keeps access closed. */
const allFine = {
  ...Object.fromEntries(Object.keys(sample ?? {}).map((part) => [part, 'fine'])),
  later: 0,
} as WorldDescription;

/** What a narrowing could lift, in worlds where little else keeps access closed: generated alone they are far too rare. */
const liftable = fc.constantFrom<Partial<WorldDescription>>(
  { policy: 'allowing less time' },
  { references: 'two people', people: 'Ada made anew, and Bob', pins: 'of both, before' },
  { references: 'two people', people: 'both', matrix: 'with rights', rights: 'name taken' },
  {},
);
const worlds = fc
  .tuple(describedWorlds, fc.subarray(Object.keys(allFine), { maxLength: 3 }), liftable)
  .map(([any, parts, closed]): WorldDescription => {
    const some = Object.fromEntries(Object.entries(any).filter(([part]) => parts.includes(part)));
    return { ...allFine, ...some, ...closed };
  });

const counts = { narrowed: 0, closed: 0 };

describe('a change that the rule calls narrowing', () => {
  it('turns no ask and no status from closed to open, however many follow each other', () => {
    fc.assert(
      fc.property(fc.oneof(describedWorlds, worlds), lives, (description, life) => {
        const { world: start, now } = aDescribedWorld({ ...description, steps: 'fine' }); // a refused write is tried again
        let world = lookedAt(start, now);
        let wasOpen = world.grant.status?.activeReason === 'Open';
        let admitted = letIn(world, now);
        for (const { change, isLookedAt } of life) {
          const spec = { ...world.grant.spec, ...change } as Spec;
          if (widens('SupportAccessGrant', world.grant.spec, spec)) continue;
          counts.narrowed += 1;
          counts.closed += wasOpen ? 0 : 1;
          world = written(world, spec);
          expect(admitted).toEqual(expect.arrayContaining(letIn(world, now)));
          if (!isLookedAt) continue;
          world = lookedAt(world, now);
          const isOpen = world.grant.status?.activeReason === 'Open';
          if (!wasOpen) expect(isOpen).toBe(false);
          wasOpen &&= isOpen;
          const after = letIn(world, now);
          expect(admitted).toEqual(expect.arrayContaining(after));
          admitted = after;
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('was tried on many grants, also on closed ones', () => {
    expect(counts.narrowed).toBeGreaterThan(1000);
    expect(counts.closed).toBeGreaterThan(300);
  });
});

describe('taking a person off the list', () => {
  const two = [{ name: 'ada' }, { name: 'bob' }];
  const onlyBob = [{ name: 'bob' }];
  const described = (words: Partial<WorldDescription>) =>
    aDescribedWorld({ ...allFine, references: 'two people', people: 'both', ...words });
  const reasonOf = ({ grant }: GrantWorld) => grant.status?.activeReason;

  it('does not open a grant that something foreign under the name of her account keeps closed', () => {
    const { world, now } = described({ matrix: 'with rights', rights: 'name taken' });
    const closed = lookedAt(world, now);
    expect(closed.grant.spec.userRefs).toEqual(two);
    expect(reasonOf(closed)).toBe('NameTaken');
    const without = written(closed, { ...closed.grant.spec, userRefs: onlyBob });
    const still = lookedAt(lookedAt(without, now), now);
    expect(reasonOf(still)).toBe('NameTaken');
    const freed = lookedAt({ ...still, accounts: [] }, now);
    expect(reasonOf(freed)).toBe('Open');
    const names = (one: GrantWorld) => one.grant.status?.pins?.users.map(({ name }) => name);
    expect(names(still)).toEqual(['bob', 'ada']);
    expect(names(lookedAt(freed, now))).toEqual(['bob']);
  });
});
