import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../../kube/api/client.ts';
import { createAccess } from '../../../../webhook/callers/access.ts';
import { namesAudience, TooManyCallers } from '../../../../webhook/callers/token-review.ts';

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (payload: unknown): string => `${encoded({ alg: 'RS256' })}.${encoded(payload)}.c2ln`;
const forUs = (name: string): string => tokenOf({ aud: ['support-access'], sub: name });

interface Review {
  readonly spec: { readonly token: string };
}

/** An API server that knows the given tokens, and that can be made to keep everybody waiting. */
function aServer(...genuine: readonly string[]) {
  const asked: string[] = [];
  const gate = Promise.withResolvers<void>();
  const state = { isSlow: false, now: 0 };
  const create = async (_resource: unknown, { spec }: Review): Promise<unknown> => {
    asked.push(spec.token);
    if (state.isSlow) await gate.promise;
    const authenticated = genuine.includes(spec.token);
    return { status: { authenticated, audiences: ['support-access'], user: { username: spec.token } } };
  };
  const client = { create } as unknown as Pick<KubeClient, 'create'>;
  const access = createAccess({ client, clock: () => state.now });
  const callerOf = (token: string, peer = '10.0.0.1') => access.callerOf(token, peer);
  return { access: { callerOf }, asked, gate, state };
}

describe('whose a bearer is', () => {
  it.each([
    ['words', 'gateway'],
    ['a JWT for another audience', tokenOf({ aud: ['https://kubernetes.default.svc'] })],
    ['a JWT for no audience', tokenOf({ sub: 'x' })],
    ['a JWT of something else than an object', tokenOf(null)],
    ['no JSON', `${encoded({})}.AAAA.c2ln`],
    ['two parts', forUs('x').split('.').slice(0, 2).join('.')],
    ['characters that a JWT has not', `${forUs('x')}=`],
  ])('is of no caller, and not asked for, where it is %s', async (_, token) => {
    const { access, asked } = aServer(token);
    expect(await access.callerOf(token)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('may have one audience as text, as RFC 7519 allows', () => {
    expect(namesAudience(tokenOf({ aud: 'support-access' }), 'support-access')).toBe(true);
  });

  it('is asked once and kept for ten seconds', async () => {
    const { access, asked, state } = aServer(forUs('gateway'));
    for (const now of [0, 5000, 9999]) {
      state.now = now;
      expect(await access.callerOf(forUs('gateway'))).toMatchObject({ username: forUs('gateway') });
    }
    expect(asked).toHaveLength(1);
    state.now = 10_000;
    await access.callerOf(forUs('gateway'));
    expect(asked).toHaveLength(2);
  });

  it('stays known however many invented ones come in between', async () => {
    const { access, asked, state } = aServer(forUs('gateway'));
    await access.callerOf(forUs('gateway'));
    for (let at = 0; at < 1500; at += 1) {
      state.now += 6;
      await access.callerOf(forUs(`invented-${at}`), `10.0.1.${at % 250}`).catch(() => undefined);
    }
    const { length } = asked;
    await access.callerOf(forUs('gateway'));
    expect(asked).toHaveLength(length);
  });

  it('is asked for so often for each address, so that none locks out the others, and so often for all', async () => {
    const { access, asked, state } = aServer(forUs('gateway'));
    const flood = async (peer: string, count: number): Promise<void> => {
      for (let at = 0; at < count; at += 1)
        await access.callerOf(forUs(`invented-${peer}-${at}`), peer).catch(() => undefined);
    };
    await flood('10.0.0.66', 1000);
    expect(asked).toHaveLength(100);
    expect(await access.callerOf(forUs('gateway'), '10.0.0.1')).toMatchObject({ username: forUs('gateway') });
    for (let second = 0; second < 60; second += 1) {
      state.now += 1000;
      for (let pod = 0; pod < 20; pod += 1) await flood(`10.1.${second}.${pod}`, 5);
    }
    expect(asked.length).toBeLessThanOrEqual(200 + 60 * 20);
  });

  it('is not asked for by more than eight at a time, and the known one does not wait for them', async () => {
    const { access, asked, gate, state } = aServer(forUs('gateway'));
    await access.callerOf(forUs('gateway'));
    state.isSlow = true;
    const flood = Array.from({ length: 50 }, (_, at) => access.callerOf(forUs(`invented-${at}`)));
    expect(await access.callerOf(forUs('gateway'))).toMatchObject({ username: forUs('gateway') });
    expect(asked).toHaveLength(9);
    // Nor does it queue up with them when its answer is too old.
    state.now = 10_000;
    const again = access.callerOf(forUs('gateway'));
    expect(asked).toHaveLength(10);
    gate.resolve();
    expect(await again).toMatchObject({ username: forUs('gateway') });
    const answers = await Promise.allSettled(flood);
    const turnedAway = answers.filter(({ status }) => status === 'rejected');
    expect(turnedAway).toEqual(
      Array.from({ length: 42 }, () => ({ status: 'rejected', reason: expect.any(TooManyCallers) })),
    );
    // Who was turned away was not judged: a second try is asked.
    expect(await access.callerOf(forUs('invented-49'))).toBeUndefined();
    expect(asked).toHaveLength(11);
  });
});
