/** Generates pairs of specs, old and new, that differ here and there: what a widening rule is asked about. */
import * as fc from 'fast-check';

type Spec = Record<string, unknown>;

/** One old spec and several that follow it. */
export interface Family {
  readonly old: Spec;
  readonly news: readonly Spec[];
}

const cidrs = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.0/24',
  '10.1.2.3',
  '10.1.2.3/32',
  '192.0.2.0/24',
  '192.0.2.7',
  '::/0',
  '2001:db8::/32',
  '2001:db8:7::/48',
  '2001:db8::1',
  '2001:db8::1/128',
];
const toggle = fc.constantFrom('Enabled', 'Disabled');
const mostlyEnabled = fc.constantFrom('Enabled', 'Enabled', 'Enabled', 'Disabled');
const addresses = fc.uniqueArray(fc.constantFrom(...cidrs), { maxLength: 4 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const grantFields: Record<string, fc.Arbitrary<unknown>> = {
  access: mostlyEnabled,
  reason: maybe(fc.constantFrom('', 'mail is stuck', 'still stuck')),
  consent: fc.integer({ min: 1, max: 2 }),
  userRefs: fc
    .uniqueArray(fc.constantFrom('ada', 'bob', 'eve'), { minLength: 1 })
    .map((names) => names.map((name) => ({ name }))),
  matrixRef: fc.constant({ name: 'casepoint-ecase-1' }),
  applicationRef: maybe(fc.constantFrom({ name: 'ecase' }, { name: 'foia' })),
  requiredSupportRoles: maybe(fc.uniqueArray(fc.constantFrom('Engineer', 'Lead', 'Night'))),
  allowedCIDRs: maybe(addresses),
  startTime: maybe(
    fc.constantFrom(
      '2026-12-01T08:00:00Z',
      '2026-12-01T10:00:00+02:00',
      '2026-12-01T08:00:00.000000001Z',
      '2026-12-01T09:00:00Z',
    ),
  ),
  expirationTime: fc.constantFrom(
    '2026-12-03T08:00:00Z',
    '2026-12-03T09:00:00+01:00',
    '2026-12-03T07:59:59.999999999Z',
    '2026-12-04T08:00:00Z',
    '9999-12-31T23:59:59Z',
  ),
};

const policyFields: Record<string, fc.Arbitrary<unknown>> = {
  access: mostlyEnabled,
  gateway: fc.constantFrom({ host: 'a.example.com', port: 443 }, { host: 'b.example.com', port: 443 }),
  network: fc.constantFrom(
    { exposure: 'Direct', proxyProtocol: 'Disabled', gatewayPolicy: 'Enforce' },
    { exposure: 'Direct', proxyProtocol: 'Disabled', gatewayPolicy: 'Disabled' },
  ),
  session: fc.constantFrom(
    ...['Enabled', 'Disabled'].map((boundAddress) => ({
      idleSeconds: 60,
      absoluteSeconds: 60,
      maxConcurrent: 5,
      boundAddress,
    })),
  ),
  duration: maybe(fc.constantFrom({ maxSeconds: 60 }, { maxSeconds: 120 })),
  requireAllowedCIDRs: toggle,
  allowedCIDRs: maybe(addresses),
};

const applicationFields: Record<string, fc.Arbitrary<unknown>> = {
  host: fc.constantFrom('ecase.example.com', 'other.example.com'),
  serviceRef: fc.constantFrom({ name: 'ecase', port: 80 }, { name: 'ecase', port: 81 }),
  maxAttachmentSizeMB: maybe(fc.integer({ min: 1, max: 3 })),
  version: maybe(fc.constantFrom('1', '2')),
  allowedOrigins: maybe(
    fc.uniqueArray(
      fc.constantFrom('https://a.example.com', 'https://b.example.com', 'https://c.example.com'),
    ),
  ),
  pathForms: maybe(fc.uniqueArray(fc.constantFrom('MatrixParameters', 'EmptySegments', 'EncodedSlash'))),
  forwardHeaders: maybe(
    fc.constantFrom({ request: ['X-A'] }, { request: ['X-A', 'X-B'] }, { response: ['X-A'] }),
  ),
  routes: fc.constantFrom([], [{ name: 'x', methods: ['GET'], path: '/', module: 'M', action: 'Read' }]),
};

/** An old spec, and news in which most fields stay as they were, as in a person's edit. */
function families(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Family> {
  const whole = fc.record(fields);
  const edit = fc.tuple(whole, fc.uniqueArray(fc.constantFrom(...Object.keys(fields)), { maxLength: 2 }));
  return fc.tuple(whole, fc.array(edit, { minLength: 15, maxLength: 15 })).map(([old, edits]) => ({
    old: present(old),
    news: edits.map(([other, changed]) =>
      present({ ...old, ...Object.fromEntries(changed.map((field) => [field, other[field]])) }),
    ),
  }));
}

function present(spec: Spec): Spec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}

export const grantFamilies = families(grantFields);
export const policyFamilies = families(policyFields);
export const applicationFamilies = families(applicationFields);
