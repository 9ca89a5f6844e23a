import { describe, expect, it } from 'vitest';
import {
  type WideningKind,
  wideningExpression,
  widens,
} from '../../../../../crds/rules/widening/widening.ts';
import { anApplication, aRoute } from '../../../../kit/objects/application.ts';
import { aGrant } from '../../../../kit/objects/grant.ts';
import { aPolicy } from '../../../../kit/objects/policy.ts';

type Change = Readonly<Record<string, unknown>>;

const base = {
  ...aGrant().spec,
  userRefs: [{ name: 'ada' }, { name: 'bob' }],
  allowedCIDRs: ['10.0.0.0/8', '2001:db8::/32'],
  requiredSupportRoles: ['A', 'B'],
};

/** What changes in an enabled grant; a second part says what was there before instead of the base. */
const grantChanges: Readonly<Record<string, [widens: boolean, after: Change, before?: Change]>> = {
  nothing: [false, {}],
  'an earlier start': [true, { startTime: '2026-12-01T07:59:59.999Z' }],
  'the same start in another spelling': [false, { startTime: '2026-12-01T09:00:00+01:00' }],
  'a later start': [false, { startTime: '2026-12-01T08:00:00.000000001Z' }],
  'a start that is a nanosecond earlier': [
    true,
    { startTime: '2026-12-01T08:00:00.000000001Z' },
    { startTime: '2026-12-01T08:00:00.000000002Z' },
  ],
  'a start that is a nanosecond earlier, written with another number of digits': [
    true,
    { startTime: '2026-12-01T08:00:00.000000499Z' },
    { startTime: '2026-12-01T08:00:00.0000005Z' },
  ],
  'a start that is a nanosecond later, written with another number of digits': [
    false,
    { startTime: '2026-12-01T08:00:00.0000005Z' },
    { startTime: '2026-12-01T08:00:00.000000499Z' },
  ],
  'a start where there was none': [false, { startTime: '2026-12-01T08:00:00Z' }, { startTime: undefined }],
  'no start any more': [true, { startTime: undefined }],
  'a start that cannot be read': [true, { startTime: 'later' }],
  'an earlier expiry': [false, { expirationTime: '2026-12-03T07:59:59Z' }],
  'the same expiry in another spelling': [false, { expirationTime: '2026-12-03T08:00:00.000Z' }],
  'a later expiry': [true, { expirationTime: '2026-12-03T08:00:00.000000001Z' }],
  'an earlier expiry than the end of the year 9999': [
    false,
    { expirationTime: '2026-12-03T08:00:00Z' },
    { expirationTime: '9999-12-31T23:59:59Z' },
  ],
  'an earlier expiry than one that CEL cannot read': [
    true,
    { expirationTime: '2026-12-03T08:00:00Z' },
    { expirationTime: '9999-12-31T23:59:59-00:01' },
  ],
  'a later start than one that CEL cannot read': [
    true,
    { startTime: '2026-12-01T08:00:00Z' },
    { startTime: '0001-01-01T00:00:00+00:01' },
  ],
  'an expiry that cannot be read': [true, { expirationTime: 'sooner' }],
  'one user fewer': [false, { userRefs: [{ name: 'bob' }] }],
  'the users in another order': [false, { userRefs: [{ name: 'bob' }, { name: 'ada' }] }],
  'another user': [true, { userRefs: [{ name: 'ada' }, { name: 'eve' }] }],
  'a user with a field that is not known yet': [true, { userRefs: [{ name: 'ada', until: 'never' }] }],
  'addresses within the old ones': [false, { allowedCIDRs: ['10.1.0.0/16', '2001:db8:7::/48', '10.2.3.4'] }],
  'an address beside the old ones': [true, { allowedCIDRs: ['10.1.0.0/16', '11.0.0.1'] }],
  'a wider range': [true, { allowedCIDRs: ['10.0.0.0/7'] }],
  'a range that two old ones cover together': [
    true,
    { allowedCIDRs: ['10.0.0.0/8'] },
    { allowedCIDRs: ['10.0.0.0/9', '10.128.0.0/9'] },
  ],
  'everything of the other family': [true, { allowedCIDRs: ['::/0'] }, { allowedCIDRs: ['0.0.0.0/0'] }],
  'the first addresses of an empty list, which kept access closed': [
    true,
    { allowedCIDRs: ['0.0.0.0/0'] },
    { allowedCIDRs: [] },
  ],
  'the first addresses where there was no list': [
    true,
    { allowedCIDRs: ['10.0.0.0/8'] },
    { allowedCIDRs: undefined },
  ],
  'an empty list instead of none': [false, { allowedCIDRs: [] }, { allowedCIDRs: undefined }],
  'no list instead of an empty one': [false, { allowedCIDRs: undefined }, { allowedCIDRs: [] }],
  'an empty list of addresses': [true, { allowedCIDRs: [] }],
  'no list of addresses any more': [true, { allowedCIDRs: undefined }],
  'an address that cannot be read': [true, { allowedCIDRs: ['10.0.0.1/8'] }],
  'one of the required roles fewer': [false, { requiredSupportRoles: ['A'] }],
  'no required role left': [true, { requiredSupportRoles: [] }],
  'another required role, which suffices too': [true, { requiredSupportRoles: ['A', 'B', 'C'] }],
  'another reason': [false, { reason: 'Something else' }],
  'no reason': [false, { reason: undefined }],
  'a higher consent number': [true, { consent: 2 }],
  'another application': [true, { applicationRef: { name: 'other' } }],
  'no application': [true, { applicationRef: undefined }],
  'another matrix': [true, { matrixRef: { name: 'other-1' } }],
  'a field that does not exist yet': [true, { futureField: 'x' }],
  'a field that does not exist yet, removed': [true, { futureField: undefined }, { futureField: 'x' }],
  'a narrowing and a widening at once': [true, { reason: 'x', allowedCIDRs: ['10.0.0.1'], consent: 2 }],
};

