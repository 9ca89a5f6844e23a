import { createPublicKey, sign, verify } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import { assertionKeysFrom } from '../../../../../webhook/gateway/sessions/assertion-keys.ts';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';

const noon = Date.UTC(2026, 11, 1, 12);
const day = 86_400_000;
const ofMaster = (byte: number) => assertionKeysFrom(keysFrom(Buffer.alloc(32, byte)));

describe('the keys of assertions', () => {
  it('are the same in every replica, and others under another master key', () => {
    expect(ofMaster(7).publicAround(noon)).toEqual(ofMaster(7).publicAround(noon));
    const xs = [7, 8].flatMap((byte) =>
      ofMaster(byte)
        .publicAround(noon)
        .map(({ x }) => x),
    );
    expect(new Set(xs).size).toBe(6);
  });

  it('change each day, and those of the days before and after are shown too', () => {
    const keys = ofMaster(7);
    const dayIn = (kid: string): string | undefined => kid.split('.')[0];
    expect(keys.publicAround(noon).map(({ kid }) => dayIn(kid))).toEqual([
      '2026-11-30',
      '2026-12-01',
      '2026-12-02',
    ]);
    expect(dayIn(keys.signingAt(noon).kid)).toBe('2026-12-01');
    expect(dayIn(keys.signingAt(noon + day / 2 - 1).kid)).toBe('2026-12-01');
    expect(dayIn(keys.signingAt(noon + day / 2).kid)).toBe('2026-12-02');
    const tomorrow = keys.publicAround(noon + day);
    expect(tomorrow.slice(0, 2)).toEqual(keys.publicAround(noon).slice(1));
  });

  it('verify what is signed with them, on P-256', () => {
    for (const byte of [0, 1, 7, 255]) {
      const keys = ofMaster(byte);
      const { kid, key } = keys.signingAt(noon);
      const signature = sign('sha256', Buffer.from('x'), key);
      const jwk = keys.publicAround(noon).find((one) => one.kid === kid);
      const shown = createPublicKey({ format: 'jwk', key: { ...jwk } });
      expect(verify('sha256', Buffer.from('x'), shown, signature)).toBe(true);
      expect(key.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
    }
  });

  it('have the beginning of their thumbprint in their names, so that no name means two keys', async () => {
    for (const { kid, ...jwk } of [7, 8].flatMap((byte) => ofMaster(byte).publicAround(noon)))
      expect(kid.split('.')[1]).toBe((await calculateJwkThumbprint(jwk)).slice(0, 8));
  });

  it('are shown without their secret part', () => {
    for (const jwk of ofMaster(7).publicAround(noon))
      expect(Object.keys(jwk).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });
});
