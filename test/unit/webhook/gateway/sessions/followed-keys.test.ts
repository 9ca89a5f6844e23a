/** The key of two gateways is replaced while both run, and a third one starts: no cookie is lost, and none is sealed too early. */
import { describe, expect, it } from 'vitest';
import { assertionKeysFrom } from '../../../../../webhook/gateway/sessions/assertion-keys.ts';
import {
  type FollowedKeys,
  followKeys,
  lookForKeysEveryMs,
  sealsAfterMs,
} from '../../../../../webhook/gateway/sessions/followed-keys.ts';
import { type KeysClient, keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import { cookieValue, readCookie } from '../../../../../webhook/gateway/sessions/session-cookie.ts';
import { metadataOf } from '../../../../kit/objects/object.ts';

const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const proof = { session: { namespace: 'ecase', name: 's-1' }, grant: 'case-4711', secret: 'x' };
const host = 'support.example.com';
const hour = 3_600_000;

function aCluster() {
  const data: Record<string, string> = { 'master.key': first.toString('base64') };
  const at = { now: 0 };
  const client: KeysClient = {
    get: () =>
      Promise.resolve({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: metadataOf('Secret', 'keys'),
        data: { ...data },
      }),
    update: (_resource, object) => {
      for (const name of Object.keys(data)) delete data[name];
      return Promise.resolve(void Object.assign(data, (object as { data?: object }).data));
    },
  };
  const start = () => followKeys(client, 'support-access', () => at.now);
  return { data, at, start };
}

const sealsWith = (keys: FollowedKeys, master: Buffer): boolean =>
  keys.keyFor('session-cookie').equals(keysFrom(master).keyFor('session-cookie'));
const opens = (keys: FollowedKeys, by: FollowedKeys): boolean =>
  readCookie(keys, cookieValue(by, proof, host), host)?.secret === proof.secret;

describe("the gateway's keys while they are replaced", () => {
  it('are followed within a minute by every gateway, with each cookie open at each of them all the time', async () => {
    const { data, at, start } = aCluster();
    const [one, other] = [await start(), await start()];
    data['master.key'] = second.toString('base64');
    // The two look at different times, and each seals as late as all others have looked.
    for (let now = 0; now <= 60_000; now += 1000) {
      at.now = now;
      if (now % lookForKeysEveryMs === 0) await one.look();
      if (now % lookForKeysEveryMs === 19_000) await other.look();
      expect([opens(one, other), opens(other, one)], `at ${now}`).toEqual([true, true]);
    }
    at.now = 19_000 + sealsAfterMs;
    expect([sealsWith(one, second), sealsWith(other, second)]).toEqual([true, true]);
  });

  it('open what the old key sealed until no session of it can live', async () => {
    const { data, at, start } = aCluster();
    const keys = await start();
    const old = cookieValue(keys, proof, host);
    data['master.key'] = second.toString('base64');
    await keys.look();
    at.now = 24 * hour;
    expect(readCookie(keys, old, host)).toEqual(proof);
    at.now = 26 * hour;
    expect(readCookie(keys, old, host)).toBeUndefined();
  });

  it('are known to a gateway that starts after the change: the one before stays beside', async () => {
    const { data, start } = aCluster();
    const keys = await start();
    const old = cookieValue(keys, proof, host);
    data['master.key'] = second.toString('base64');
    await keys.look();
    const late = await start();
    expect(data['earlier.key']).toBe(first.toString('base64'));
    expect(readCookie(late, old, host)).toEqual(proof);
    expect(sealsWith(late, second)).toBe(true);
  });

  it('open what an earlier key sealed for as long after a start, and take it out of the Secret then', async () => {
    const { data, at, start } = aCluster();
    const before = await start();
    data['master.key'] = second.toString('base64');
    data['earlier.key'] = first.toString('base64');
    const old = cookieValue(before, proof, host);
    const keys = await start();
    at.now = 24 * hour;
    await keys.look();
    expect(readCookie(keys, old, host)).toEqual(proof);
    expect(data['earlier.key']).toBe(first.toString('base64'));
    at.now = 30 * 24 * hour;
    await keys.look();
    expect(keys.keysFor('session-proof')).toHaveLength(1);
    expect(readCookie(keys, old, host)).toBeUndefined();
    expect(data).toEqual({ 'master.key': second.toString('base64') });
    expect(readCookie(await start(), old, host)).toBeUndefined();
  });

  it('leave an earlier key alone that another gateway wrote and this one does not know', async () => {
    const { data, at, start } = aCluster();
    const keys = await start();
    data['earlier.key'] = second.toString('base64');
    at.now = 30 * hour;
    await keys.look();
    expect(data['earlier.key']).toBe(second.toString('base64'));
  });

  it('open nothing more by an earlier key that was taken away, at the next look of each gateway', async () => {
    const { data, at, start } = aCluster();
    const keys = await start();
    const old = cookieValue(keys, proof, host);
    data['master.key'] = second.toString('base64');
    await keys.look();
    await keys.look();
    at.now = 60_000;
    expect(readCookie(keys, old, host)).toEqual(proof);
    delete data['earlier.key'];
    await keys.look();
    expect(readCookie(keys, old, host)).toBeUndefined();
    expect(sealsWith(keys, second)).toBe(true);
    expect(data['earlier.key']).toBeUndefined();
  });

  it('stay as they are where the new one is no key, or the Secret cannot be read', async () => {
    const { data, start } = aCluster();
    const keys = await start();
    data['master.key'] = 'AAAA';
    await expect(keys.look()).rejects.toThrow('3 bytes');
    expect(sealsWith(keys, first)).toBe(true);
  });

  it('may go back to the one before', async () => {
    const { data, at, start } = aCluster();
    const keys = await start();
    data['master.key'] = second.toString('base64');
    await keys.look();
    data['master.key'] = first.toString('base64');
    await keys.look();
    at.now = 30 * hour;
    expect(sealsWith(keys, first)).toBe(true);
    expect(opens(keys, keys)).toBe(true);
  });
});

describe('the keys of assertions while the key of the gateways is replaced', () => {
  const noon = Date.UTC(2026, 11, 1, 12);

  it('are shown by each gateway before any signs with them, and for as long as any does', async () => {
    const { data, at, start } = aCluster();
    const gateways = [await start(), await start()];
    const assertions = gateways.map(assertionKeysFrom);
    // All of today and tomorrow are made already.
    for (const each of assertions) each.publicAround(noon);
    data['master.key'] = second.toString('base64');
    for (let now = 0; now <= 240_000; now += 1000) {
      at.now = now;
      if (now % lookForKeysEveryMs === 0) await gateways[0]?.look();
      if (now % lookForKeysEveryMs === 19_000) await gateways[1]?.look();
      const signing = assertions.map((each) => each.signingAt(noon).kid);
      for (const showing of assertions) {
        const shown = showing.publicAround(noon).map(({ kid }) => kid);
        expect(shown, `at ${now}`).toEqual(expect.arrayContaining(signing));
        expect(new Set(shown).size).toBe(shown.length);
      }
    }
  });

  it('are not shown any more some minutes later, neither for today nor for tomorrow', async () => {
    const { data, at, start } = aCluster();
    const keys = await start();
    const assertions = assertionKeysFrom(keys);
    const old = assertions.publicAround(noon);
    data['master.key'] = second.toString('base64');
    await keys.look();
    expect(assertions.publicAround(noon)).toEqual([...old, ...ofSecond()]);
    expect(assertions.signingAt(noon).kid).toBe(old[1]?.kid);
    at.now = sealsAfterMs;
    expect(assertions.publicAround(noon)).toEqual([...ofSecond(), ...old]);
    expect(assertions.signingAt(noon).kid).toBe(ofSecond()[1]?.kid);
    at.now = 180_000;
    expect(assertions.publicAround(noon)).toEqual(ofSecond());
    // A gateway that starts does not know when the earlier one was replaced.
    expect(assertionKeysFrom(await start()).publicAround(noon)).toEqual(ofSecond());
  });

  const ofSecond = () => assertionKeysFrom(keysFrom(second)).publicAround(noon);
});