describe('a change of an enabled grant', () => {
  for (const [title, [expected, after, before]] of Object.entries(grantChanges)) {
    it(`${expected ? 'widens' : 'does not widen'} with ${title}`, () => {
      const old = { ...base, ...before };
      expect(widens('SupportAccessGrant', defined(old), defined({ ...old, ...after }))).toBe(expected);
    });
  }
});

describe('the switch', () => {
  it('enables: what is created or becomes enabled widens', () => {
    expect(widens('SupportAccessGrant', undefined, base)).toBe(true);
    expect(widens('SupportAccessGrant', { ...base, access: 'Disabled' }, base)).toBe(true);
    expect(widens('SupportAccessPolicy', undefined, aPolicy().spec)).toBe(true);
  });

  it('disables: whatever else changes at the same time, nothing widens', () => {
    const anything = { ...base, access: 'Disabled', allowedCIDRs: [], consent: 9, futureField: 1 };
    expect(widens('SupportAccessGrant', base, anything)).toBe(false);
    expect(widens('SupportAccessGrant', undefined, anything)).toBe(false);
    const off = { ...aPolicy().spec, access: 'Disabled', allowedCIDRs: [], futureField: 1 };
    expect(widens('SupportAccessPolicy', aPolicy().spec, off)).toBe(false);
    expect(widens('SupportAccessPolicy', undefined, off)).toBe(false);
  });

  it('is off where it is missing or unknown', () => {
    expect(widens('SupportAccessGrant', base, defined({ ...base, access: undefined }))).toBe(false);
    expect(widens('SupportAccessGrant', base, { ...base, access: 'enabled' })).toBe(false);
  });
});

describe('a change of the policy', () => {
  const { spec } = aPolicy();

  it('does not widen when its address list is narrowed, or required', () => {
    expect(widens('SupportAccessPolicy', spec, { ...spec, allowedCIDRs: ['203.0.113.9'] })).toBe(false);
    expect(widens('SupportAccessPolicy', { ...spec, requireAllowedCIDRs: 'Disabled' }, spec)).toBe(false);
  });

  it('widens when lists are no longer required, and with everything else', () => {
    expect(widens('SupportAccessPolicy', spec, { ...spec, requireAllowedCIDRs: 'Disabled' })).toBe(true);
    expect(widens('SupportAccessPolicy', spec, { ...spec, duration: { maxSeconds: 60 } })).toBe(true);
    expect(widens('SupportAccessPolicy', spec, { ...spec, administrators: [{ name: 'Eve' }] })).toBe(true);
  });
});

