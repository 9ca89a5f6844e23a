/**
 * Bad days of the process that keeps the records, with the process itself: its disk fills up, it is killed with -9. The
 * client is the gateway's own, with the gateway's account.
 */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { NewRecord, StoredRecord } from '../../../../../crds/audit/record.ts';
import { createTrail } from '../../../../../trail/client.ts';
import { tokenFromFile } from '../../../../../trail/connection.ts';
import { newRecordId, type Trail } from '../../../../../trail/trail.ts';
import { call } from '../../../../kit/cli/call.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';
import type { ControlPlane } from '../../../../kit/control-plane/control-plane.ts';
import { freePort } from '../../../../kit/control-plane/free-port.ts';
import { installChart, releaseNamespace } from '../../../../kit/installation/install.ts';
import {
  type ProductProcess,
  spawnProgram,
  startProductProcess,
} from '../../../../kit/installation/product-process.ts';
import { aRecord, asIntent, asOutcomeOf, withFields } from '../../../../kit/objects/record.ts';
import { aFolder, aSmallDisk } from '../../../../kit/records/store-file.ts';
import { dedicatedControlPlane } from '../../../../kit/vitest/use-control-plane.ts';

let cp: ControlPlane;
let kubeconfig: string;
let tokenFile: string;
let ports: { readonly admission: number; readonly records: number; readonly health: number };
let admissionUrl: string;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  ports = { admission: await freePort(), records: await freePort(), health: await freePort() };
  admissionUrl = `https://127.0.0.1:${ports.admission}/${randomBytes(16).toString('hex')}`;
  await installChart(cp, { webhook: { url: admissionUrl } });
  kubeconfig = (await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook')).kubeconfig;
  const gateway = { audience: 'support-access' };
  tokenFile = (await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway', gateway))
    .tokenFile;
});

const readyUrl = (): string => `http://127.0.0.1:${ports.health}/readyz`;

function programOn(dataDir: string, { admission, records, health }: typeof ports) {
  const args = [
    'webhook/main.ts',
    '--roles=admission,records',
    `--release-namespace=${releaseNamespace}`,
    `--data-dir=${dataDir}`,
    `--admission-port=${admission}`,
    `--admission-url=${admissionUrl}`,
    `--records-port=${records}`,
    '--service-name=support-access-webhook',
    '--bind=127.0.0.1',
    `--health-port=${health}`,
    `--kubeconfig=${kubeconfig}`,
  ];
  return { name: 'webhook', args };
}

async function startWebhook(dataDir: string): Promise<ProductProcess> {
  const webhook = await startProductProcess({ ...programOn(dataDir, ports), readyUrl: readyUrl() });
  onTestFinished(() => webhook.stop());
  return webhook;
}

async function aTrail(): Promise<Trail> {
  const words = [
    'get',
    'configmap',
    'support-access-ca',
    '-n',
    releaseNamespace,
    '-o',
    String.raw`jsonpath={.data.ca\.crt}`,
  ];
  const { stdout: ca } = await cp.kubectl(words);
  const url = `https://127.0.0.1:${ports.records}`;
  const trail = createTrail({ url, ca: () => ca, token: tokenFromFile(tokenFile), writer: 'gateway' });
  onTestFinished(() => trail.close(0));
  return trail;
}

function fresh(message = ''): ReturnType<typeof withFields> {
  const id = newRecordId(Date.now());
  return withFields({ id, key: id, time: new Date().toISOString(), ...(message === '' ? {} : { message }) });
}

async function storedIn(dataDir: string): Promise<StoredRecord[]> {
  const { out } = await call(['records', 'print', '--file', join(dataDir, 'records.db'), '-o', 'json']);
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as StoredRecord);
}

async function verify(dataDir: string): ReturnType<typeof call> {
  const file = ['--file', join(dataDir, 'records.db')];
  const { out: head } = await call(['records', 'head', ...file]);
  return call(['records', 'verify', ...file, '--head', head.trim()]);
}

