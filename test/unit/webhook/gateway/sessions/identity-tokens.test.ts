import { describe, expect, it } from 'vitest';
import { accountName } from '../../../../../crds/identities.ts';
import { KubeError } from '../../../../../kube/errors.ts';
import { createIdentityTokens } from '../../../../../webhook/gateway/sessions/identity-tokens.ts';

const as = { grantUid: 'g-1', userUid: 'u-1' };
const name = accountName(as.grantUid, as.userUid);

/** An API server with one account, or none; what was asked of it. */
function anApiServer() {
  const state: { uid: string | undefined; isGoing?: true; fails?: true } = { uid: 'a-1' };
  const asked: unknown[] = [];
  const client = {
    get: async () => {
      if (state.fails) throw new Error('away');
      if (state.uid === undefined) throw new KubeError({ method: 'GET', path: '/', status: 404, body: '' });
      const going = state.isGoing ? { deletionTimestamp: '2026-12-01T12:00:00Z' } : {};
      return { metadata: { name, uid: state.uid, ...going } };
    },
    createSubresource: async (...call: unknown[]) => {
      asked.push(call.slice(1));
      return { status: { token: `token ${asked.length}` } };
    },
  };
  let now = 0;
  const token = createIdentityTokens({ client: client as never, namespace: 'ids', now: () => now });
  return { state, asked, token: () => token(as), later: (ms: number) => (now += ms) };
}

describe('the token of a person under a grant', () => {
  it('is asked for the account of both, bound to its Secret, for ten minutes', async () => {
    const { token, asked } = anApiServer();
    expect(await token()).toBe('token 1');
    expect(asked).toMatchObject([
      [
        { namespace: 'ids', name },
        {
          subresource: 'token',
          body: { spec: { expirationSeconds: 600, boundObjectRef: { kind: 'Secret', name: `${name}-a-1` } } },
        },
      ],
    ]);
  });

  it('is used for five minutes, and never for another account of that name', async () => {
    const { token, later, state } = anApiServer();
    await token();
    later(299_999);
    expect(await token()).toBe('token 1');
    later(1);
    expect(await token()).toBe('token 2');
    state.uid = 'a-2';
    expect(await token()).toBe('token 3');
  });

  it('is none where the account is gone or going, and an error where that cannot be read', async () => {
    const { token, state } = anApiServer();
    await token();
    state.isGoing = true;
    expect(await token()).toBeUndefined();
    state.uid = undefined;
    expect(await token()).toBeUndefined();
    state.fails = true;
    await expect(token()).rejects.toThrow('away');
  });
});
