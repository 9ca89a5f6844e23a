/**
 * Who did it, with the product and a real API server: with its client certificate and without, told truly and invented.
 * What is invented is posted as anyone can who may read the webhook's configuration.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { StoredRecord } from '../../../../crds/audit/record.ts';
import { call } from '../../../kit/cli/call.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import type { ControlPlane } from '../../../kit/control-plane/control-plane.ts';
import { freePort } from '../../../kit/control-plane/free-port.ts';
import { type PostReview, reviewInventor } from '../../../kit/control-plane/invented-reviews.ts';
import { createAuthority } from '../../../kit/control-plane/pki.ts';
import { createStateDirectory } from '../../../kit/control-plane/state-directory.ts';
import { anInstallation, type Installation } from '../../../kit/installation/installation.ts';
import type { ProductProcess } from '../../../kit/installation/product-process.ts';
import { startOperator, startWebhook } from '../../../kit/installation/programs.ts';
import { grant, type Sent } from '../../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let cp: ControlPlane;
let installation: Installation;
let webhook: ProductProcess;
/** Starts the webhook with this beside its flags. */
let startAgain: (env: Readonly<Record<string, string>>) => Promise<ProductProcess>;
let grace: string;
let post: PostReview;
/** With these, the webhook asks the API server for its certificate. */
let askingForProof: Readonly<Record<string, string>>;

beforeAll(async () => {
  const directory = createStateDirectory();
  const authority = await createAuthority('clients of webhooks');
  const { certificate, key } = await authority.issueClient({ commonName: 'kube-apiserver' });
  const write = (name: string, content: unknown): string => {
    const path = join(directory, name);
    writeFileSync(path, typeof content === 'string' ? content : stringify(content), { mode: 0o600 });
    return path;
  };
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const user = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
  const kubeConfigFile = write('webhooks.kubeconfig', {
    apiVersion: 'v1',
    kind: 'Config',
    users: [{ name: '*', user }],
  });
  const configuration = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'WebhookAdmissionConfiguration',
    kubeConfigFile,
  };
  const admissionConfiguration = write('admission.yaml', {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [{ name: 'ValidatingAdmissionWebhook', configuration }],
  });
  askingForProof = {
    SUPPORT_ACCESS_API_SERVER_CLIENT_CA_FILE: write('clients.crt', authority.certificate),
    SUPPORT_ACCESS_API_SERVER_CLIENT_NAMES: 'kube-apiserver',
  };
  cp = await dedicatedControlPlane({
    apiServerFlags: [`--admission-control-config-file=${admissionConfiguration}`],
  });
  await startBoth();
  await cp.kubectl([
    'create',
    'clusterrolebinding',
    'grace',
    '--clusterrole=support-access-administrator',
    '--user=grace',
  ]);
  grace = await cp.userKubeconfig('grace');
  post = await reviewInventor(cp);
});

async function startBoth(): Promise<void> {
  const admissionUrl = `https://127.0.0.1:${await freePort()}/${randomBytes(16).toString('hex')}`;
  installation = await anInstallation(cp, { values: { webhook: { url: admissionUrl } } });
  const { teardown, directory } = installation;
  const recordsPort = await freePort();
  const { kubeconfig } = await installation.account('webhook');
  startAgain = async (env) =>
    startWebhook({ kubeconfig, env, dataDirectory: directory, admissionUrl, recordsPort });
  webhook = await startAgain({});
  teardown.add(() => webhook.stop());
  const operator = await startOperator({
    kubeconfig: (await installation.account('operator')).kubeconfig,
    recordsUrl: `https://127.0.0.1:${recordsPort}`,
    recordsTokenFile: (await installation.recordsToken('operator')).tokenFile,
  });
  teardown.add(() => operator.stop());
}

afterAll(() => installation?.stop());