describe('the disk of the records is full', () => {
  it('refuses records, keeps and verifies what it has, says why it is not ready, and works again by itself once there is space', async (test) => {
    const dataDir = aSmallDisk(2048);
    if (dataDir === undefined) return test.skip();
    writeFileSync(join(dataDir, 'ballast'), Buffer.alloc(1024 * 1024));
    const first = await startWebhook(dataDir);
    const trail = await aTrail();
    const acknowledged: string[] = [];
    const fill = async (): Promise<void> => {
      for (;;)
        acknowledged.push(...(await trail.append([aRecord(fresh('x'.repeat(2000)))])).map(({ id }) => id));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'records_halted' });
    await expect(trail.append([aRecord(fresh())])).rejects.toMatchObject({ code: 'records_halted' });
    const readiness = await fetch(readyUrl());
    expect(readiness.status).toBe(503);
    expect(await readiness.text()).toMatch(/the records take nothing \(.*full/);
    expect(trail.health().problem).toMatch(/full/);
    // A restart would not help.
    expect((await fetch(readyUrl().replace('readyz', 'healthz'))).status).toBe(200);
    expect(await (await fetch(readyUrl().replace('readyz', 'metrics'))).text()).toContain(
      'supportaccess_records_halted 1',
    );
    expect(await verify(dataDir)).toMatchObject({ code: 0 });

    const closing = aRecord(fresh());
    expect(trail.appendInBackground([closing])).toBe(true);
    rmSync(join(dataDir, 'ballast'));
    await eventually(async () => expect((await fetch(readyUrl())).status).toBe(200), { within: 10_000 });
    expect(first.isRunning()).toBe(true);
    await eventually(() => expect(trail.health().waiting).toBe(0));
    const stored = await storedIn(dataDir);
    expect(stored.map(({ id }) => id)).toEqual(expect.arrayContaining([...acknowledged, closing.id]));
    expect(stored.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['audit.halted', 'audit.recovered']),
    );
    expect(await verify(dataDir)).toMatchObject({ code: 0 });
    return undefined;
  });
});

describe('a second process on the same records', () => {
  it('waits and says who holds them, and takes over when that one is gone, also after a kill -9', async () => {
    const dataDir = join(aFolder(), 'records');
    const first = await startWebhook(dataDir);
    const others = { admission: await freePort(), records: await freePort(), health: await freePort() };
    const second = spawnProgram(programOn(dataDir, others));
    onTestFinished(() => second.stop());
    const url = `http://127.0.0.1:${others.health}/readyz`;
    await eventually(
      async () =>
        expect(await (await fetch(url)).text()).toMatch(
          new RegExp(`held by ${hostname()}, process ${first.pid}, since 20`),
        ),
      { within: 20_000 },
    );
    expect(second.isRunning()).toBe(true);
    await first.kill();
    const from = performance.now();
    await eventually(async () => expect((await fetch(url)).status).toBe(200), { within: 10_000 });
    process.stderr.write(`took over ${Math.round(performance.now() - from)} ms after kill -9\n`);
    expect(await verify(dataDir)).toMatchObject({ code: 0 });
  });
});

describe('the process of the records is killed with -9', () => {
  it('loses nothing that it acknowledged, and its log verifies', async () => {
    const dataDir = join(aFolder(), 'records');
    let webhook = await startWebhook(dataDir);
    const trail = await aTrail();
    const acknowledged: string[] = [];
    const working = { on: true };
    const requests = async (): Promise<void> => {
      while (working.on) {
        const intent = aRecord(asIntent, fresh());
        await appendOrNot(trail, intent, acknowledged);
        if (acknowledged.includes(intent.id))
          await appendOrNot(trail, aRecord(asOutcomeOf(intent), fresh()), acknowledged);
      }
    };
    const load = Promise.all(Array.from({ length: 8 }, requests));
    for (const enough of [50, 150, 250]) {
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(enough), { within: 30_000 });
      await webhook.kill();
      webhook = await startWebhook(dataDir);
    }
    working.on = false;
    await load;
    await eventually(() => expect(trail.health().waiting).toBe(0));
    const ids = new Set((await storedIn(dataDir)).map(({ id }) => id));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    expect(await verify(dataDir)).toMatchObject({ code: 0, err: '' });
    expect(trail.health().lost).toBe(0);
  });
});

/** Remembers what was acknowledged; a store that is away is what this test is about. */
async function appendOrNot(trail: Trail, record: NewRecord, acknowledged: string[]): Promise<void> {
  try {
    await trail.append([record]);
    acknowledged.push(record.id);
  } catch (error) {
    expect(error).toMatchObject({ code: 'records_unavailable' });
  }
}
