import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../crds/rules/access.ts';
import type { Ask, EntryPoint } from '../../../../crds/rules/ask.ts';
import { matrixInForce } from '../../../../crds/rules/matrix/matrix.ts';
import { anAsk, askOn, at, fromAddress, lockedBy, where } from '../../../kit/objects/ask.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import {
  beingDeleted,
  type Modifier,
  modified,
  recreated,
  withMetadata,
} from '../../../kit/objects/object.ts';

const entryPoints: readonly EntryPoint[] = [
  'opening',
  'person',
  'anonymous',
  'sign-in',
  'session',
  'application',
  'kubernetes',
];

describe('whatever is missing', () => {
  const parts = [
    'now',
    'locks',
    'policy',
    'session',
    'grant',
    'user',
    'application',
    'matrix',
    'address',
    'people',
    'host',
    'target',
    'write',
  ] as const;

  for (const entryPoint of entryPoints) {
    const known = parts.filter((part) => askOn(entryPoint)[part] !== undefined);
    it(`denies at the entry point ${entryPoint}: each of ${known.join(', ')}`, () => {
      for (const part of known) {
        const absent = { now: Number.NaN, locks: new Map() }[part as 'now' | 'locks'];
        expect(decide({ ...askOn(entryPoint), [part]: absent }).allow, part).toBe(false);
      }
    });
  }

  /** Fields that open nothing by being there: taking one away leaves a rule at its strict default, or tells people less. */
  const mayBeMissing = [
    /\.metadata\.(resourceVersion|generation|creationTimestamp)$/,
    /\.(apiVersion|kind)$/,
    /^grant\.spec\.(reason|startTime|consent)$/,
    /^grant\.status\.observedGeneration$/,
    /^grant\.status\.opening\.(startTime|people\[0\]\.name)$/, // measured from the creation then; a person is a UID
    /^(grant|policy)\.spec\.allowedCIDRs(\[\d\])?$/, // the other list remains, and one of two entries may go
    /^policy\.spec\.(gateway|gateway\..*|requireAllowedCIDRs|session|session\..*)$/,
    /^user\.spec\.(displayName|userId|email|supportRoles|supportRoles\[0\]|attributes|attributes\[0\].*)$/,
    /^application\.spec\..*$/, // routes are compiled elsewhere; version and edition only count where the matrix asks
    /^application\.spec$/,
    /^application\.metadata\.uid$/,
    /^policy\.metadata\.uid$/,
    /^grant\.metadata\.name$/, // a grant is its UID
    /^session\.object\.metadata\.(uid|name)$/,
    /^session\.object\.spec\.(handle|proof|userRef\.name|grantRef\.name)$/, // under the seal, which is asked about before
    /^session\.object\.spec\.idleExpirationTime$/, // the one in the status remains
    /^session\.object\.status\.lastActivityTime$/, // then the sign-in counts
    /^backend\.service\.metadata\.namespace$/, // read by the application's
    /^backend\.service\.spec\.(type|ports\[0\]\.protocol)$/, // ClusterIP and TCP then, as for the API server
    /^session\.object\.status$/,
    /^matrix\.compiled/,
  ];

  /** An object without its metadata or spec never comes from an API server: throwing is as good a no as any. */
  function allows(ask: Ask): boolean {
    try {
      return decide(ask).allow;
    } catch {
      return false;
    }
  }

  it('denies also within the objects, but for the fields named here', () => {
    const ask = anAsk();
    const open = pathsOf({
      ...ask,
      entryPoint: undefined,
      locks: undefined,
      matrix: { ...ask.matrix, compiled: undefined },
    })
      .filter((path) => allows(without(ask, path)))
      .filter((path) => !mayBeMissing.some((pattern) => pattern.test(path)));
    expect(open).toEqual([]);
  });
});

