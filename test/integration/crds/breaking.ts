/** How a test breaks an object in one place, and words that several kinds' refusals share. */
import type { Kind, Sent } from '../../kit/objects/valid-objects.ts';

export interface Broken {
  /** Completes the sentence "refuses ...". */
  readonly sentence: string;
  readonly kind: Kind;
  readonly change: (object: Sent) => void;
  /** Where the API server must say the fault is. */
  readonly field: string;
  /** Part of what it must say. */
  readonly says: string;
}

export type Breaks = readonly (readonly [
  sentence: string,
  change: (spec: Record<string, unknown>, object: Sent) => void,
  field: string,
  says: string,
])[];

export const breaking = (kind: Kind, breaks: Breaks): Broken[] =>
  breaks.map(([sentence, change, field, says]) => ({
    sentence,
    kind,
    change: (object) => change(object.spec, object),
    field,
    says,
  }));

/** Sets a field by its path, making what is missing on the way; undefined takes it away. */
export const set = (path: string, value: unknown) => (spec: Record<string, unknown>) => {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at: Record<string, unknown> = spec;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
};

/** Gives the object another name. */
export const named = (name: string) => (_: Record<string, unknown>, object: Sent) => {
  object.metadata.name = name;
};

const address = 'must be an IP address or a CIDR, such as';
const noBits = 'must have no bits set after the prefix length; write';
export const host = 'must be a DNS name in lower case';
export const badAddresses: readonly (readonly [what: string, text: string, says: string])[] = [
  ['host bits set', '203.0.113.7/24', `${noBits} 203.0.113.0/24, or 203.0.113.7 for that one address`],
  ['host bits set in IPv6', '2001:db8::1/32', `${noBits} 10.0.0.0/24 instead of 10.0.0.1/24`],
  ['an IPv4-mapped address', '::ffff:203.0.113.7', address],
  ['an IPv4-mapped range', '::ffff:203.0.113.0/120', address],
  ['a zone id', 'fe80::1%eth0', address],
  ['an octal form', '0203.0.113.7', address],
  ['a short form', '203.0.113', address],
  ['a length beyond 32', '203.0.113.0/33', address],
  ['a name', 'localhost', address],
  ['a range with a dash', '203.0.113.1-203.0.113.9', address],
];