const aGrant = (name: string, spec: Record<string, unknown> = {}): Sent => {
  const object = grant.base();
  return {
    ...object,
    metadata: { ...object.metadata, name },
    spec: { ...object.spec, access: 'Disabled', ...spec },
  };
};
const asGrace = (verb: string, object: Sent) =>
  cp.kubectl([verb, '-f', '-'], { input: JSON.stringify(object), kubeconfig: grace });

interface Stored extends Sent {
  readonly metadata: Sent['metadata'] & { uid: string; generation: number };
  readonly status?: { readonly requester?: Readonly<Record<string, unknown>> };
}

async function stored(name: string): Promise<Stored> {
  const { stdout } = await cp.kubectl(['get', '-n', 'default', 'sag', name, '-o', 'json']);
  return JSON.parse(stdout) as Stored;
}

async function recordsAbout(name: string): Promise<StoredRecord[]> {
  const file = join(installation.directory, 'records.db');
  const { out } = await call(['records', 'print', '--file', file, '-o', 'json']);
  const all = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StoredRecord);
  return all.filter(({ target, grant: of }) => target?.name === name || of?.name === name);
}

/** Waits until admission and operator have recorded the write of this generation; their requesters by type. */
async function requestersOf(name: string, generation: number): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const found = (await recordsAbout(name)).filter(
      ({ target, grant: of }) => (target?.generation ?? of?.generation) === generation,
    );
    const types = generation === 1 ? 'grant.created' : 'grant.changed';
    // The request is recorded in the background where the write opens nothing, so it may be the last of the three.
    const three = ['admission.requested', 'admission.stored', types];
    expect(found.map(({ type }) => type)).toEqual(expect.arrayContaining(three));
    const wanted = found.filter(({ requester }) => requester !== undefined);
    return Object.fromEntries(wanted.map(({ type, requester }) => [type, requester]));
  });
}

/** Reviews that tell of writes that never were, or of stored ones when they are stored. */
async function postInventions(name: string): Promise<void> {
  const now = await stored(name);
  const next = { ...now, metadata: { ...now.metadata, generation: now.metadata.generation + 1 } };
  const enabled = { ...next, spec: { ...now.spec, access: 'Enabled' } };
  const nameless = { ...enabled, metadata: { name: 'never-there', namespace: 'default' } };
  for (const path of ['decide', 'record'] as const) {
    for (const review of [
      { operation: 'CREATE', name, object: { ...now, metadata: { ...now.metadata, generation: 1 } } },
      { operation: 'CREATE', name, object: now },
      { operation: 'CREATE', name: 'never-there', object: nameless },
      { operation: 'UPDATE', name, object: now, oldObject: { ...now, spec: {} } },
      { operation: 'UPDATE', name, object: enabled, oldObject: now },
      { operation: 'UPDATE', name, object: { ...next, spec: { reason: 5 } }, oldObject: now },
      { operation: 'DELETE', name, object: null, oldObject: { ...now, spec: {} } },
      { operation: 'DELETE', name, object: null, oldObject: { ...now, spec: { reason: 6 } } },
    ])
      expect(await post(path, review)).toBe(200);
  }
}

