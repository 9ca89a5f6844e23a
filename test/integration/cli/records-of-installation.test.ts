/**
 * `kubectl support-access records` against an installation, as the person who types it: found, reached through the real API
 * server, its certificate verified, and the person known and recorded by name.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readerAccount } from '../../../crds/names.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { createAccess } from '../../../webhook/callers/access.ts';
import { createReaders } from '../../../webhook/in-cluster/records/readers.ts';
import { openSearch } from '../../../webhook/in-cluster/records/search/thread.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import { type Called, call } from '../../kit/cli/call.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { startConnectProxy } from '../../kit/control-plane/connect-proxy.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import {
  type ForwardingKubelet,
  startForwardingKubelet,
} from '../../kit/control-plane/forwarding-kubelet.ts';
import { installChart, releaseNamespace, webhookConfigurations } from '../../kit/installation/install.ts';
import { aRecord, withFields } from '../../kit/objects/record.ts';
import { type RecordsServer, startRecordsServer } from '../../kit/records/records-server.ts';
import { appendTo } from '../../kit/records/store-file.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { makePod, manyRequests } from './records-world.ts';

const ada = 'ada@example.com';
const service = `support-access-webhook.${releaseNamespace}.svc`;

let cp: ControlPlane;
let served: RecordsServer;
let other: RecordsServer;
let kubelet: ForwardingKubelet;
const stops: (() => unknown)[] = [];

const portOf = ({ url }: RecordsServer): number => Number(new URL(url).port);

async function aServer(): Promise<RecordsServer> {
  const webhook = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook');
  const client = await createKubeClient({ kubeconfigPath: webhook.kubeconfig });
  const path = join(cp.directory, `records-${stops.length}.db`);
  const store = await openSqliteStore({ path, origin: 'test/installation' });
  const started = await startRecordsServer({
    store,
    search: openSearch({ path }),
    access: createAccess({ client, clock: () => performance.now() }),
    readers: createReaders({ client, releaseNamespace }),
    names: [service],
  });
  stops.push(
    () => webhook.stop(),
    () => started.close(),
    () => client.close(),
  );
  return started;
}

async function apply(...objects: readonly object[]): Promise<void> {
  for (const object of objects) await cp.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
}

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  const values = { records: { readers: [{ user: ada }] } };
  await installChart(cp, values, { without: [...webhookConfigurations, 'Deployment'] });
  [served, other] = [await aServer(), await aServer()];
  const metadata = { name: 'support-access-ca', namespace: releaseNamespace };
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': served.ca } });
  kubelet = await startForwardingKubelet(cp, portOf(served));
  stops.unshift(() => kubelet.stop());
  await cp.kubectl(['create', 'serviceaccount', 'default', '-n', releaseNamespace]).catch(() => undefined);
  await makePod(cp);
  await appendTo(
    served.store,
    aRecord(withFields({ grant: { namespace: 'ecase', name: 'case-4711', uid: 'u-1' } })),
    aRecord(withFields({ actor: { kind: 'support', name: 'charles' }, time: '2026-11-01T08:00:00.000Z' })),
  );
});

afterAll(async () => {
  for (const stop of stops) await stop();
});

/** May read, and may reach: the two roles of the chart. */
async function mayRead(user: string): Promise<void> {
  const subject = `--user=${user}`;
  await cp.kubectl([
    'create',
    'clusterrolebinding',
    `${user}-reads`,
    '--clusterrole=support-access-auditor',
    subject,
  ]);
  await cp.kubectl([
    'create',
    'rolebinding',
    `${user}-reaches`,
    '-n',
    releaseNamespace,
    '--role=support-access-auditor',
    subject,
  ]);
}

const records = async (kubeconfig: string, ...words: readonly string[]): Promise<Called> =>
  call(['records', ...words, '--kubeconfig', kubeconfig], { zone: 'Europe/Berlin' });

const whoRead = async (): Promise<string[]> =>
  (await served.all()).filter(({ type }) => type === 'audit.read').map(({ actor }) => actor.name);

