/** The real kubectl through the gateway, within a grant and beyond it; and what the API server behind it was asked as. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../../../crds/audit/record.ts';
import { kinds } from '../../../../crds/kinds.ts';
import { ConfigMaps, Pods } from '../../../../kube/resources.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import type { KubectlResult, OwnControlPlane } from '../../../kit/control-plane/control-plane.ts';
import {
  aGatewayInProcess,
  type GatewayInProcess,
  type GatewayWish,
} from '../../../kit/installation/gateway-in-process.ts';
import { unlock } from '../../../kit/installation/grant-setting.ts';
import { makeOutputs, removeAccount } from '../../../kit/installation/open-outputs.ts';
import type { Person } from '../../../kit/people/http-person.ts';
import { type KubectlWayIn, startKubectlWayIn } from '../../../kit/people/kubectl-way-in.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';
import { beyond } from './beyond-a-grant.ts';

let controlPlane: OwnControlPlane;
let installation: GatewayInProcess;
let ada: Person;
let wayIn: KubectlWayIn;

const door = '/support-access/kube/ecase/case-4711';
const rules: NonNullable<GatewayWish['rules']> = [
  { apiGroups: [''], resources: ['pods', 'configmaps', 'pods/log'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'], verbs: ['get'] },
];

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  installation = await aGatewayInProcess(controlPlane, (_, response) => response.end(), { rules });
  const { admin } = installation;
  await makeOutputs(installation, await installation.read());
  const metadata = { namespace: 'ecase', name: 'settings' };
  await admin.create(ConfigMaps, { metadata, data: { owner: 'grace@example.com', colour: 'green' } });
  const container = { name: 'web', image: 'registry.example/web:1' };
  await admin.create(Pods, {
    metadata: { namespace: 'ecase', name: 'web-1' },
    spec: { containers: [container] },
  });
  ada = await installation.withSession();
  const cookie = ada.cookies.headerFor(new URL(installation.support)) ?? '';
  wayIn = await startKubectlWayIn(`${installation.support}${door}`, { ca: installation.ca, cookie });
});

afterAll(async () => {
  await wayIn?.stop();
  await installation?.stop();
});

const noConfig = { kubeconfig: '/dev/null' };
const kubectl = (...args: readonly string[]): Promise<KubectlResult> =>
  controlPlane.kubectl(['--server', wayIn.url, ...args], noConfig);
const refused = async (...args: readonly string[]): Promise<string> =>
  (await controlPlane.kubectl(['--server', wayIn.url, ...args], { ...noConfig, expectFailure: true })).stderr;
const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  ada.visit(`${installation.support}${path}`, {
    method,
    stay: true,
    headers: { accept: 'application/json', ...headers },
  });

async function records(): Promise<StoredRecord[]> {
  const lines = await installation.store.read({ after: 0, limit: 100_000 });
  return lines
    .map((line) => JSON.parse(line) as StoredRecord)
    .filter(({ target }) => target?.area === 'kube-api');
}

describe('kubectl within a grant', () => {
  it('lists pods as a table, printed by the API server', async () => {
    const { stdout } = await kubectl('get', 'pods', '-n', 'ecase');
    expect(stdout).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\nweb-1 +0\/1 +Pending/);
  });

  it('reads an object as YAML and JSON, with what the matrix hides taken out', async () => {
    for (const format of ['yaml', 'json']) {
      const { stdout } = await kubectl('get', 'configmap', 'settings', '-n', 'ecase', '-o', format);
      expect(stdout).toContain('green');
      expect(stdout).toContain('e-mail-hidden');
      expect(stdout).not.toContain('grace@');
    }
  });

  it('selects by labels and fields, and reads page by page', async () => {
    const by = (...more: readonly string[]) => kubectl('get', 'pods', '-n', 'ecase', '-o', 'name', ...more);
    expect((await by('--field-selector', 'metadata.name=web-1')).stdout).toBe('pod/web-1\n');
    expect((await by('-l', 'app notin (x,y),!old')).stdout).toBe('pod/web-1\n');
    expect((await by('--chunk-size=1')).stdout).toBe('pod/web-1\n');
    expect((await by('-l', 'app=other')).stdout).toBe('');
  });

  it('is shown by discovery what the matrix gives, and nothing more', async () => {
    const { stdout } = await kubectl('api-resources', '--no-headers', '-o', 'wide');
    const shown = stdout
      .trim()
      .split('\n')
      .map((line) => [line.split(/ +/)[0], / ([a-z,]+) *\w*$/.exec(line.trim())?.[1]]);
    expect(shown.map(([name]) => name)).toEqual(['configmaps', 'pods', 'deployments']);
    expect(stdout).not.toMatch(/create|delete|patch|update/);
    for (const path of ['/api/v1', '/apis', '/apis/apps/v1', '/api', '/apis/apps']) {
      const { status, body } = await ask(`${door}${path}`);
      expect(status, path).toBe(200);
      expect(body, path).not.toMatch(/secrets|create|supportaccess|rbac|10\.96/);
    }
  });

  it('acts as the account of this person under this grant, with our record as the id of its audit', async () => {
    const { headers } = await ask(`${door}/api/v1/namespaces/ecase/pods`);
    const all = await records();
    const intent = all.find(({ id }) => id === headers['audit-id']);
    expect(intent).toMatchObject({
      phase: 'intent',
      actor: { name: 'ada' },
      target: { action: 'list', kind: 'pods', namespace: 'ecase' },
      decision: { effect: 'allow', matrix: 'ecase-1' },
    });
    await eventually(async () => {
      const outcome = (await records()).find(({ cause }) => cause === intent?.id);
      expect(outcome).toMatchObject({ phase: 'outcome', outcome: { status: 200, upstream: 'answered' } });
    });
  });
});

describe('kubectl beyond a grant', () => {
  it.each(Object.entries(beyond))(
    'is refused %s, with a Status and a record',
    async (_, [line, reason, detail]) => {
      const [method = '', path = ''] = line.split(' ');
      const before = (await records()).length;
      const { status, body } = await ask(`${door}${path}`, {}, method);
      const told = JSON.parse(body) as { kind: string; message: string; code: number };
      expect(told).toMatchObject({ kind: 'Status', code: reason === 'BadRequest' ? 400 : 403 });
      expect(status).toBe(told.code);
      expect(told.message).toContain(`support access: ${reason}`);
      await eventually(async () => {
        const [record, ...more] = (await records()).slice(before);
        expect(more).toEqual([]);
        expect(record).toMatchObject({
          phase: 'point',
          actor: { name: 'ada' },
          decision: { effect: 'deny', reason },
        });
        expect(record?.message).toMatch(detail);
      });
    },
  );

  it('reads the reason and its sentence from kubectl', async () => {
    expect(await refused('get', 'pods', '-n', 'default')).toMatch(
      /^Error from server \(Forbidden\): The permission matrix does not allow list of pods in namespace default under this grant\. \(support access: ActionNotAllowed, record [\w-]+\)/,
    );
    expect(await refused('delete', 'pod', 'web-1', '-n', 'ecase')).toContain('does not allow delete of pods');
    expect(await refused('exec', 'web-1', '-n', 'ecase', '--', 'id')).toMatch(
      /does not allow|unable to upgrade/,
    );
  });

  it('is refused another grant than that of the session, and every other address below', async () => {
    const other = await ask('/support-access/kube/ecase/case-1/api/v1/namespaces/ecase/pods');
    expect(other.status).toBe(403);
    expect(other.body).toContain(
      'The session is for the grant ecase/case-4711, and the address names another one',
    );
    expect((await ask('/support-access/kube/ecase')).status).toBe(421);
  });

  it('is refused who claims to be another, who has no session, and a page of another origin', async () => {
    const pods = `${door}/api/v1/namespaces/ecase/pods`;
    for (const name of ['impersonate-user', 'impersonate-group', 'x-remote-user', 'impersonate-extra-scopes'])
      expect((await ask(pods, { [name]: 'admin' })).status, name).toBe(400);
    expect(
      (await ask(pods, { 'sec-fetch-site': 'same-site', origin: installation.application })).status,
    ).toBe(403);
    const stranger = await startKubectlWayIn(`${installation.support}${door}`, {
      ca: installation.ca,
      cookie: '',
    });
    const { stderr } = await controlPlane.kubectl(
      ['--server', stranger.url, 'get', 'pods', '-n', 'ecase', '--token', 'eyJhbGciOiJub25lIn0.e30.'],
      { ...noConfig, expectFailure: true },
    );
    await stranger.stop();
    expect(stderr).toContain('You must be logged in to the server');
  });
});

describe('what is taken back', () => {
  it('follows a watch, each event masked, until a lock cuts it within a second', async () => {
    const child = spawn(
      controlPlane.binaries.kubectl,
      [
        '--server',
        wayIn.url,
        'get',
        'configmaps',
        '-n',
        'ecase',
        '-w',
        '--output-watch-events',
        '-o',
        'json',
      ],
      { env: { KUBECONFIG: '/dev/null', HOME: controlPlane.directory } },
    );
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise<number>((resolve) => child.once('close', () => resolve(performance.now())));
    await eventually(() => expect(said).toContain('"settings"'));
    const metadata = { namespace: 'ecase', name: 'later' };
    await installation.admin.create(ConfigMaps, { metadata, data: { to: 'linus@example.com' } });
    await eventually(() => expect(said).toContain('"later"'));
    expect(said).not.toMatch(/grace@|linus@/);
    const { grant } = await installation.read();
    const lock = `grant.${grant.metadata.uid}`;
    await installation.admin.create(kinds.SupportAccessLock, {
      metadata: { name: lock },
      spec: { reason: 'stop' },
    });
    const lockedAt = performance.now();
    expect((await ended) - lockedAt).toBeLessThan(1000);
    expect(await refused('get', 'pods', '-n', 'ecase')).toContain('Locked');
    await unlock(installation.admin, lock);
  });

  it('is the account too: without it nothing is asked of the API server', async () => {
    await eventually(async () => {
      ada = await installation.withSession();
      expect((await ask(`${door}/api/v1/namespaces/ecase/pods`)).status).toBe(200);
    });
    const { grant, user } = await installation.read();
    await removeAccount(installation, { grant, user });
    const { status, body } = await ask(`${door}/api/v1/namespaces/ecase/pods`);
    expect(status).toBe(503);
    expect(body).toContain('support access: StateUnavailable');
  });
});