describe('without a client certificate of the API server', () => {
  it('a true write is claimed: in the records of admission and operator, and in the status', async () => {
    await asGrace('create', aGrant('claimed'));
    const claimed = { certainty: 'claimed', username: 'grace' };
    const requesters = await requestersOf('claimed', 1);
    expect(requesters).toMatchObject({
      'admission.requested': { certainty: 'unknown' },
      'admission.stored': claimed,
      'grant.created': claimed,
    });
    await eventually(async () => {
      expect((await stored('claimed')).status?.requester).toEqual({ ...claimed, generation: 1 });
    });
    const asked = (await recordsAbout('claimed')).filter(({ type }) => type === 'admission.requested');
    expect(JSON.stringify(asked)).not.toContain('grace');
  });

  it('an invented write never has a name, and takes none from a true one', async () => {
    await postInventions('claimed');
    await asGrace('apply', aGrant('claimed', { reason: 'another' }));
    expect(await requestersOf('claimed', 2)).toMatchObject({ 'grant.changed': { username: 'grace' } });
    const all = [...(await recordsAbout('claimed')), ...(await recordsAbout('never-there'))];
    expect(JSON.stringify(all)).not.toContain('mallory');
    expect((await stored('claimed')).status?.requester).toMatchObject({ username: 'grace' });
  });

  it('a write of which two tell has no requester', async () => {
    const now = await stored('claimed');
    const object = {
      ...now,
      metadata: { ...now.metadata, generation: 3 },
      spec: { ...now.spec, reason: 'both' },
    };
    expect(await post('record', { operation: 'UPDATE', name: 'claimed', object, oldObject: now })).toBe(200);
    await asGrace('apply', aGrant('claimed', { reason: 'both' }));
    expect(await requestersOf('claimed', 3)).toMatchObject({
      'admission.stored': { certainty: 'unknown' },
      'grant.changed': { certainty: 'unknown' },
    });
  });

  it('a creation that failed is recorded as asked for, never as allowed or stored', async () => {
    const input = JSON.stringify(aGrant('claimed'));
    await cp.kubectl(['create', '-f', '-'], { input, kubeconfig: grace, expectFailure: true });
    const { uid } = (await stored('claimed')).metadata;
    const others = (await recordsAbout('claimed')).filter(
      ({ target }) => target?.action === 'CREATE' && target.uid !== uid,
    );
    expect(new Set(others.map(({ type }) => type))).toEqual(new Set(['admission.requested']));
    const all = await recordsAbout('claimed');
    expect(
      all.filter(({ type, decision }) => type.startsWith('admission') && decision?.effect === 'allow'),
    ).toEqual([]);
  });

  it('a deletion is claimed too', async () => {
    await cp.kubectl(['delete', '-n', 'default', 'sag', 'claimed'], { kubeconfig: grace });
    await eventually(async () => {
      const gone = (await recordsAbout('claimed')).find(({ type }) => type === 'grant.deleted');
      expect(gone?.requester).toMatchObject({ certainty: 'claimed', username: 'grace' });
    });
  });
});

describe('with a client certificate of the API server', () => {
  beforeAll(async () => {
    await webhook.stop();
    webhook = await startAgain(askingForProof);
  });

  it('a true write is proved, whatever is invented about it beside', async () => {
    await asGrace('create', aGrant('proved'));
    const proved = { certainty: 'proved', username: 'grace' };
    expect(await requestersOf('proved', 1)).toMatchObject({
      'admission.requested': proved,
      'admission.stored': proved,
      'grant.created': proved,
    });
    const now = await stored('proved');
    const object = {
      ...now,
      metadata: { ...now.metadata, generation: 2 },
      spec: { ...now.spec, reason: 'next' },
    };
    await post('record', { operation: 'UPDATE', name: 'proved', object, oldObject: now });
    await asGrace('apply', aGrant('proved', { reason: 'next' }));
    expect(await requestersOf('proved', 2)).toMatchObject({ 'grant.changed': proved });
    await postInventions('proved');
    expect(JSON.stringify(await recordsAbout('proved'))).not.toContain('mallory');
  });

  it('what is invented in thousands is counted, and true writes are recorded one by one', async () => {
    const review = { operation: 'CREATE', name: 'many', object: { metadata: { name: 'many' }, spec: {} } };
    await Promise.all(Array.from({ length: 3000 }, () => post('record', review)));
    await asGrace('create', aGrant('beside'));
    expect(await requestersOf('beside', 1)).toMatchObject({ 'admission.requested': { certainty: 'proved' } });
    const alone = (await recordsAbout('many')).length;
    expect(alone).toBeGreaterThan(2000);
    expect(alone).toBeLessThan(2700);
  });
});
