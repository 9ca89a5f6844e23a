/** Every verb of the client against a real API server: content types, preconditions, dry runs, refusals. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { isAlreadyExists, isConflict, isNotFound, KubeError } from '../../../kube/errors.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import {
  ConfigMaps,
  Namespaces,
  Pods,
  Secrets,
  ServiceAccounts,
  SubjectAccessReviews,
} from '../../../kube/resources.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { SelfSubjectReviews } from '../../kit/objects/kube-kinds.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

let controlPlane: ControlPlane;
let client: KubeClient;
let namespace: string;

beforeAll(async () => {
  controlPlane = await useControlPlane();
  client = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  namespace = await aNamespace(controlPlane);
});

afterAll(async () => client.close());

function configMap(name: string, data: Record<string, string> = {}) {
  return { metadata: { name, namespace }, data };
}

describe('writing', () => {
  it('creates, reads and deletes an object', async () => {
    const made = await client.create<ConfigMap>(ConfigMaps, configMap('plain', { a: '1' }));
    const seen = await client.get<ConfigMap>(ConfigMaps, { namespace, name: 'plain' });
    expect(seen.metadata.uid).toBe(made.metadata.uid);
    expect(seen.data).toEqual({ a: '1' });
    expect(await client.delete(ConfigMaps, { namespace, name: 'plain' })).toBe('deleted');
    expect(await client.delete(ConfigMaps, { namespace, name: 'plain' })).toBe('absent');
    await expect(client.get(ConfigMaps, { namespace, name: 'plain' })).rejects.toSatisfy(isNotFound);
  });

  it('stores nothing in a dry run', async () => {
    await client.create(ConfigMaps, configMap('dry'), { dryRun: true });
    await expect(client.get(ConfigMaps, { namespace, name: 'dry' })).rejects.toSatisfy(isNotFound);
    await client.create(ConfigMaps, configMap('kept'));
    expect(await client.delete(ConfigMaps, { namespace, name: 'kept' }, { dryRun: true })).toBe('deleted');
    await client.get(ConfigMaps, { namespace, name: 'kept' });
  });

  it('tells a taken name from a lost race', async () => {
    const first = await client.create<ConfigMap>(ConfigMaps, configMap('taken'));
    const again = client.create(ConfigMaps, configMap('taken'));
    await expect(again).rejects.toSatisfy((error) => isAlreadyExists(error) && !isConflict(error));
    await client.update(ConfigMaps, { ...first, data: { a: '1' } });
    const stale = client.update(ConfigMaps, { ...first, data: { a: '2' } });
    await expect(stale).rejects.toSatisfy((error) => isConflict(error) && !isAlreadyExists(error));
  });

  it('removes a field by merge patch and leaves the others', async () => {
    await client.create(ConfigMaps, configMap('patched', { a: '1', b: '2' }));
    const patch = { data: { a: null, c: '3' } };
    const seen = await client.mergePatch<ConfigMap>(ConfigMaps, { namespace, name: 'patched' }, { patch });
    expect(seen.data).toEqual({ b: '2', c: '3' });
  });

  it('refuses a namespaced object without its namespace before any request', async () => {
    const lost = { metadata: { name: 'nowhere' } };
    await expect(client.create(ConfigMaps, lost)).rejects.toThrow('needs metadata.namespace');
    await expect(client.get(ConfigMaps, { name: 'nowhere' })).rejects.toThrow('needs its namespace');
    await expect(client.get(ConfigMaps, { namespace, name: '..' })).rejects.toThrow('is no name');
    const climbing = client.get(Namespaces, { name: 'x/../default' });
    await expect(climbing).rejects.toSatisfy(isNotFound);
  });
});

describe('server-side apply', () => {
  it('owns its fields, drops what it no longer names, and conflicts over the fields of another', async () => {
    const ours = { fieldManager: 'ours' };
    await client.apply<ConfigMap>(ConfigMaps, configMap('shared', { a: '1', b: '1' }), ours);
    const fewer = await client.apply<ConfigMap>(ConfigMaps, configMap('shared', { a: '1' }), ours);
    expect(fewer.data).toEqual({ a: '1' });

    const theirs = configMap('shared', { a: '2' });
    const refused = client.apply(ConfigMaps, theirs, { fieldManager: 'theirs' });
    await expect(refused).rejects.toSatisfy(isConflict);
    await expect(refused).rejects.toMatchObject({
      details: { causes: [{ reason: 'FieldManagerConflict' }] },
    });
    const forced = await client.apply<ConfigMap>(ConfigMaps, theirs, { fieldManager: 'theirs', force: true });
    expect(forced.data).toEqual({ a: '2' });
  });

  it('writes nothing when nothing differs', async () => {
    const first = await client.apply<ConfigMap>(ConfigMaps, configMap('same', { a: '1' }), {
      fieldManager: 'ours',
    });
    const second = await client.apply<ConfigMap>(ConfigMaps, configMap('same', { a: '1' }), {
      fieldManager: 'ours',
    });
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('writes the status subresource without touching the spec', async () => {
    const pod = {
      metadata: { name: 'pod', namespace },
      spec: { containers: [{ name: 'main', image: 'none' }], serviceAccountName: 'default' },
    };
    await client.create(Pods, pod);
    const conditions = [{ type: 'Ready', status: 'True' }];
    const status = { metadata: { name: 'pod', namespace }, status: { conditions } };
    type Pod = KubeObject & { spec: { containers: { image: string }[] }; status: { conditions: unknown[] } };
    const applied = await client.apply<Pod>(Pods, status, { fieldManager: 'ours', subresource: 'status' });
    expect(applied.status.conditions).toMatchObject(conditions);
    expect(applied.spec.containers[0]?.image).toBe('none');
    const patch = { status: { message: 'seen' }, spec: { nodeName: 'nope' } };
    const patched = await client.mergePatch<Pod>(
      Pods,
      { namespace, name: 'pod' },
      { patch, subresource: 'status' },
    );
    expect(patched).toMatchObject({ status: { message: 'seen' } });
    expect(patched.spec).not.toHaveProperty('nodeName');
  });
});

describe('deleting with preconditions', () => {
  it('leaves an object alone that was made since under the same name', async () => {
    const old = await client.create<ConfigMap>(ConfigMaps, configMap('reborn'));
    const ref = { namespace, name: 'reborn' };
    await client.delete(ConfigMaps, ref, { uid: old.metadata.uid });
    const young = await client.create<ConfigMap>(ConfigMaps, configMap('reborn'));
    await expect(client.delete(ConfigMaps, ref, { uid: old.metadata.uid })).rejects.toSatisfy(isConflict);
    const { resourceVersion } = young.metadata;
    await client.mergePatch(ConfigMaps, ref, { patch: { data: { a: '1' } } });
    await expect(client.delete(ConfigMaps, ref, { resourceVersion })).rejects.toSatisfy(isConflict);
    expect(await client.delete(ConfigMaps, ref, { uid: young.metadata.uid })).toBe('deleted');
  });
});

describe('reading', () => {
  it('lists in pages, each item with its apiVersion and kind', async () => {
    const many = await aNamespace(controlPlane);
    const names = Array.from({ length: 620 }, (_, at) => `item-${String(at).padStart(3, '0')}`);
    await Promise.all(
      names.map((name) =>
        client.create(ConfigMaps, { metadata: { name, namespace: many, labels: { of: 'list' } } }),
      ),
    );
    const labelSelector = 'of=list';
    const { items, resourceVersion } = await client.list<ConfigMap>(ConfigMaps, {
      namespace: many,
      labelSelector,
    });
    expect(items.map((item) => item.metadata.name).sort()).toEqual(names);
    expect(items.every((item) => item.apiVersion === 'v1' && item.kind === 'ConfigMap')).toBe(true);
    expect(Number(resourceVersion)).toBeGreaterThan(0);
    const fieldSelector = 'metadata.name=item-007';
    expect((await client.list(ConfigMaps, { namespace: many, fieldSelector })).items).toHaveLength(1);
  });

  it('reads only metadata when asked, so that no secret data travels', async () => {
    await client.create(Secrets, {
      metadata: { name: 'hidden', namespace },
      stringData: { key: 'canary' },
    });
    const ref = { namespace, name: 'hidden' };
    const seen = await client.get(Secrets, ref, { metadataOnly: true });
    expect(seen.metadata.name).toBe('hidden');
    expect(seen).not.toHaveProperty('data');
    const { items } = await client.list(Secrets, { namespace, metadataOnly: true });
    expect(items.map((item) => [item.kind, 'data' in item])).toEqual([['Secret', false]]);
    expect(await client.get(Secrets, ref)).toHaveProperty('data');
  });

  it('answers many reads at once over few connections', async () => {
    const reads = Array.from({ length: 500 }, () => client.get(Namespaces, { name: namespace }));
    const seen = await Promise.all(reads);
    expect(new Set(seen.map((one) => one.metadata.uid)).size).toBe(1);
  });

  it('knows how far the clock of the server is away', async () => {
    await client.raw('GET', '/version');
    expect(Math.abs(client.clockOffsetMs() ?? Number.NaN)).toBeLessThan(1500);
  });
});

describe('reviews, subresources and raw paths', () => {
  it('creates a cluster-wide review, which has no name', async () => {
    const review = {
      spec: { user: 'nobody', resourceAttributes: { verb: 'get', resource: 'pods', namespace } },
    };
    type Review = KubeObject & { status: { allowed: boolean } };
    const answer = await client.create<Review>(SubjectAccessReviews, review);
    expect(answer.status.allowed).toBe(false);
  });

  it('requests a token of a ServiceAccount, and the token is good', async () => {
    const ref = { namespace, name: 'default' };
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 600 },
    };
    type Answer = { status: { token: string } };
    const { status } = await client.createSubresource<Answer>(ServiceAccounts, ref, {
      subresource: 'token',
      body,
    });
    expect(status.token.split('.')).toHaveLength(3);
  });

  it('returns any status of a raw path', async () => {
    expect(await client.raw('GET', '/readyz')).toMatchObject({ status: 200, body: 'ok' });
    expect(await client.raw('GET', '/apis/no.such.group')).toMatchObject({ status: 404 });
  });

  it('says who was refused what, without the request', async () => {
    const kubeconfigPath = await controlPlane.userKubeconfig('mallory', []);
    const mallory = await createKubeClient({ kubeconfigPath });
    const me = await mallory.create<KubeObject & { status: unknown }>(SelfSubjectReviews, {});
    expect(me.status).toMatchObject({ userInfo: { username: 'mallory' } });
    const body = { metadata: { name: 'canary', namespace }, stringData: { key: 'do-not-repeat' } };
    const refused: unknown = await mallory.create(Secrets, body).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(KubeError);
    expect(refused).toMatchObject({ status: 403, reason: 'Forbidden' });
    expect(JSON.stringify(refused) + (refused as Error).message).not.toContain('do-not-repeat');
    await mallory.close();
  });
});
