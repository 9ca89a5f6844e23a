/**
 * People who read the records of a real installation, as the API server knows them: by the client certificate of their
 * kubeconfig, or by the reader account that the chart makes for them. And all who would pass for another.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { StoredRecord } from '../../../../../crds/audit/record.ts';
import { readerAccount } from '../../../../../crds/names.ts';
import { createKubeClient } from '../../../../../kube/api/create-client.ts';
import { createAccess } from '../../../../../webhook/callers/access.ts';
import { createReaders } from '../../../../../webhook/in-cluster/records/readers.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';
import { type Caller, callerOf } from '../../../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../../../kit/control-plane/control-plane.ts';
import { createAuthority } from '../../../../kit/control-plane/pki.ts';
import {
  installChart,
  releaseNamespace,
  webhookConfigurations,
} from '../../../../kit/installation/install.ts';
import type { RecordsServer } from '../../../../kit/records/records-server.ts';
import { serveRecords } from '../../../../kit/records/served-records.ts';
import { dedicatedControlPlane } from '../../../../kit/vitest/use-control-plane.ts';

const ada = 'ada@example.com';
const eve = 'eve@example.com';
const account = readerAccount.of(ada);
const namespaced = `/api/v1/namespaces/${releaseNamespace}`;

let cp: ControlPlane;
const stops: (() => void)[] = [];

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  const values = { records: { readers: [{ user: ada }, { user: 'quote"\'\\<é>' }] } };
  await installChart(cp, values, { without: webhookConfigurations });
});

afterAll(() => {
  for (const stop of stops) stop();
});

/** The server as the webhook would run it, with the rights of its account. */
async function aServer(): Promise<RecordsServer> {
  const webhook = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook');
  stops.push(() => webhook.stop());
  const client = await createKubeClient({ kubeconfigPath: webhook.kubeconfig });
  onTestFinished(() => client.close());
  return serveRecords({
    access: createAccess({ client, clock: () => performance.now() }),
    readers: createReaders({ client, releaseNamespace }),
  });
}

interface Shown {
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

async function read(served: RecordsServer, { token, ...identity }: Shown) {
  const dispatcher = new Agent({ connect: { ca: served.ca, ...identity } });
  onTestFinished(() => dispatcher.destroy());
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await request(`${served.url}/v1/records`, { dispatcher, headers });
  return { status: response.statusCode, text: await response.body.text() };
}

async function certificateOf(user: string, ...groups: readonly string[]): Promise<Shown> {
  const path = await cp.userKubeconfig(user, groups);
  const { users } = parse(readFileSync(path, 'utf8')) as { users: [{ user: Record<string, string> }] };
  const decoded = (key: string) => Buffer.from(users[0].user[key] ?? '', 'base64').toString('utf8');
  return { cert: decoded('client-certificate-data'), key: decoded('client-key-data') };
}

const whoRead = async (served: RecordsServer): Promise<string[]> =>
  (await served.all()).filter(({ type }) => type === 'audit.read').map(({ actor }) => actor.name);

async function mayRead(name: string, subject: string): Promise<void> {
  const role = '--clusterrole=support-access-auditor';
  await cp.kubectl(['create', 'clusterrolebinding', name, role, subject]);
}

interface TokenSpec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number;
}

const forRecords: TokenSpec = { audiences: ['support-access'], expirationSeconds: 600 };

async function requestToken(caller: Caller, name = account, spec: TokenSpec = forRecords) {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  return caller('POST', `${namespaced}/serviceaccounts/${name}/token`, { body });
}

/** What the API server says that this caller may do in a namespace, a rule a text. */
async function rulesOf(
  namespace: string,
  headers: Readonly<Record<string, string | string[]>>,
): Promise<string[]> {
  const client = await createKubeClient({ kubeconfigPath: cp.kubeconfig });
  onTestFinished(() => client.close());
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  };
  const { status, body } = await client.raw('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(review),
  });
  expect(status, body).toBe(201);
  const { resourceRules, nonResourceRules } = (
    JSON.parse(body) as { status: { resourceRules: object[]; nonResourceRules: object[] } }
  ).status;
  return [...resourceRules, ...nonResourceRules].map((rule) => JSON.stringify(rule));
}

async function tokenOf(user: string): Promise<string> {
  const { status, text, body } = await requestToken(callerOf(await cp.userKubeconfig(user)));
  expect(status, text).toBe(201);
  return (body as { status: { token: string } }).status.token;
}

