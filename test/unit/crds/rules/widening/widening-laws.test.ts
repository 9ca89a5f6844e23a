import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../../../crds/generated/support-access-policy.ts';
import { decide } from '../../../../../crds/rules/access.ts';
import type { Ask } from '../../../../../crds/rules/ask.ts';
import { lockNamesFor } from '../../../../../crds/rules/locks.ts';
import { widens } from '../../../../../crds/rules/widening/widening.ts';
import { askOn, fromAddress, instant, where, withPolicy } from '../../../../kit/objects/ask.ts';
import { aGrant, opened } from '../../../../kit/objects/grant.ts';
import { modified, uidOf, withSpec } from '../../../../kit/objects/object.ts';
import { allowing, aPolicy, notRequiringAddresses } from '../../../../kit/objects/policy.ts';
import { aUserNamed, withRoles } from '../../../../kit/objects/user.ts';

type Spec = SupportAccessGrant['spec'];

const cidrs = fc.uniqueArray(
  fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '::/0', '2001:db8::/32'),
  {
    maxLength: 3,
  },
);
const times = fc.constantFrom(
  '2026-12-01T08:00:00Z',
  '2026-12-02T08:00:00Z',
  '2026-12-02T09:00:00+01:00',
  '2026-12-03T08:00:00.001Z',
);
const parts = fc.record({
  startTime: fc.option(times, { nil: undefined }),
  expirationTime: times,
  allowedCIDRs: fc.option(cidrs, { nil: undefined }),
  requiredSupportRoles: fc.option(fc.subarray(['A', 'B', 'C']), { nil: undefined }),
  userRefs: fc.subarray([{ name: 'ada' }, { name: 'bob' }], { minLength: 1 }),
  reason: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  consent: fc.constantFrom(1, 1, 1, 2),
});
type Parts = typeof parts extends fc.Arbitrary<infer Value> ? Value : never;
const fields = fc.subarray<keyof Parts>(
  ['startTime', 'expirationTime', 'allowedCIDRs', 'requiredSupportRoles', 'userRefs', 'reason', 'consent'],
  { maxLength: 2 },
);

/** A spec, and a few of its fields taken from another one: close enough to be a narrowing half of the time. */
const steps = fc
  .tuple(parts, parts, fields, parts, fields)
  .map(([start, second, changed, third, changedAgain]) => {
    const two = altered(start, second, changed);
    return [start, two, altered(two, third, changedAgain)].map(specOf) as [Spec, Spec, Spec];
  });

function altered(before: Parts, other: Parts, changed: readonly (keyof Parts)[]): Parts {
  return { ...before, ...Object.fromEntries(changed.map((field) => [field, other[field]])) };
}

function specOf(part: Partial<Parts>): Spec {
  const spec = { ...aGrant().spec, ...part };
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as Spec;
}

type PolicySpec = Partial<SupportAccessPolicy['spec']>;
const policySpecs: fc.Arbitrary<PolicySpec> = fc.record({
  allowedCIDRs: cidrs,
  requireAllowedCIDRs: fc.constantFrom('Enabled' as const, 'Disabled' as const),
});
/** A grant that keeps out by its addresses alone. */
const wide = { startTime: undefined, expirationTime: '2026-12-03T08:00:00.001Z', consent: 1 } as const;

const users = ['ada', 'bob'].flatMap((name) =>
  [['A'], ['B', 'C'], []].map((roles) => aUserNamed(name, withRoles(...roles))),
);
const addresses = ['10.1.2.3', '10.1.2.4', '10.2.0.1', '11.0.0.1', '2001:db8::1', '2001:db9::1'];
const instants = [
  '2026-12-01T07:59:59.999Z',
  '2026-12-01T08:00:00Z',
  '2026-12-02T08:00:00Z',
  '2026-12-03T08:00:00Z',
];

/** Everybody who could come, from everywhere, at every time that matters, without a lock and without a list of the policy's. */
const everybody: readonly Ask[] = users.flatMap((user) => {
  const grantUid = uidOf('SupportAccessGrant', 'case-4711', 'ecase');
  const userUid = uidOf('SupportUser', user.metadata.name);
  const names = lockNamesFor({ namespace: 'ecase', grantUid, userUid });
  const locks = new Map(names.map((name) => [name, 'absent' as const]));
  const start = modified(askOn('sign-in'), [
    where({ user, locks }),
    withPolicy(allowing(), notRequiringAddresses()),
  ]);
  return addresses.flatMap((address) =>
    instants.map((time) => modified(start, [fromAddress(address), where({ now: instant(time) })])),
  );
});

const pinned = opened({ users: ['ada', 'bob'].map((name) => aUserNamed(name)) })(aGrant());

/** The places in `everybody` of those who are let in. */
function admitted(spec: Spec): number[] {
  const grant = { ...pinned, spec };
  return [...everybody.keys()].filter((place) => decide({ ...(everybody[place] as Ask), grant }).allow);
}

/** The places in `everybody` of those who are let in by a grant, with its own list of addresses or without, under this policy. */
function admittedUnder(policy: PolicySpec, own: Parts['allowedCIDRs']): number[] {
  const spec = specOf({ ...wide, allowedCIDRs: own });
  const change = { policy: aPolicy(withSpec(policy)), grant: { ...pinned, spec } };
  return [...everybody.keys()].filter((place) => decide({ ...(everybody[place] as Ask), ...change }).allow);
}

describe('a change of the policy that does not widen', () => {
  it('lets nobody in, by a grant with addresses of its own or without, who was not let in before', () => {
    let narrowings = 0;
    fc.assert(
      fc.property(policySpecs, policySpecs, fc.option(cidrs, { nil: undefined }), (before, after, own) => {
        if (widens('SupportAccessPolicy', aPolicy(withSpec(before)).spec, aPolicy(withSpec(after)).spec))
          return;
        narrowings++;
        const earlier = new Set(admittedUnder(before, own));
        expect(admittedUnder(after, own).filter((each) => !earlier.has(each))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    expect(narrowings).toBeGreaterThan(200);
  });

  it('is told from one that does: there are some that let somebody in', () => {
    const closed = admittedUnder({ requireAllowedCIDRs: 'Enabled', allowedCIDRs: [] }, undefined);
    const open = admittedUnder({ requireAllowedCIDRs: 'Enabled', allowedCIDRs: ['0.0.0.0/0'] }, undefined);
    expect([closed.length, open.length > 0]).toEqual([0, true]);
  });
});

describe('a change that does not widen', () => {
  it('lets nobody in, from anywhere at any time, who was not let in before', () => {
    let narrowings = 0;
    fc.assert(
      fc.property(steps, ([before, after]) => {
        if (widens('SupportAccessGrant', before, after)) return;
        narrowings++;
        const earlier = new Set(admitted(before));
        expect(admitted(after).filter((each) => !earlier.has(each))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(narrowings).toBeGreaterThan(100);
  });

  it('followed by another such change does not widen as a whole', () => {
    fc.assert(
      fc.property(steps, ([one, two, three]) => {
        const kind = 'SupportAccessGrant';
        if (widens(kind, one, two) || widens(kind, two, three)) return;
        expect(widens(kind, one, three)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});
