/**
 * The keys by which an application can tell that a request came through the gateway. Each day has its own, made from the
 * gateways' master key: all replicas sign with the same, none is stored, and one that leaks is worth nothing tomorrow. Where the master
 * key is replaced they follow it, under other names.
 */
import { createECDH, createHash, createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { GatewayKeys } from './keys.ts';

/** ECDSA on P-256: what every JWT library can verify. */
export const assertionAlgorithm = 'ES256';
const curve = { name: 'prime256v1', jwk: 'P-256' } as const;
/** The number of points of P-256, less one: a private key is a number from 1 to it. */
const greatestKey = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550n;
/** More bytes than a key has, so that no key is likelier than another (FIPS 186-5, A.2.1). */
const seedBytes = 48;
const dayMs = 86_400_000;

/** A public key as JSON (RFC 7517). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: typeof assertionAlgorithm;
  readonly use: 'sig';
}

export interface AssertionKeys {
  /** What is signed with at this moment, epoch milliseconds. */
  signingAt(now: number): { readonly kid: string; readonly key: KeyObject };
  /** What an application may find in use around this moment: clocks differ, and it may keep a list for a while. */
  publicAround(now: number): readonly PublicJwk[];
}

interface DayKey {
  readonly day: number;
  readonly key: KeyObject;
  readonly jwk: PublicJwk;
}

export function assertionKeysFrom(keys: GatewayKeys): AssertionKeys {
  /** By master key and day. */
  const made = new Map<string, DayKey>();
  const keyOf = (master: Buffer, day: number): DayKey => {
    const name = `${day}/${master.toString('base64')}`;
    const known = made.get(name);
    if (known !== undefined) return known;
    for (const [old, each] of made) if (Math.abs(each.day - day) > 2) made.delete(old);
    const key = keyOfDay(master, day);
    made.set(name, key);
    return key;
  };
  return {
    signingAt: (now) => {
      const { key, jwk } = keyOf(keys.keyFor('assertion'), dayOf(now));
      return { kid: jwk.kid, key };
    },
    publicAround: (now) =>
      keys
        .keysInUse('assertion')
        .flatMap((master) => [-1, 0, 1].map((days) => keyOf(master, dayOf(now) + days).jwk)),
  };
}

function dayOf(now: number): number {
  return Math.floor(now / dayMs);
}

function keyOfDay(master: Buffer, day: number): DayKey {
  const seed = Buffer.from(hkdfSync('sha256', master, '', `support-access/assertion/${day}`, seedBytes));
  const number = (BigInt(`0x${seed.toString('hex')}`) % greatestKey) + 1n;
  const secret = Buffer.from(number.toString(16).padStart(64, '0'), 'hex');
  const pair = createECDH(curve.name);
  pair.setPrivateKey(secret);
  // Uncompressed: a byte that says so, then both coordinates.
  const point = pair.getPublicKey();
  const coordinates = {
    kty: 'EC',
    crv: curve.jwk,
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  } as const;
  const d = secret.toString('base64url');
  const kid = `${new Date(day * dayMs).toISOString().slice(0, 10)}.${thumbprintOf(coordinates)}`;
  return {
    day,
    key: createPrivateKey({ format: 'jwk', key: { ...coordinates, d } }),
    jwk: { ...coordinates, kid, alg: assertionAlgorithm, use: 'sig' },
  };
}

/** The beginning of the key's thumbprint (RFC 7638): two keys of one day have different names. */
function thumbprintOf({ crv, kty, x, y }: Pick<PublicJwk, 'crv' | 'kty' | 'x' | 'y'>): string {
  const text = JSON.stringify({ crv, kty, x, y });
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}