describe('a person with a client certificate of the cluster', () => {
  it('reads with the right alone, by user or by group, and is recorded by name', async () => {
    const served = await aServer();
    await mayRead('grace-reads', '--user=grace');
    await mayRead('team-reads', '--group=audit-team');
    const [grace, tom, bob] = await Promise.all([
      certificateOf('grace'),
      certificateOf('tom', 'audit-team'),
      certificateOf('bob', 'other-team'),
    ]);
    await eventually(async () => expect((await read(served, grace)).status).toBe(200));
    expect((await read(served, tom)).status).toBe(200);
    expect((await read(served, bob)).status).toBe(403);
    expect(await whoRead(served)).toEqual(['grace', 'tom']);
  });

  it('reads no more within seconds of losing the right', async () => {
    const served = await aServer();
    await mayRead('ruth-reads', '--user=ruth');
    const ruth = await certificateOf('ruth');
    await eventually(async () => expect((await read(served, ruth)).status).toBe(200));
    await cp.kubectl(['delete', 'clusterrolebinding', 'ruth-reads']);
    await eventually(async () => expect((await read(served, ruth)).status).toBe(403), { within: 15_000 });
  });

  it('is no one with a certificate of another authority, and no program or node with one of ours', async () => {
    const served = await aServer();
    await mayRead('all-read', '--group=system:authenticated');
    const known = await certificateOf('henry');
    await eventually(async () => expect((await read(served, known)).status).toBe(200));
    const other = await (await createAuthority('another')).issueClient({ commonName: 'grace' });
    expect((await read(served, { cert: other.certificate, key: other.key })).status).toBe(401);
    for (const name of ['system:kube-scheduler', `system:serviceaccount:${releaseNamespace}:${account}`])
      expect((await read(served, await certificateOf(name, 'system:masters'))).status).toBe(401);
    await cp.kubectl(['delete', 'clusterrolebinding', 'all-read']);
    expect(await whoRead(served)).toEqual(['henry']);
  });

  it('is no one where the webhook may not read which authority the cluster has', async () => {
    const binding = ['rolebinding', 'support-access-webhook', '-n', 'kube-system'];
    const { stdout } = await cp.kubectl(['get', ...binding, '-o', 'json']);
    await cp.kubectl(['delete', ...binding]);
    const served = await aServer();
    const grace = await certificateOf('grace');
    expect((await read(served, grace)).status).toBe(401);
    expect(served.faults).toEqual([]);
    const { metadata, ...rest } = JSON.parse(stdout) as { metadata: { name: string; namespace: string } };
    const { name, namespace } = metadata;
    await cp.kubectl(['apply', '-f', '-'], {
      input: JSON.stringify({ ...rest, metadata: { name, namespace } }),
    });
  });
});

describe('a person with a reader account', () => {
  it('reads by its token, and is recorded by their own name', async () => {
    const served = await aServer();
    expect((await read(served, { token: await tokenOf(ada) })).status).toBe(200);
    expect(await whoRead(served)).toEqual([ada]);
    const [reading] = (await served.all()).filter(({ type }) => type === 'audit.read');
    expect((reading as StoredRecord).message).toContain(account);
  });

  it('has an account that may read the records, and nothing else that not every ServiceAccount may', async () => {
    const as = (name: string) => ({
      'impersonate-user': `system:serviceaccount:${releaseNamespace}:${name}`,
      'impersonate-group': ['system:authenticated', 'system:serviceaccounts'],
    });
    for (const namespace of [releaseNamespace, 'default', 'kube-system']) {
      const common = await rulesOf(namespace, as('without-any-right'));
      const own = (await rulesOf(namespace, as(account))).filter((rule) => !common.includes(rule));
      expect(own.map((rule) => JSON.parse(rule) as object)).toEqual([
        { verbs: ['get'], apiGroups: ['supportaccess.dev'], resources: ['auditrecords'] },
      ]);
    }
  });

  it('is the only one who may ask for its token: neither an administrator nor the kubelet nor who may for all', async () => {
    await cp.kubectl([
      'create',
      'rolebinding',
      'eve-tokens',
      '-n',
      releaseNamespace,
      '--clusterrole=admin',
      `--user=${eve}`,
    ]);
    const others: [string, Caller][] = [
      ['eve', callerOf(await cp.userKubeconfig(eve))],
      ['an administrator', callerOf(cp.kubeconfig)],
      ['a kubelet', callerOf(await cp.userKubeconfig('system:node:n', ['system:nodes', 'system:masters']))],
    ];
    for (const [who, caller] of others) {
      // The policy is in force about a second after it was applied, and the rights of a binding too.
      await eventually(async () => {
        const { status, text } = await requestToken(caller);
        expect(status, who).toBe(403);
        expect(text, who).toContain('must not be asked for by another than its person');
      });
    }
    expect((await requestToken(callerOf(await cp.userKubeconfig('bob')))).status).toBe(403);
  });

  it('gets no token for another audience, none that lasts, and none of an account that the chart does not know', async () => {
    const person = callerOf(await cp.userKubeconfig(ada));
    const refused = async (spec: TokenSpec) => (await requestToken(person, account, spec)).text;
    await eventually(async () =>
      expect(await refused({ expirationSeconds: 600 })).toContain('for the records alone'),
    );
    expect(
      await refused({ ...forRecords, audiences: ['support-access', 'https://kubernetes.default.svc'] }),
    ).toContain('for the records alone');
    expect(await refused({ ...forRecords, expirationSeconds: 601 })).toContain('ten minutes at most');
    const unknown = readerAccount.of('no one');
    await cp.kubectl(['create', 'serviceaccount', unknown, '-n', releaseNamespace]);
    const { status, text } = await requestToken(callerOf(cp.kubeconfig), unknown);
    expect(status).toBe(403);
    expect(text).toContain('its person');
  });

  it('is no one any more once its binding is gone, though the token still lives, nor with another name in it', async () => {
    const served = await aServer();
    const token = await tokenOf(ada);
    expect((await read(served, { token })).status).toBe(200);
    const { stdout } = await cp.kubectl([
      'get',
      'rolebinding',
      account,
      '-n',
      releaseNamespace,
      '-o',
      'json',
    ]);
    const { metadata, ...rest } = JSON.parse(stdout) as { metadata: object; subjects: object[] };
    const person = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: eve }];
    const input = (subjects: object[]) =>
      JSON.stringify({ ...rest, metadata: { name: account, namespace: releaseNamespace }, subjects });
    await cp.kubectl(['apply', '-f', '-'], { input: input(person) });
    await eventually(async () => expect((await read(served, { token })).status).toBe(403), {
      within: 15_000,
    });
    await cp.kubectl(['delete', 'rolebinding', account, '-n', releaseNamespace]);
    const fresh = await aServer();
    expect((await read(fresh, { token })).status).toBe(403);
    expect(await whoRead(fresh)).toEqual([]);
    await cp.kubectl(['apply', '-f', '-'], { input: input(rest.subjects) });
    expect(metadata).toBeDefined();
  });
});