/** A kubeconfig of a ServiceAccount's token, which may impersonate: no client certificate is in it. */
async function byToken(name: string): Promise<string> {
  await cp.kubectl(['create', 'serviceaccount', name, '-n', 'default']);
  const subject = `--serviceaccount=default:${name}`;
  await cp.kubectl(['create', 'clusterrolebinding', name, '--clusterrole=cluster-admin', subject]);
  const account = await cp.serviceAccountKubeconfig('default', name);
  stops.push(() => account.stop());
  return account.kubeconfig;
}

describe('records of an installation', () => {
  it('are printed, headed and verified by who has a client certificate and the right, and say so', async () => {
    const grace = await cp.userKubeconfig('grace');
    await mayRead('grace');
    await eventually(async () => expect(await records(grace, 'head')).toMatchObject({ code: 0 }), {
      within: 20_000,
    });
    const printed = await records(grace, 'print');
    expect(printed.err).toBe('Times are those of Europe/Berlin.\n');
    expect(printed.out).toMatch(/grant\s+ecase\/case-4711/);
    expect(Math.max(...printed.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    const { out: head } = await records(grace, 'head');
    const verified = await records(grace, 'verify', '--head', head.trim());
    expect(verified).toMatchObject({ code: 0, err: '' });
    expect(verified.out).toContain('Intact');
    expect(await whoRead()).toEqual(['grace', 'grace']);
    expect(kubelet.asked.every((url) => url.includes('/webhook-0') && url.includes('port=8445'))).toBe(true);
  });

  it('are read through a proxy that the kubeconfig names, the forwarded port as well', async () => {
    const direct = readFileSync(await cp.userKubeconfig('grace'), 'utf8');
    const server = /server: (\S+)/.exec(direct)?.[1] ?? '';
    const proxy = await startConnectProxy({ port: Number(new URL(server).port) });
    stops.push(async () => proxy.close());
    const through = join(cp.directory, 'grace-through-proxy');
    writeFileSync(
      through,
      direct.replace(`server: ${server}`, `server: ${server}\n      proxy-url: ${proxy.url}`),
    );
    expect(await records(through, 'head')).toMatchObject({ code: 0, err: '' });
    // A tunnel for the calls, and one for the WebSocket of the port.
    expect(proxy.asked.length).toBeGreaterThanOrEqual(2);
  });

  it('are filtered by grant, person and time', async () => {
    const grace = await cp.userKubeconfig('grace');
    const printed = async (...words: readonly string[]) => {
      const { out } = await records(grace, 'print', '-o', 'json', ...words);
      return out
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { seq: string }).seq);
    };
    expect(await printed('--grant', 'ecase/case-4711')).toEqual(['2']);
    expect(await printed('--person', 'charles')).toEqual(['3']);
    expect(await printed('--until', '2026-11-02')).toEqual(['3']);
  });

  it('C42-4 ZH-8 are searched: a security officer finds one refused request among many by person and time', async () => {
    const grace = await cp.userKubeconfig('grace');
    await appendTo(served.store, ...manyRequests());
    const words = '--person hedy --decision refused --newest-first'.split(' ');
    const time = [
      '--user-type',
      'Support User',
      '--since',
      '2026-11-10 09:00',
      '--until',
      '2026-11-10T08:30:00Z',
    ];
    const head = await served.store.head();
    const { code, out, err } = await records(grace, 'print', ...words, ...time, '-o', 'json');
    expect([code, out.trimEnd().split('\n').length]).toEqual([0, 1]);
    expect(JSON.parse(out)).toMatchObject({ actor: { name: 'hedy' }, time: '2026-11-10T08:10:00.000Z' });
    expect(err).toBe(`Searched up to record ${head.seq}, under the head ${head.seq}:${head.hash}.\n`);
    const last = (await served.all()).at(-1);
    expect(last).toMatchObject({ type: 'audit.read', actor: { name: 'grace' } });
    expect(last?.message).toContain(`searched records 1 to ${head.seq} for person "hedy", decision "deny"`);
    const eve = await records(await cp.userKubeconfig('eve'), 'print', ...words);
    expect(eve).toMatchObject({ code: 3, out: '' });
  });

  it('are read by the reader account of who has no certificate, and the record names the person', async () => {
    const token = await byToken('root');
    const read = await records(token, 'print', '--as', ada, '-o', 'json');
    expect(read).toMatchObject({ code: 0, err: '' });
    expect((await whoRead()).at(-1)).toBe(ada);
    const [last] = (await served.all()).filter(({ type }) => type === 'audit.read').slice(-1);
    expect(last?.message).toContain(readerAccount.of(ada));
  });

  it('are not read with --as by the certificate of who types it', async () => {
    const before = await whoRead();
    const admin = await records(cp.kubeconfig, 'print', '--as', 'bob', '--as-group', 'system:masters');
    expect(admin).toMatchObject({ code: 3, out: '' });
    expect(admin.err).toContain('the records cannot know that you are bob: with --as no certificate counts');
    expect(admin.err).toContain('records.readers: [{user: "bob"}]');
    expect(await whoRead()).toEqual(before);
  });

  it('show on the status of a grant what was done last, to who may read them; to others what is missing', async () => {
    const metadata = { name: 'case-4712', namespace: 'default' };
    const spec = {
      userRefs: [{ name: 'ada' }],
      matrixRef: { name: 'm-1' },
      expirationTime: '2026-12-04T12:00:00Z',
    };
    await apply({ apiVersion: 'supportaccess.dev/v1beta1', kind: 'SupportAccessGrant', metadata, spec });
    const { stdout: uid } = await cp.kubectl([
      'get',
      'sag',
      'case-4712',
      '-n',
      'default',
      '-o',
      'jsonpath={.metadata.uid}',
    ]);
    await appendTo(
      served.store,
      aRecord(
        withFields({
          grant: { namespace: 'default', name: 'case-4712', uid },
          actor: { kind: 'support', name: 'ada' },
        }),
      ),
    );
    const status = async (kubeconfig: string): Promise<Called> =>
      call(['status', 'case-4712', '-n', 'default', '--kubeconfig', kubeconfig], { zone: 'Europe/Berlin' });
    const shown = await status(await cp.userKubeconfig('grace'));
    expect(shown).toMatchObject({ code: 0, err: '' });
    const [, actions = ''] = shown.out.split('Last actions\n');
    expect(actions).toMatch(/^\d+ +\d{4}-\d{2}-\d{2} .*ada/);
    expect(actions).not.toContain('case-4711');
    expect(Math.max(...shown.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await whoRead()).at(-1)).toBe('grace');

    const victor = await cp.userKubeconfig('victor');
    await cp.kubectl([
      'create',
      'clusterrolebinding',
      'victor-looks',
      '--clusterrole=support-access-viewer',
      '--user=victor',
    ]);
    await eventually(async () => {
      const hidden = await status(victor);
      expect(hidden.code).toBe(0);
      expect(hidden.out.replaceAll(/\s+/g, ' ')).toMatch(
        /Last actions not shown: you may not .*support-access-auditor/,
      );
    });
  });

  it('say what is missing: a reader account, the right, the way, the installation', async () => {
    const root = await byToken('rootless');
    expect((await records(root, 'print')).err).toContain('your kubeconfig has no client certificate');
    const bob = await cp.userKubeconfig('bob');
    expect((await records(bob, 'print')).err).toContain('--role support-access-auditor');
    await cp.kubectl([
      'create',
      'rolebinding',
      'bob-reaches',
      '-n',
      releaseNamespace,
      '--role=support-access-auditor',
      '--user=bob',
    ]);
    await eventually(async () =>
      expect((await records(bob, 'print')).err).toContain(
        'you must have get on auditrecords.supportaccess.dev',
      ),
    );
    expect((await records(cp.kubeconfig, 'print', '-n', 'nowhere')).err).toContain(
      'no installation in the namespace nowhere',
    );
    expect((await records(bob, 'print')).code).toBe(3);
  });

  it('are not asked for where another answers in the place of the pod: nothing of the person reaches it', async () => {
    kubelet.target = portOf(other);
    const { code, err } = await records(await cp.userKubeconfig('grace'), 'print');
    const asAda = await records(await byToken('rooted'), 'print', '--as', ada);
    kubelet.target = portOf(served);
    expect([code, asAda.code]).toEqual([3, 3]);
    expect(err).toContain("what answers is not the records' server of the installation");
    expect((await other.all()).map(({ type }) => type)).toEqual(['audit.started']);
  });
});
