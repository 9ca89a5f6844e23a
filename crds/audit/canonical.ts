/**
 * Makes the canonical text of a JSON value (RFC 8785, JCS), so that a hash of a record means the same to every reader.
 * It judges no content; only values that JSON cannot carry are an error.
 */
import { createHash } from 'node:crypto';

/**
 * The canonical text of a JSON value (RFC 8785): keys sorted by UTF-16 code units, no white space, ECMAScript numbers.
 * A lone surrogate is written as its `\udXXX` escape instead of being refused: the text stays valid UTF-8 and one value
 * still has one text. Properties that are `undefined` are left out, as in JSON.
 * @throws TypeError for NaN, infinities, functions, bigints and the like.
 */
export function canonicalize(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('must be a finite number');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalize(item)).join(',')}]`;
  if (typeof value === 'object') return joinMembers(canonicalMembers(value));
  throw new TypeError(`must be a JSON value, not ${typeof value}`);
}

/** One member of an object in canonical form. */
export interface CanonicalMember {
  readonly name: string;
  /** `"name":value`. */
  readonly text: string;
}

/** The members of an object, each in canonical form; those that are `undefined` are left out. */
export function canonicalMembers(object: object): CanonicalMember[] {
  return Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, text: `${JSON.stringify(name)}:${canonicalize(value)}` }));
}

/** The canonical text of the object that has these members, in whichever order they are given. */
export function joinMembers(members: readonly CanonicalMember[]): string {
  // By UTF-16 code units, which is how JavaScript compares texts and what RFC 8785 section 3.2.3 asks for.
  const sorted = [...members].sort((one, other) => (one.name < other.name ? -1 : 1));
  return `{${sorted.map(({ text }) => text).join(',')}}`;
}

/**
 * The hash of one record's canonical text, lower-case hex: SHA-256(0x00 ‖ text), the leaf hash of RFC 6962 section 2.1,
 * so that the same number can be a leaf of a Merkle tree without any record changing.
 */
export function recordHash(canonicalText: string): string {
  return createHash('sha256').update(leafPrefix).update(canonicalText, 'utf8').digest('hex');
}

/** What the first record of a log cites as its predecessor: a hash that belongs to this log alone. */
export function genesisHash(origin: string): string {
  return createHash('sha256').update(origin, 'utf8').digest('hex');
}

const leafPrefix = Buffer.of(0);
