/**
 * Every message of the rules that are about one text, as a person reads it from the API server: provoked at each place where a
 * manifest has such a rule, by a value that breaks it. A rule that is added later needs a value here; a value needs its rule.
 */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  readManifests,
  type Schema,
  storedSchema,
  type ValidationRule,
} from '../../../tools/generate/manifests.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { refusalComplaints } from '../../kit/messages/good-message.ts';
import { collection, type Sent } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { expectWalk } from './walk-laws.ts';
import { wholeObjects } from './whole-objects.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const manifests = readManifests(root);

/** What breaks each rule, by the beginning of its message, and what must be said of that very value. */
const breakingValues: Readonly<Record<string, readonly (readonly [value: string, says: string])[]>> = {
  'must be a name as Kubernetes objects have it': [['Not_A_Name', 'with a letter or digit at both ends']],
  'must have lower-case letters, digits and - only': [['Not.A.Label', 'with a letter or digit at both ends']],
  'must be the name of a Service': [
    ['9-ecase', 'with a letter at the beginning'],
    ['ecase-', 'and a letter or digit at the end, such as ecase'],
  ],
  'must be the name of a field': [['a=b', 'and no space at an end, such as birthDate']],
  'must be the name of a host without a dot': [['x.com', 'of letters, digits and - only, such as localhost']],
  'must be a telephone number': [['call me', 'such as +1 202 555 0143']],
  'must be an e-mail address': [['ada at vendor', 'such as ada@vendor.example']],
  'must not begin or end with a space': [[' Support Admin', 'write for example ']],
  'must have at least three letters': [['-- äö', 'by which names are compared, such as Vendor Support']],
  'must be a DNS name in lower case': [['Support.example.com', 'without a dot at either end, such as']],
  'must be an IP address or a CIDR': [
    ['10.0.0', 'such as 203.0.113.7, 203.0.113.0/24'],
    ['::ffff:203.0.113.0/120', 'IPv4-mapped IPv6 addresses'],
  ],
  'must have no bits set': [
    ['203.0.113.7/24', 'write 203.0.113.0/24, or 203.0.113.7 for that one address'],
    ['2001:db8::1/32', 'write 10.0.0.0/24 instead of 10.0.0.1/24'],
    ['10.0.0.1/8', 'write 10.0.0.0/24 instead of 10.0.0.1/24'],
  ],
  'must be an instant such as': [
    ['2026-12-03T08:00:00', 'T08:00:00Z'],
    ['tomorrow', 'T08:00:00Z'],
    ['2026-12-31 08:00:00Z', 'T08:00:00Z'],
    ['2026-12-03TxT08:00:00Z', 'T08:00:00Z'],
    ['2027-02-30T08:00:00Z', 'T08:00:00Z'],
    ['2027-02-29T08:00:00Z', 'T08:00:00Z'],
    ['9999-12-31T23:59:59-01:00', 'from the year 1970 to the year 9999'],
  ],
  'must be from the year 1970': [['1969-12-31T23:59:59Z', 'such as 2026-12-01T']],
  'must be an https URL': [['http://idp.example.com', 'such as https://']],
  'must be an http or https URL': [['ftp://ecase.example.com', 'such as https://ecase.example.com/']],
  'must be a certificate and not': [['-----BEGIN PRIVATE KEY-----', '-----BEGIN CERTIFICATE-----']],
  'must be an origin': [['http://reports.example.com', 'for example https://reports.apps.example.com']],
  'must have letters, digits, -': [['a b', 'such as ca.crt']],
  'must be a media type': [['text/plain; charset=utf-8', 'such as text/csv']],
  'must be the name of a placeholder': [['{id}', 'such as id']],
  'must be the name of one field': [['task[assignee]', 'such as assigneeId']],
  'must have lower-case letters, digits and hyphens': [
    ['Ingress', 'with a letter or digit at both ends, such as'],
  ],
  'must be the name of a header': [['x_api_key', 'with letters, digits and hyphens only, such as']],
  'must not be a header of identity': [
    ['X-Forwarded-User', 'remove it, or have the application use another one, such as'],
    ['sec-fetch-site', 'remove it'],
  ],
  'must be an absolute path': [['jobs', 'such as /jobs/{id}']],
  'must be an IP address, or a DNS name': [
    ['smtp.example.com:587', 'without a port'],
    ['SMTP.example.com', 'without a dot at either end, such as smtp.example.com'],
  ],
  'must be certificates and not': [['-----BEGIN PRIVATE KEY-----', '-----BEGIN CERTIFICATE-----']],
  'must be one plain e-mail address': [
    ['a@example.com,eve@example.com', 'such as s'],
    ['Grace <grace@example.com>', 'without a name, quotes, spaces or line breaks'],
  ],
  'must be the name of a time zone': [['our time', 'such as Europe/Berlin']],
  'must be an IP address, such': [['203.0.113.0/24', 'such as 203.0.113.7']],
  'must not be a wildcard, nor a group': [['*', 'a group such as apps']],
  'must not be a wildcard, Secrets': [['secrets', 'resources such as deployments']],
};

interface Place {
  /** As in `spec.routes[].name`. */
  readonly path: string;
  readonly rule: ValidationRule;
  /** Of the field, or of the list whose entry it is. */
  readonly description: string;
}

