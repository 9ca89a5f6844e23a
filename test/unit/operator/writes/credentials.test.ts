/** What the operator does with Secrets that it cannot read, call by call. */
import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../../kube/api/client.ts';
import { KubeError } from '../../../../kube/errors.ts';
import type { ObjectMeta } from '../../../../kube/objects.ts';
import { Secrets } from '../../../../kube/resources.ts';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { issueCredential, revokeCredential } from '../../../../operator/writes/credentials.ts';
import { aWorld, noon, withRights } from '../../../kit/objects/grant-world.ts';

const order = planGrant(aWorld(withRights()), noon).apply.flatMap((write) =>
  write.act === 'issue' ? [{ ...write, accountUid: 'account-1' }] : [],
)[0]!;
const { labels, name, namespace } = order.wanted.object.metadata;
const ours = (uid: string, owner: string): ObjectMeta => ({
  name,
  uid,
  resourceVersion: '1',
  labels: { ...labels },
  ownerReferences: [{ apiVersion: 'v1', kind: 'ServiceAccount', name, uid: owner }],
});

const refusal = (status: number, reason: string) =>
  new KubeError({ method: 'POST', path: '/', status, body: JSON.stringify({ kind: 'Status', reason }) });

/** An API server that holds at most this one Secret, and notes what it is asked. */
function aServer(secret?: ObjectMeta, { tokenGone = false } = {}) {
  const said: string[] = [];
  let held = secret;
  const client = {
    create: async () => {
      said.push('create');
      if (held !== undefined) throw refusal(409, 'AlreadyExists');
      held = ours('secret-new', order.accountUid);
      return { metadata: held };
    },
    createSubresource: async (_resource: unknown, _ref: unknown, { body }: { body: { spec: object } }) => {
      said.push(`token ${JSON.stringify(body.spec)}`);
      if (tokenGone) throw refusal(404, 'NotFound');
      return { status: { token: 'secret-token', expirationTimestamp: '2026-12-01T13:00:00Z' } };
    },
    mergePatch: async (resource: { kind: string }, _ref: unknown, { patch }: { patch: object }) => {
      said.push(`patch ${resource.kind} ${Object.keys(patch).join(' ')}`);
    },
    delete: async (_resource: unknown, _ref: unknown, { uid }: { uid: string }) => {
      said.push(`delete ${uid}`);
      if (held !== undefined && held.uid !== uid) throw refusal(409, 'Conflict');
      held = undefined;
      return 'deleted';
    },
    raw: async (_method: string, path: string) => {
      said.push(path.includes('dryRun=All') ? 'look' : 'WRITE');
      return held === undefined
        ? { status: 404, headers: {}, body: '' }
        : { status: 200, headers: {}, body: JSON.stringify({ metadata: held }) };
    },
  };
  return { said, calls: { client: client as unknown as KubeClient, now: () => noon } };
}

describe('issuing a credential', () => {
  it('makes the Secret, binds the token to it, fills it, and notes the dates last', async () => {
    const { said, calls } = aServer();
    await expect(issueCredential(order, calls)).resolves.toBeUndefined();
    expect(said).toEqual([
      'create',
      expect.stringContaining('"boundObjectRef":{"apiVersion":"v1","kind":"Secret"'),
      'patch Secret metadata stringData',
      'patch ServiceAccount metadata',
    ]);
    expect(said[1]).not.toContain('audiences');
  });

  it('goes on with the Secret that it made before a crash', async () => {
    const { said, calls } = aServer(ours('secret-1', order.accountUid));
    await issueCredential(order, calls);
    expect(said.slice(0, 2)).toEqual(['create', 'look']);
    expect(said[2]).toContain('secret-1');
  });

  it('replaces what an account of the same name left that is gone', async () => {
    const { said, calls } = aServer(ours('secret-old', 'account-0'));
    await issueCredential(order, calls);
    expect(said.slice(0, 4)).toEqual(['create', 'look', 'delete secret-old', 'create']);
  });

  it('touches nothing of a foreign Secret and says that the name is taken', async () => {
    const { said, calls } = aServer({ ...ours('foreign', 'x'), labels: {} });
    await expect(issueCredential(order, calls)).resolves.toMatchObject({ reason: 'NameTaken' });
    expect(said).toEqual(['create', 'look']);
  });

  it('notes nothing when the Secret was deleted under it, so that the next look issues anew', async () => {
    const { said, calls } = aServer(undefined, { tokenGone: true });
    await expect(issueCredential(order, calls)).rejects.toMatchObject({ status: 404 });
    expect(said.filter((one) => one.startsWith('patch'))).toEqual([]);
  });
});

describe('revoking a credential', () => {
  const revocation = (uid?: string) => ({ resource: Secrets, namespace, name, ownerUid: 'account-1', uid });

  it('is one deletion of exactly the noted Secret', async () => {
    const { said, calls } = aServer(ours('secret-1', 'account-1'));
    await revokeCredential(revocation('secret-1'), calls);
    expect(said).toEqual(['delete secret-1']);
  });

  it('finds the Secret of the account when no UID was noted, or another one was', async () => {
    for (const noted of [undefined, 'secret-0']) {
      const { said, calls } = aServer(ours('secret-1', 'account-1'));
      await revokeCredential(revocation(noted), calls);
      expect(said.at(-1)).toBe('delete secret-1');
    }
  });

  it('leaves a Secret alone that belongs to another account or to nobody of ours', async () => {
    for (const other of [ours('x', 'account-9'), { ...ours('x', 'account-1'), labels: {} }]) {
      const { said, calls } = aServer(other);
      await revokeCredential(revocation(), calls);
      expect(said).toEqual(['look']);
    }
  });
});
