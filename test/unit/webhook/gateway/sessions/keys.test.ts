import { describe, expect, it } from 'vitest';
import { KubeError } from '../../../../../kube/errors.ts';
import { type KeysClient, keysFrom, loadKeys } from '../../../../../webhook/gateway/sessions/keys.ts';
import { metadataOf } from '../../../../kit/objects/object.ts';

const master = Buffer.alloc(32, 7);
const filled = { data: { 'master.key': master.toString('base64') } };
const conflict = new KubeError({
  method: 'PUT',
  path: '/secrets',
  status: 409,
  body: JSON.stringify({ kind: 'Status', reason: 'Conflict', code: 409 }),
});

/** A Secret as gets find it one after the other, and what came of the write. */
function aSecret(gets: readonly object[], update: () => Promise<unknown> = () => Promise.resolve()) {
  const written: unknown[] = [];
  let at = 0;
  const client: KeysClient = {
    get: () =>
      Promise.resolve({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: metadataOf('Secret', 'support-access-gateway-keys'),
        ...gets[at++],
      }),
    update: (_resource, object) => {
      written.push(object);
      return update();
    },
  };
  return { client, written };
}

describe('the gateway’s keys', () => {
  it('differ by purpose and come again from the same master key', () => {
    const [keys, again] = [keysFrom(master), keysFrom(master)];
    expect(again.keyFor('session-proof')).toEqual(keys.keyFor('session-proof'));
    expect(keys.keyFor('session-proof')).not.toEqual(keys.keyFor('session-cookie'));
  });

  it('are refused when the master key is too short', () => {
    expect(() => keysFrom(Buffer.alloc(31))).toThrow('31 bytes');
  });

  it('come from the Secret that is filled, which is not written again', async () => {
    const { client, written } = aSecret([filled]);
    const keys = await loadKeys(client, 'support-access');
    expect(keys.keyFor('enter-code')).toEqual(keysFrom(master).keyFor('enter-code'));
    expect(written).toEqual([]);
  });

  it('are made where the Secret is empty, and taken as they were stored', async () => {
    const { client, written } = aSecret([{}, filled]);
    const keys = await loadKeys(client, 'support-access');
    expect(written).toMatchObject([{ data: { 'master.key': expect.stringMatching(/^[\w+/]{43}=$/) } }]);
    expect(keys.keyFor('enter-code')).toEqual(keysFrom(master).keyFor('enter-code'));
  });

  it('are those of the other gateway when it wrote first', async () => {
    const { client } = aSecret([{}, filled], () => Promise.reject(conflict));
    const keys = await loadKeys(client, 'support-access');
    expect(keys.keyFor('session-proof')).toEqual(keysFrom(master).keyFor('session-proof'));
  });

  it('are not had when the Secret cannot be written, or holds too little', async () => {
    const away = aSecret([{}, filled], () => Promise.reject(new Error('away')));
    await expect(loadKeys(away.client, 'support-access')).rejects.toThrow('away');
    const short = aSecret([{ data: { 'master.key': 'AAAA' } }]);
    await expect(loadKeys(short.client, 'support-access')).rejects.toThrow('3 bytes');
  });
});