function textRules(schema: Schema, path: string, above = ''): Place[] {
  const { description = above } = schema;
  const own = schema.type === 'string' ? (schema['x-kubernetes-validations'] ?? []) : [];
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    textRules(property, path === '' ? name : `${path}.${name}`),
  );
  const items = schema.items ? textRules(schema.items, `${path}[]`, description) : [];
  return [...own.map((rule) => ({ path, rule, description })), ...below, ...items];
}

const beginningOf = ({ message = '' }: ValidationRule): string | undefined =>
  Object.keys(breakingValues)
    .filter((beginning) => message.startsWith(beginning))
    .toSorted((one, other) => other.length - one.length)[0];

const places = wholeObjects.flatMap(({ kind, make }) => {
  const manifest = manifests.find(({ definition }) => definition.spec.names.kind === kind.kind);
  if (manifest === undefined) throw new Error(`there is no manifest of ${kind.kind}`);
  return textRules(storedSchema(manifest.definition), '').map((place) => ({ kind, make, ...place }));
});

const cases = places.flatMap(({ kind, make, path, rule }) =>
  (breakingValues[beginningOf(rule) ?? ''] ?? []).map(
    ([value, says]) => [`${kind.kind} ${path}: ${value}`, { kind, make, path, value, says }] as const,
  ),
);

/** Puts the value where the path leads, into the first item of each list; the list must be there. */
function put(object: Sent, path: string, value: string): void {
  const keys = path.replaceAll('[]', '.0').split('.');
  const last = keys.pop() ?? '';
  let at = object as unknown as Record<string, unknown>;
  for (const key of keys) {
    if (typeof at[key] !== 'object') throw new Error(`the whole object has no ${path}`);
    at = at[key] as Record<string, unknown>;
  }
  if (at[last] === undefined) throw new Error(`the whole object has no ${path}`);
  at[last] = value;
}

let cp: ControlPlane;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  const files = manifests.flatMap(({ file }) => ['-f', `${root}/crds/manifests/${file}`]);
  await cp.kubectl(['apply', '--server-side', ...files]);
  const names = manifests.map(({ definition }) => `crd/${definition.metadata.name}`);
  await cp.kubectl(['wait', '--for=condition=Established', ...names]);
});

interface Refusal {
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

/** What the description of the field, or of the list that it stands in, gives as its example. */
function exampleIn(description: string): string {
  const example = /Example: \[?([^\]]*)/.exec(description)?.[1] ?? '';
  return example.split(', ')[0]?.replaceAll('"', '').trim() ?? '';
}

/** Rules that hold for names of many things: an example of another thing would be no help. */
const aboutNames =
  /^must (?:be a name|have lower-case|be the name|not begin or end with a space|be a DNS name)/;

describe('an example', () => {
  const about = places.filter(({ rule }) => aboutNames.test(rule.message ?? ''));

  it('stands in each message about a name, and is the one of that very field', () => {
    expect(about.length).toBeGreaterThan(25);
    const others = about.flatMap(({ kind, path, rule: { message = '' }, description }) => {
      const own = exampleIn(description);
      const given = /(?:such as|write for example) (.+)$/.exec(message)?.[1];
      return own !== '' && given === own ? [] : [`${kind.kind} ${path}: "${given}" and not "${own}"`];
    });
    expect(others).toEqual([]);
  });
});

describe('the table of values', () => {
  it('has one for each rule about a text', () => {
    const untested = places.filter(({ rule }) => beginningOf(rule) === undefined);
    expect(untested.map(({ kind, path }) => `${kind.kind} ${path}`)).toEqual([]);
  });

  it('has none without a rule', () => {
    const used = new Set(places.map(({ rule }) => beginningOf(rule)));
    expect(Object.keys(breakingValues).filter((beginning) => !used.has(beginning))).toEqual([]);
  });
});

describe('the whole object', () => {
  it.each(wholeObjects.map((whole) => [whole.kind.kind, whole] as const))(
    'of %s is taken',
    async (_, whole) => {
      const { status, text } = await cp.admin.send('POST', `${collection(whole.kind)}?dryRun=All`, {
        body: whole.make(),
      });
      expect(status, text).toBe(201);
    },
  );
});

describe('the API server says field, value, rule and what is right of', () => {
  it.each(cases)('%s', async (_, { kind, make, path, value, says }) => {
    const object = make();
    put(object, path, value);
    const { status, text, body } = await cp.admin.send('POST', `${collection(kind)}?dryRun=All`, {
      body: object,
    });
    expect(status, text).toBe(422);
    const field = path.replaceAll('[]', '[0]');
    const causes = (body as Refusal).details?.causes ?? [];
    expect([...new Set(causes.map((cause) => cause.field))], text).toEqual([field]);
    const told = causes.map(({ message = '' }) => `${field}: ${message}`);
    for (const line of told) expect(refusalComplaints({ text: line, field }), line).toEqual([]);
    expect(refusalComplaints({ text: told.join('\n'), field, value })).toEqual([]);
    expect(told.join('\n')).toContain(says);
  });
});

describe('an object that a seed changed in some places', () => {
  it.each(wholeObjects.map((whole) => [whole.kind.kind, whole] as const))(
    'is taken, or refused by a field, and opens nothing: %s',
    async (_, whole) => {
      await expectWalk(cp, whole, { root, seed: 11, count: 120 });
    },
  );
});
