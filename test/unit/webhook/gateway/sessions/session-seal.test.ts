import { describe, expect, it } from 'vitest';
import type { SupportSession } from '../../../../../crds/generated/support-session.ts';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import {
  sealIsValid,
  sealOf,
  secretHashOf,
  secretMatches,
} from '../../../../../webhook/gateway/sessions/session-seal.ts';
import { inNamespace, named, withSpec } from '../../../../kit/objects/object.ts';
import { aSession } from '../../../../kit/objects/session.ts';

const keys = keysFrom(Buffer.alloc(32, 1));
const proof = {
  session: { namespace: 'ecase', name: 'ada-1' },
  grant: 'case-4711',
  nonce: 'q3Jx0dK1mZ8bN5vT',
};

/** A session as a gateway with these keys would have written it. */
function aSealedSession(): SupportSession {
  const { seal: _none, ...spec } = aSession(withSpec({ secretHash: secretHashOf(keys, proof) })).spec;
  return aSession(withSpec({ ...spec, seal: sealOf(keys, proof.session, spec) }));
}

describe('the seal of a session', () => {
  it('holds for the session that the gateway wrote', () => {
    expect(sealIsValid(keys, aSealedSession())).toBe(true);
  });

  it('is the same in every release, so that a new gateway ends no session', () => {
    const { seal: _none, ...spec } = aSession().spec;
    expect(sealOf(keys, proof.session, spec)).toBe('ox_I8gMUtod5YVS3sSYX7fsrsAVCNjJwGZEC8CAEgtM');
  });

  it('does not hold when any field of the spec is another', () => {
    const { seal, ...spec } = aSealedSession().spec;
    for (const field of Object.keys(spec)) {
      const altered = { ...spec, [field]: 'another' };
      expect(sealIsValid(keys, aSession(withSpec({ ...altered, seal }))), field).toBe(false);
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
  it('belong together when name, grant, nonce and secret fit', () => {
    expect(secretMatches(keys, proof, aSealedSession())).toBe(true);
  });

  it('do not when one of them is another', () => {
    const session = aSealedSession();
    expect(secretMatches(keys, { ...proof, grant: 'case-1' }, session)).toBe(false);
    expect(secretMatches(keys, { ...proof, nonce: 'q3Jx0dK1mZ8bN5vX' }, session)).toBe(false);
    const elsewhere = { ...proof, session: { namespace: 'other', name: 'ada-1' } };
    expect(secretMatches(keys, elsewhere, session)).toBe(false);
    expect(secretMatches(keysFrom(Buffer.alloc(32, 2)), proof, session)).toBe(false);
  });
});