describe('whatever is being deleted', () => {
  it('counts as gone', () => {
    const ask = anAsk();
    const asks: Ask[] = [
      { ...ask, policy: ask.policy && deleted(ask.policy) },
      { ...ask, grant: ask.grant && deleted(ask.grant) },
      { ...ask, user: ask.user && deleted(ask.user) },
      { ...ask, application: ask.application && deleted(ask.application) },
      { ...ask, matrix: matrixInForce(aMatrix(beingDeleted())) },
      { ...ask, session: ask.session?.object && { ...ask.session, object: deleted(ask.session.object) } },
    ];
    const reasons = asks.map(decide).map((decision) => (decision.allow ? 'allowed' : decision.reason));
    expect(reasons).toEqual(['NoPolicy', 'NoGrant', 'NoUser', 'NoApplication', 'NoMatrix', 'NoSession']);
  });

  function deleted<Kind extends { metadata: { deletionTimestamp?: string } }>(object: Kind): Kind {
    return { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-12-01T11:59:59Z' } };
  }
});

/** Changes each of which alone denies, written so that any of them can be added to any ask. */
const objections: readonly Modifier<Ask>[] = [
  lockedBy('all'),
  lockedBy('ns.ecase'),
  where({ locks: new Map() }),
  where({ address: undefined }),
  fromAddress('198.51.100.1'),
  at('2026-12-03T08:00:00Z'),
  at('2026-12-01T07:59:59Z'),
  where({ now: Number.NaN }),
  where({ target: { module: 'Payroll', action: 'Read' } }),
  where({ target: undefined }),
  where({ matrix: undefined }),
  where({ user: undefined }),
  (ask) => ({
    ...ask,
    policy: ask.policy && { ...ask.policy, spec: { ...ask.policy.spec, access: 'Disabled' } },
  }),
  (ask) => ({
    ...ask,
    grant: ask.grant && { ...ask.grant, spec: { ...ask.grant.spec, access: 'Disabled' } },
  }),
  (ask) => ({ ...ask, grant: ask.grant && { ...ask.grant, spec: { ...ask.grant.spec, consent: 7 } } }),
  (ask) => ({ ...ask, grant: ask.grant && { ...ask.grant, spec: { ...ask.grant.spec, userRefs: [] } } }),
  (ask) => ({ ...ask, grant: ask.grant && recreated<typeof ask.grant>()(ask.grant) }),
  (ask) => ({ ...ask, user: ask.user && recreated<typeof ask.user>()(ask.user) }),
  (ask) => ({ ...ask, user: ask.user && { ...ask.user, spec: { ...ask.user.spec, access: 'Disabled' } } }),
  (ask) => ({ ...ask, policy: ask.policy && withMetadata<typeof ask.policy>({ name: 'other' })(ask.policy) }),
  (ask) => ({ ...ask, session: ask.session && { ...ask.session, sealValid: false } }),
  (ask) => ({ ...ask, session: ask.session && { ...ask.session, secretMatches: false } }),
];

describe('adding an objection', () => {
  it('denies, whichever it is', () => {
    for (const [number, objection] of objections.entries())
      expect(decide(anAsk(objection)).allow, `objection ${number}`).toBe(false);
  });

  it('never turns a denial into an allowance, in whatever order objections come', () => {
    const chosen = fc.shuffledSubarray([...objections.keys()], { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...entryPoints), chosen, (entryPoint, picked) => {
        let ask = askOn(entryPoint);
        let denied = !decide(ask).allow;
        for (const number of picked) {
          ask = modified(ask, objections.slice(number, number + 1));
          const now = !decide(ask).allow;
          // an objection may replace another one of the same part (two times, two targets), and each of them denies
          expect(!denied || now).toBe(true);
          denied = now;
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('an allowance', () => {
  it('holds until its end if nothing changes, and not at its end', () => {
    const instants = fc.integer({ min: 0, max: 48 * 3_600_000 });
    fc.assert(
      fc.property(fc.constantFrom(...entryPoints), instants, (entryPoint, later) => {
        const first = decide(askOn(entryPoint));
        expect(first.allow).toBe(true);
        if (!first.allow) return;
        const ask = { ...askOn(entryPoint), now: askOn(entryPoint).now + later };
        expect(decide(ask).allow).toBe(ask.now < first.until);
      }),
      { numRuns: 2000 },
    );
  });

  it('is never given by a clock that stands anywhere else', () => {
    for (const now of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1])
      for (const entryPoint of entryPoints) expect(decide({ ...askOn(entryPoint), now }).allow).toBe(false);
  });
});

/** Every path into an object, `a.b[0].c`, but not into strings. */
function pathsOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (member === undefined) return [];
    const path = Array.isArray(value) ? `${prefix}[${key}]` : prefix === '' ? key : `${prefix}.${key}`;
    return [path, ...pathsOf(member, path)];
  });
}

/** A copy of the ask without what lies at the path. */
function without(ask: Ask, path: string): Ask {
  const copy = structuredClone(ask);
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const last = keys.pop() ?? '';
  let place = copy as unknown as Record<string, unknown>;
  for (const key of keys) place = place[key] as Record<string, unknown>;
  if (Array.isArray(place)) place.splice(Number(last), 1);
  else delete place[last];
  return copy;
}