describe('a change of an application', () => {
  const { spec } = anApplication();

  it('does not widen when nothing changes, or the size limit is lowered', () => {
    expect(widens('SupportApplication', spec, { ...spec })).toBe(false);
    expect(widens('SupportApplication', spec, { ...spec, maxAttachmentSizeMB: 24 })).toBe(false);
  });

  it('widens when an origin is added whose pages may send requests, and not when one is removed', () => {
    const [one, two] = ['https://a.example.com', 'https://b.example.com'];
    const listing = (...allowedOrigins: string[]) => ({ ...spec, allowedOrigins });
    expect(widens('SupportApplication', spec, listing(one))).toBe(true);
    expect(widens('SupportApplication', listing(one), listing(two))).toBe(true);
    expect(widens('SupportApplication', listing(one, two), listing(two))).toBe(false);
    expect(widens('SupportApplication', listing(one), spec)).toBe(false);
  });

  it('widens when it is created, has a higher limit, a first one or none, or loses a route that stood before a rest', () => {
    expect(widens('SupportApplication', undefined, spec)).toBe(true);
    expect(widens('SupportApplication', spec, { ...spec, maxAttachmentSizeMB: 26 })).toBe(true);
    // Without a limit of its own the default of the gateway holds, which may be a smaller one.
    expect(widens('SupportApplication', defined({ ...spec, maxAttachmentSizeMB: undefined }), spec)).toBe(
      true,
    );
    expect(widens('SupportApplication', spec, defined({ ...spec, maxAttachmentSizeMB: undefined }))).toBe(
      true,
    );
    // the schema forbids both, and neither is a smaller number
    for (const maxAttachmentSizeMB of [null, '1'])
      expect(widens('SupportApplication', spec, { ...spec, maxAttachmentSizeMB })).toBe(true);

    for (const maxAttachmentSizeMB of [null, '99'])
      expect(widens('SupportApplication', { ...spec, maxAttachmentSizeMB }, spec)).toBe(true);

    const routes = [aRoute('GET /*', 'All: Read'), aRoute('GET /admin', 'Admin: Read')];
    expect(widens('SupportApplication', { ...spec, routes }, { ...spec, routes: routes.slice(0, 1) })).toBe(
      true,
    );
  });
});

describe('the CEL of the same list', () => {
  const all: readonly WideningKind[] = ['SupportAccessGrant', 'SupportAccessPolicy', 'SupportApplication'];

  it.each([
    [
      'SupportAccessGrant',
      "['startTime', 'expirationTime', 'userRefs', 'allowedCIDRs', 'requiredSupportRoles', 'reason']",
    ],
    ['SupportAccessPolicy', "['allowedCIDRs', 'requireAllowedCIDRs']"],
    ['SupportApplication', "['maxAttachmentSizeMB', 'allowedOrigins', 'pathForms']"],
  ] as const)('speaks about exactly the fields of a %s that may narrow', (kind, names) => {
    expect(wideningExpression(kind)).toContain(`dyn(object.spec).all(f, f in ${names} ||`);
  });

  it('reads every field of either object under has()', () => {
    for (const kind of all) {
      const expression = wideningExpression(kind);
      for (const [, side, field] of expression.matchAll(/(object|oldObject)\.spec\.([A-Za-z]+)/g))
        expect(expression).toContain(`has(${side}.spec.${field})`);
    }
  });

  it('judges a creation without an old object', () => {
    for (const kind of all) expect(wideningExpression(kind)).toContain('!(oldObject != null && ');
  });
});

/** A copy without the fields that are undefined, as JSON would carry it. */
function defined(spec: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}
