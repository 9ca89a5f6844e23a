import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../../kube/api/client.ts';
import { ownAccount } from '../../../../kube/lease/own-account.ts';

function aClient(...answers: readonly (object | Error)[]) {
  const asked: string[] = [];
  const create = ({ plural }: { readonly plural: string }) => {
    const answer = answers[asked.length];
    asked.push(plural);
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve({ status: { userInfo: answer } });
  };
  return { asked, client: { create } as unknown as Pick<KubeClient, 'create'> };
}

const account = { username: 'system:serviceaccount:support-access:support-access-gateway', uid: 'u-1' };

describe('the account that a client signs in as', () => {
  it('is told by the API server, once, with the UID that the garbage collector asks for', async () => {
    const { client, asked } = aClient(account);
    const owner = ownAccount(client, 'support-access');
    const told = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'support-access-gateway', uid: 'u-1' };
    expect(await Promise.all([owner(), owner()])).toEqual([told, told]);
    expect(asked).toEqual(['selfsubjectreviews']);
  });

  it('is none of another namespace, where an owner would not be found and all would be taken, and no person', async () => {
    const strange = [
      { ...account, username: 'system:serviceaccount:elsewhere:x' },
      { username: 'admin' },
      { ...account, uid: '' },
    ];
    for (const one of strange)
      expect(await ownAccount(aClient(one).client, 'support-access')()).toBeUndefined();
  });

  it('is asked for again after it could not be told', async () => {
    const { client } = aClient(new Error('away'), account);
    const owner = ownAccount(client, 'support-access');
    await expect(owner()).rejects.toThrow('away');
    expect(await owner()).toMatchObject({ uid: 'u-1' });
  });
});
