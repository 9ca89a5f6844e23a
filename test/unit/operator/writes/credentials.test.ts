/** What the operator does with Secrets that it cannot read, call by call. */

import { describe, expect, it } from 'vitest';
import { credentialName } from '../../../../crds/identities.ts';
import type { KubeClient, WriteOptions } from '../../../../kube/api/client.ts';
import { KubeError } from '../../../../kube/errors.ts';
import type { ObjectMeta } from '../../../../kube/objects.ts';
import { Secrets, ServiceAccounts } from '../../../../kube/resources.ts';
import { planGrant } from '../../../../operator/grant/plan.ts';
import {
  credentialIsThere,
  issueCredential,
  revokeCredential,
} from '../../../../operator/writes/credentials.ts';
import { aWorld, noon, withRights } from '../../../kit/objects/grant-world.ts';
import { metadataOf } from '../../../kit/objects/object.ts';

const order = planGrant(aWorld(withRights()), noon).apply.flatMap((write) =>
  write.act === 'issue' ? [{ ...write, accountUid: 'account-1' }] : [],
)[0]!;
const { name, namespace } = order.wanted.object.metadata;
const secret = `${name}-account-1`;

interface Written {
  readonly metadata: Partial<ObjectMeta>;
}

const refusal = (status: number, reason: string) =>
  new KubeError({ method: 'POST', path: '/', status, body: JSON.stringify({ kind: 'Status', reason }) });

/** An API server that holds Secrets of these names, and notes what it is asked. */
function aServer(...held: string[]) {
  const said: string[] = [];
  const sent: Written[] = [];
  const secrets = new Set(held);
  const client = {
    create: async (_: unknown, { metadata, ...object }: Written, { dryRun }: WriteOptions) => {
      said.push(`${dryRun ? 'would create' : 'create'} ${metadata.name}`);
      sent.push({ metadata, ...object });
      if (secrets.has(metadata.name ?? '')) throw refusal(409, 'AlreadyExists');
      if (!dryRun) secrets.add(metadata.name ?? '');
      return { metadata, ...object };
    },
    mergePatch: async (resource: { kind: string }, _ref: unknown, { patch }: { patch: object }) => {
      said.push(`patch ${resource.kind} ${JSON.stringify(patch)}`);
    },
    delete: async (_: unknown, ref: { name: string }) => {
      said.push(`delete ${ref.name}`);
      return secrets.delete(ref.name) ? 'deleted' : 'absent';
    },
  };
  return { said, sent, calls: { client: client as unknown as KubeClient, now: () => noon } };
}

const noted = `patch ${ServiceAccounts.kind} ${JSON.stringify({
  metadata: { uid: 'account-1', annotations: { 'supportaccess.dev/credential': secret } },
})}`;

describe('issuing a credential', () => {
  it('makes an empty Secret that its account owns, and notes it last; it asks for no token', async () => {
    const { said, sent, calls } = aServer();
    await issueCredential(order, calls);
    expect(said).toEqual([`create ${secret}`, noted]);
    const [made] = sent;
    expect(made).not.toHaveProperty('data');
    expect(made).not.toHaveProperty('stringData');
    expect(made?.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'ServiceAccount', name, uid: 'account-1' },
    ]);
  });

  it('goes on with the Secret that it made before a crash, without looking at it', async () => {
    const { said, calls } = aServer(secret);
    await issueCredential(order, calls);
    expect(said).toEqual([`create ${secret}`, noted]);
  });

  it('takes nothing for its own that was made for an account before', async () => {
    const { said, calls } = aServer(name, `${name}-account-0`);
    await issueCredential(order, calls);
    expect(said).toEqual([`create ${secret}`, noted]);
  });
});

describe('revoking a credential', () => {
  it('is one deletion of the Secret of that very account', async () => {
    const revocation = { resource: Secrets, namespace, name: secret, ownerUid: 'account-1' };
    const { said, calls } = aServer(secret, `${name}-account-2`);
    await revokeCredential(revocation, calls);
    expect(said).toEqual([`delete ${secret}`]);
  });
});

describe('whether a credential is there', () => {
  const account = { ...metadataOf('ServiceAccount', name, namespace), uid: 'account-1' };

  it.each([
    [true, [credentialName(account)]],
    [false, []],
    [false, [name, `${name}-account-2`]],
  ])('is %s with %j, learned from a dry run that stores nothing', async (there, held) => {
    const { said, calls } = aServer(...held);
    expect(await credentialIsThere(account, calls)).toBe(there);
    expect(said).toEqual([`would create ${secret}`]);
  });

  it('is unknown when the API server refuses otherwise', async () => {
    const client = { create: async () => Promise.reject(refusal(403, 'Forbidden')) };
    await expect(credentialIsThere(account, { client })).rejects.toMatchObject({ status: 403 });
  });
});
