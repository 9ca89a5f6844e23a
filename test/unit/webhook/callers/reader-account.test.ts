import { describe, expect, it } from 'vitest';
import { readerAccount } from '../../../../crds/names.ts';
import type { KubeClient } from '../../../../kube/api/client.ts';
import { KubeError } from '../../../../kube/errors.ts';
import { createPersonOf } from '../../../../webhook/callers/reader-account.ts';

const ada = 'ada@example.com';
const account = readerAccount.of(ada);
const username = `system:serviceaccount:support-access:${account}`;
const user = (name: string) => ({ kind: 'User', name });

/** People by the bindings of the release namespace; a binding that is an error is thrown. */
function people(bindings: Readonly<Record<string, readonly object[] | Error>>) {
  const state = { now: 0, asked: 0, bindings };
  const get = async (_resource: unknown, { name }: { name: string }): Promise<unknown> => {
    state.asked += 1;
    const found = state.bindings[name];
    if (found instanceof Error) throw found;
    if (found === undefined)
      throw new KubeError({ method: 'GET', path: '/rolebindings', status: 404, body: '' });
    return { subjects: found };
  };
  const client = { get } as unknown as Pick<KubeClient, 'get'>;
  const personOf = createPersonOf({ client, releaseNamespace: 'support-access', clock: () => state.now });
  return { personOf, state };
}

describe('the person for whom a caller stands', () => {
  it('is the one whom the binding of the reader account names', async () => {
    expect(await people({ [account]: [user(ada)] }).personOf(username)).toBe(ada);
  });

  it('is the caller itself for everyone else, without asking', async () => {
    const { personOf, state } = people({});
    for (const name of [
      ada,
      'system:serviceaccount:support-access:auditor',
      `system:serviceaccount:x:${account}`,
    ])
      expect(await personOf(name)).toBe(name);
    expect(state.asked).toBe(0);
  });

  it.each([
    ['the binding is gone', undefined],
    ['it names another person', [user('eve@example.com')]],
    ['it names one more', [user(ada), user('eve@example.com')]],
    ['it names a group', [{ kind: 'Group', name: ada }]],
    ['it names no one', []],
  ])('is no one where %s', async (_, subjects) => {
    const bindings = subjects === undefined ? {} : { [account]: subjects };
    expect(await people(bindings).personOf(username)).toBeUndefined();
  });

  it('is no one any more ten seconds after the binding was taken away', async () => {
    const { personOf, state } = people({ [account]: [user(ada)] });
    expect(await personOf(username)).toBe(ada);
    state.bindings = {};
    state.now = 9_999;
    expect(await personOf(username)).toBe(ada);
    state.now = 10_000;
    expect(await personOf(username)).toBeUndefined();
  });

  it('is an error and no name while the API server is away', async () => {
    const away = new Error('connect ECONNREFUSED');
    await expect(people({ [account]: away }).personOf(username)).rejects.toBe(away);
  });
});
