/**
 * Is this address in that list? Compiles a list of CIDRs once, answers many times without allocating. It must not be
 * asked what an empty list means: that is the policy's business; here it contains nothing.
 */

import { isProblem } from '../problem.ts';
import type { Address } from './address.ts';
import { type Cidr, parseCIDR } from './cidr.ts';

/** A compiled address list. */
export interface Allowlist {
  /** How many entries were written. */
  readonly size: number;
  /** Whether every entry could be read; a list with one that cannot contains nothing. */
  readonly readable: boolean;
  /** Whether the address lies in one of the entries. Does not allocate. */
  contains(address: Address): boolean;
}

/** Below this many ranges a search from scratch is as quick as the index, which takes 256 KiB. */
const indexedFrom = 256;

/**
 * Compiles a list. An entry that cannot be read makes the list contain nothing: leaving it out would let a typing error change who gets in.
 */
export function compileAllowlist(cidrs: readonly string[]): Allowlist {
  const ranges: Cidr[] = [];
  for (const text of cidrs) {
    const range = parseCIDR(text);
    if (isProblem(range)) return new CompiledAllowlist(cidrs.length, false, []);
    ranges.push(range);
  }
  return new CompiledAllowlist(cidrs.length, true, ranges);
}

class CompiledAllowlist implements Allowlist {
  readonly size: number;
  readonly readable: boolean;
  readonly #v4: RangesV4;
  readonly #v6: RangesV6;

  constructor(size: number, readable: boolean, ranges: readonly Cidr[]) {
    this.size = size;
    this.readable = readable;
    this.#v4 = new RangesV4(ranges.filter(({ family }) => family === 4));
    this.#v6 = new RangesV6(ranges.filter(({ family }) => family === 6));
  }

  contains(address: Address): boolean {
    return address.family === 4 ? this.#v4.contains(address.d) : this.#v6.contains(address);
  }
}

/** A word whose order as a signed integer is that of the unsigned word that it stands for. */
const inOrder = (word: number): number => word ^ 0x80000000;

/** Disjoint IPv4 ranges in order; beyond a few, an index by the first 16 bits narrows the search. */
class RangesV4 {
  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;
  readonly #index: Uint32Array | undefined;

  constructor(ranges: readonly Cidr[]) {
    // one number per range, so that a typed array can sort 100,000 of them: the first address, then the prefix
    const keys = Float64Array.from(ranges, ({ first, prefix }) => (first.d >>> 0) * 64 + prefix).sort();
    const firsts = new Int32Array(keys.length);
    const lasts = new Int32Array(keys.length);
    let count = 0;
    let end = -1;
    for (const key of keys) {
      const first = Math.floor(key / 64);
      const last = first + 2 ** (32 - (key % 64)) - 1;
      if (count === 0 || first > end + 1) firsts[count++] = inOrder(first);
      end = Math.max(end, last);
      lasts[count - 1] = inOrder(end);
    }
    this.#firsts = firsts.slice(0, count);
    this.#lasts = lasts.slice(0, count);
    this.#index = count < indexedFrom ? undefined : indexOf(this.#lasts);
  }

  contains(word: number): boolean {
    const index = this.#index;
    const lasts = this.#lasts;
    const value = inOrder(word);
    const block = word >>> 16;
    let low = index === undefined ? 0 : (index[block] ?? 0);
    let high = index === undefined ? lasts.length : (index[block + 1] ?? 0);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((lasts[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low < lasts.length && (this.#firsts[low] ?? 0) <= value;
  }
}

/** For each block of 16 bits, and one past the last, the first range that ends in it or later. */
function indexOf(lasts: Int32Array): Uint32Array {
  const index = new Uint32Array(65_537);
  let range = 0;
  for (let block = 0; block <= 65_535; block++) {
    while (range < lasts.length && (lasts[range] ?? 0) < inOrder(block << 16)) range++;
    index[block] = range;
  }
  index[65_536] = lasts.length;
  return index;
}

/** Disjoint IPv6 ranges in order, four words each. */
class RangesV6 {
  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;
  readonly #count: number;

  constructor(ranges: readonly Cidr[]) {
    const kept: Cidr[] = [];
    for (const range of ranges.toSorted(byFirstThenWidest)) {
      const before = kept.at(-1);
      // two CIDRs are nested or apart, so the one that begins first and is widest swallows the others
      if (before === undefined || compareWords(before.last, range.first) < 0) kept.push(range);
    }
    this.#count = kept.length;
    this.#firsts = wordsOf(kept.map(({ first }) => first));
    this.#lasts = wordsOf(kept.map(({ last }) => last));
  }

  contains(address: Address): boolean {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAt(this.#lasts, middle * 4, address) < 0) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && compareAt(this.#firsts, low * 4, address) <= 0;
  }
}

function byFirstThenWidest(one: Cidr, other: Cidr): number {
  return compareWords(one.first, other.first) || one.prefix - other.prefix;
}

function compareWords(one: Address, other: Address): number {
  return compareAt(wordsOf([one]), 0, other);
}

function wordsOf(addresses: readonly Address[]): Int32Array {
  return Int32Array.from(addresses.flatMap(({ a, b, c, d }) => [a, b, c, d].map(inOrder)));
}

/** Negative, 0 or positive as the four words at a place come before the address, are it, or come after it. */
function compareAt(words: Int32Array, at: number, { a, b, c, d }: Address): number {
  return (
    compareWord(words[at] ?? 0, inOrder(a)) ||
    compareWord(words[at + 1] ?? 0, inOrder(b)) ||
    compareWord(words[at + 2] ?? 0, inOrder(c)) ||
    compareWord(words[at + 3] ?? 0, inOrder(d))
  );
}

function compareWord(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

interface Remembered {
  readonly entries: readonly string[];
  readonly list: Allowlist;
}

const rememberedLists = 1024;
const byIdentity = new WeakMap<readonly string[], Remembered>();
const byContent = new Map<string, Remembered>();

/**
 * The compiled form of a list, shared by everyone who has a list of the same content. Only a memory: the answer is
 * always that of `compileAllowlist`, also when the array was altered since.
 */
export function allowlistOf(cidrs: readonly string[]): Allowlist {
  const known = byIdentity.get(cidrs);
  if (known !== undefined && sameEntries(known.entries, cidrs)) return known.list;
  const remembered = rememberedBy(cidrs);
  byIdentity.set(cidrs, remembered);
  return remembered.list;
}

function rememberedBy(cidrs: readonly string[]): Remembered {
  const key = JSON.stringify(cidrs);
  const known = byContent.get(key);
  if (known !== undefined) return known;
  const remembered = { entries: [...cidrs], list: compileAllowlist(cidrs) };
  const oldest = byContent.keys().next();
  if (byContent.size >= rememberedLists && oldest.done !== true) byContent.delete(oldest.value);
  byContent.set(key, remembered);
  return remembered;
}

function sameEntries(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
