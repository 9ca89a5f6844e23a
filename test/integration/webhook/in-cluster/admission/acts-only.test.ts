/** The webhook is asked about acts of access and about nothing else: what the API server sends, for each kind and write. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import type { KubeClient } from '../../../../../kube/api/client.ts';
import { createKubeClient } from '../../../../../kube/api/create-client.ts';
import type { KubeObject } from '../../../../../kube/objects.ts';
import { type RunningAdmission, startAdmission } from '../../../../../webhook/in-cluster/admission/start.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';
import { applyPatch, mergePatch } from '../../../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../../../kit/control-plane/control-plane.ts';
import { freePort } from '../../../../kit/control-plane/free-port.ts';
import { installChart, releaseNamespace } from '../../../../kit/installation/install.ts';
import { noIdentities } from '../../../../kit/objects/no-identities.ts';
import {
  application,
  collection,
  grant,
  type Kind,
  lock,
  matrix,
  policy,
  user,
} from '../../../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../../../kit/vitest/use-control-plane.ts';

let controlPlane: ControlPlane;
let client: KubeClient;
let admission: RunningAdmission;
const asked: NewRecord[] = [];
let serial = 0;

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  const port = await freePort();
  const url = `https://127.0.0.1:${port}/${randomBytes(12).toString('hex')}`;
  await installChart(controlPlane, { webhook: { url } });
  const account = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook');
  client = await createKubeClient({ kubeconfigPath: account.kubeconfig });
  admission = await startAdmission({
    client,
    namespace: releaseNamespace,
    bind: '127.0.0.1',
    port,
    serviceName: 'support-access-webhook',
    url,
    now: Date.now,
    onCertificate: () => undefined,
    onProblem: (error) => {
      throw error;
    },
    deps: {
      ...noIdentities,
      judge: () => Promise.resolve({ problems: [], warnings: [] }),
      advise: async () => [],
      record: async (record) => void asked.push(record),
      tell: () => undefined,
      appendInBackground: (record) => void asked.push(record),
      stamp: () => {
        serial += 1;
        const id = `019aa000-0000-7000-8000-${serial.toString(16).padStart(12, '0')}`;
        return { id, time: new Date().toISOString() };
      },
    },
  });
  // The configuration that the API server goes by may be a moment older than the one that it serves.
  await eventually(async () => {
    await send('POST', collection(user), user.base());
    await send('DELETE', `${collection(user)}/ada`);
    expect(asked.map(({ target }) => target?.action)).toContain('DELETE');
  });
});

afterAll(async () => {
  await admission?.stop();
  await client?.close();
});

/**
 * Sends, and waits until the API server's cache has what was written. A patch is made on the cached object first, and made again
 * where that was stale: the webhook would be asked of a change that is none, or twice of one.
 */
async function send(method: string, path: string, body?: unknown, contentType?: string): Promise<string> {
  const { text } = await controlPlane.admin.send(method, path, {
    ...(body === undefined ? {} : { body }),
    ...(contentType === undefined ? {} : { contentType }),
  });
  if (!['POST', 'PUT', 'PATCH'].includes(method)) return text;
  const { name, resourceVersion } = (JSON.parse(text) as KubeObject).metadata;
  const [written = ''] = path.replace(/\/status$/, '').split('?');
  const object = method === 'POST' ? `${written}/${name}` : written;
  await controlPlane.admin.send('GET', `${object}?resourceVersion=${resourceVersion}`);
  return text;
}

/** What the webhook was asked of this kind while `act` ran, as `CREATE`, `UPDATE` or `DELETE`. */
async function askedDuring(kind: Kind, act: () => Promise<unknown>): Promise<(string | undefined)[]> {
  const before = asked.length;
  await act();
  return asked.slice(before).flatMap(({ target }) => (target?.kind === kind.kind ? [target.action] : []));
}

const disabledGrant: Kind = {
  ...grant,
  base: () => ({ ...grant.base(), spec: { ...grant.base().spec, access: 'Disabled' } }),
};

describe.each([
  ['an enabled policy', policy, { gateway: { host: 'other.example.com' } }],
  ['an application', application, { serviceRef: { port: 8081 } }],
  ['a disabled grant', disabledGrant, { reason: 'why' }],
  ['a person', user, { displayName: 'A. Lovelace' }],
  ['a matrix', matrix, undefined],
] as const)('of %s', (_what, kind, spec) => {
  const path = `${collection(kind)}/${kind.base().metadata.name}`;
  const patch = (body: unknown) => send('PATCH', path, body, mergePatch);

  it('its creation, its changes and its deletion are asked about, and nothing that leaves its spec as it is', async () => {
    expect(await askedDuring(kind, () => send('POST', collection(kind), kind.base()))).toEqual(['CREATE']);
    const idle = await askedDuring(kind, async () => {
      for (let times = 0; times < 20; times++)
        await patch({ metadata: { annotations: { note: `${times}` } } });
      await patch({ metadata: { annotations: { note: null } } });
      await patch({ metadata: { labels: { team: 'a' } } });
      await patch({ metadata: { finalizers: ['example.com/hold'] } });
      await patch({ metadata: { finalizers: null } });
      await patch({});
      await send('PUT', path, JSON.parse(await send('GET', path)));
      // Managed fields alone: another manager applies what is there already.
      await send('PATCH', `${path}?fieldManager=git&force=true`, kind.base(), applyPatch);
      await patch({ status: { observedGeneration: 1 } });
      await send('PATCH', `${path}/status`, { status: { observedGeneration: 7 } }, mergePatch);
    });
    expect(idle).toEqual([]);
    if (spec !== undefined) expect(await askedDuring(kind, () => patch({ spec }))).toEqual(['UPDATE']);
    expect(await askedDuring(kind, () => send('DELETE', path))).toEqual(['DELETE']);
  });
});

it('of a lock its creation, the reason to lift it and its deletion are asked about, and no other annotation', async () => {
  const path = `${collection(lock)}/${lock.base().metadata.name}`;
  const annotate = (annotations: Readonly<Record<string, string | null>>) =>
    send('PATCH', path, { metadata: { annotations } }, mergePatch);
  expect(await askedDuring(lock, () => send('POST', collection(lock), lock.base()))).toEqual(['CREATE']);
  expect(await askedDuring(lock, () => annotate({ note: 'x' }))).toEqual([]);
  const lifting = { 'supportaccess.dev/unlock-reason': 'it is over' };
  expect(await askedDuring(lock, () => annotate(lifting))).toEqual(['UPDATE']);
  expect(await askedDuring(lock, () => annotate({ ...lifting, note: null }))).toEqual([]);
  expect(await askedDuring(lock, () => send('DELETE', path))).toEqual(['DELETE']);
});

it('what a null leaves to the default is no change, and of many that are deleted at once each is asked about', async () => {
  for (const name of ['one', 'two']) {
    const { metadata, ...rest } = disabledGrant.base();
    await send('POST', collection(grant), { ...rest, metadata: { ...metadata, name } });
  }
  const nulled = { spec: { access: null, allowedCIDRs: null, startTime: null } };
  const patched = () => send('PATCH', `${collection(grant)}/one`, nulled, mergePatch);
  await patched();
  expect(await askedDuring(grant, patched)).toEqual([]);
  expect(await askedDuring(grant, () => send('DELETE', collection(grant)))).toEqual(['DELETE', 'DELETE']);
});
