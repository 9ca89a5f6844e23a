import { describe, expect, it } from 'vitest';
import type { SupportSession } from '../../../../../crds/generated/support-session.ts';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import {
  sealedSpec,
  sealIsValid,
  secretMatches,
} from '../../../../../webhook/gateway/sessions/session-seal.ts';
import { inNamespace, named, withSpec } from '../../../../kit/objects/object.ts';
import { aSession } from '../../../../kit/objects/session.ts';

const keys = keysFrom(Buffer.alloc(32, 1));
const proof = {
  session: { namespace: 'ecase', name: 'ada-1' },
  grant: 'case-4711',
  secret: 'q3Jx0dK1mZ8bN5vTq3Jx0dK1mZ8bN5vTq3Jx0dK1mZ8',
};

/** A session as a gateway with these keys would have written it. */
function aSealedSession(): SupportSession {
  const { proof: _none, ...spec } = aSession().spec;
  return aSession(withSpec(sealedSpec(keys, proof, spec)));
}

describe('the seal of a session', () => {
  it('holds for the session that the gateway wrote', () => {
    expect(sealIsValid(keys, aSealedSession())).toBe(true);
  });

  it('of the last release still holds, so that a new gateway ends no session', () => {
    const kept =
      'E1gQwynXFuTDwUUqc6FHH0Y64sMzJg83F_uT4dN7JE56FBJ7W7tHBEIRNJBzK64BdO5U-jdCYDb-j4HSgMzeHZHrZZmK9yI8cPnmOBJ_FFyDXX8fZx05DJqXGs4';
    const session = aSession(withSpec({ proof: kept }));
    expect([sealIsValid(keys, session), secretMatches(keys, proof, session)]).toEqual([true, true]);
  });

  it('says nothing to who reads the session, and not twice the same', () => {
    const [one, other] = [aSealedSession(), aSealedSession()];
    expect(one.spec.proof).not.toBe(other.spec.proof);
    expect(Object.keys(one.spec)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/nonce|secret|seal/i)]),
    );
  });

  it('does not hold without a proof, as sessions of before have none', () => {
    const { proof: _none, ...spec } = aSealedSession().spec;
    expect(sealIsValid(keys, { ...aSession(), spec: spec as never })).toBe(false);
  });

  it('does not hold when any field of the spec is another', () => {
    const { proof: sealed, ...spec } = aSealedSession().spec;
    for (const field of Object.keys(spec)) {
      const altered = { ...spec, [field]: 'another' };
      expect(sealIsValid(keys, aSession(withSpec({ ...altered, proof: sealed }))), field).toBe(false);
    }
  });

  it('does not hold for a copy of the session under another name or in another namespace', () => {
    const session = aSealedSession();
    expect(sealIsValid(keys, named<SupportSession>('ada-2')(session))).toBe(false);
    expect(sealIsValid(keys, inNamespace<SupportSession>('other')(session))).toBe(false);
  });

  it('does not hold for a session made by hand or by another gateway', () => {
    expect(sealIsValid(keys, aSession())).toBe(false);
    expect(sealIsValid(keysFrom(Buffer.alloc(32, 2)), aSealedSession())).toBe(false);
  });
});

describe('a cookie and a session', () => {
  it('belong together when name, grant and secret fit', () => {
    expect(secretMatches(keys, proof, aSealedSession())).toBe(true);
  });

  it('do not when one of them is another', () => {
    const session = aSealedSession();
    expect(secretMatches(keys, { ...proof, grant: 'case-1' }, session)).toBe(false);
    expect(secretMatches(keys, { ...proof, secret: 'q3Jx0dK1mZ8bN5vX' }, session)).toBe(false);
    const elsewhere = { ...proof, session: { namespace: 'other', name: 'ada-1' } };
    expect(secretMatches(keys, elsewhere, session)).toBe(false);
    expect(secretMatches(keysFrom(Buffer.alloc(32, 2)), proof, session)).toBe(false);
  });
});
