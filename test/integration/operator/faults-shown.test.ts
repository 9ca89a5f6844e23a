/**
 * Each fault of the whole product, in real processes, is told by a condition of the policy and by a metric within thirty
 * seconds, and both are as before within thirty seconds after the fault is gone. No process is restarted for it.
 */
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { kinds } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import { type Condition, conditionOf } from '../../../crds/rules/conditions.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { Secrets } from '../../../kube/resources.ts';
import { lineKeys, logLevels } from '../../../process/logging.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { aSettableClock } from '../../kit/clock/set-clock.ts';
import type { OwnControlPlane } from '../../kit/control-plane/control-plane.ts';
import { makeBundles } from '../../kit/installation/bundles.ts';
import { aGrantSetting, putPolicy, putUser } from '../../kit/installation/grant-setting.ts';
import { type ProductPart, type RunningProduct, startProduct } from '../../kit/installation/product.ts';
import type { ProductProcess } from '../../kit/installation/product-process.ts';
import { complaintsAbout, readExposition, valueIn } from '../../kit/metrics/exposition.ts';
import { mountSmallDisk } from '../../kit/records/store-file.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

const within = 30_000;
const hosts = ['support.localhost'];
const tls = { name: 'support-access-gateway-tls', namespace: 'support-access' };
const dataDirectory = mkdtempSync(join(tmpdir(), 'support-access-records-'));
const ballast = join(dataDirectory, 'ballast');
/** Of the small disk that the records are on. */
const kilobytes = 16_384;
let controlPlane: OwnControlPlane;
let admin: KubeClient;
let product: RunningProduct;
let isSmall = false;

beforeAll(async () => {
  const unmount = mountSmallDisk(dataDirectory, kilobytes);
  isSmall = unmount !== undefined;
  afterAll(() => {
    unmount?.();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  controlPlane = await dedicatedControlPlane();
  admin = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  afterAll(() => admin.close());
  const programs = await makeBundles();
  afterAll(() => programs.remove());
  product = await startProduct({ controlPlane, hosts, services: {}, dataDirectory, programs });
  afterAll(() => product.stop());
  const gateway = {
    host: 'support.localhost',
    hostSuffixes: ['localhost'],
    tlsSecretRefs: [{ name: tls.name }],
  };
  await putPolicy(aGrantSetting(admin, 'default'), { gateway });
  await untilCondition('CertificatesReady', 'True');
}, 300_000);

async function metricsOf({ process }: Pick<ProductPart, 'process'>): Promise<string> {
  return (await fetch(process().readyUrl.replace('readyz', 'metrics'))).text();
}

const untilMetric = (part: Pick<ProductPart, 'process'>, name: string, value: number) =>
  eventually(async () => expect(valueIn(await metricsOf(part), name)).toBe(value), { within });

async function conditions(): Promise<readonly Condition[]> {
  const ref = { name: policyName };
  const { status } = await admin.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, ref);
  return status?.conditions ?? [];
}

/** Undefined: until it is not there. Also the metric that counts conditions says so. */
async function untilCondition(type: string, status: 'True' | 'False' | undefined): Promise<string> {
  return eventually(
    async () => {
      const condition = conditionOf(await conditions(), type);
      expect(condition?.status).toBe(status);
      const counted = { kind: 'SupportAccessPolicy', condition: type, ...(status ? { status } : {}) };
      const told = valueIn(await metricsOf(product.operator), 'supportaccess_conditions', counted);
      expect(told).toBe(status === undefined ? undefined : 1);
      return condition?.message ?? '';
    },
    { within },
  );
}

const parts = () => [product.operator, product.gateway, product.webhook];

/** What was running before is running still. */
async function withoutRestart(those: readonly ProductPart[], fault: () => Promise<void>): Promise<void> {
  const before: readonly ProductProcess[] = those.map(({ process }) => process());
  await fault();
  expect(before.map((one) => one.isRunning())).toEqual(before.map(() => true));
}

it('each process serves metrics that a strict reader takes', async () => {
  for (const part of parts()) {
    const text = await metricsOf(part);
    expect(complaintsAbout(readExposition(text))).toEqual([]);
    expect(valueIn(text, 'supportaccess_ready')).toBe(1);
    expect(valueIn(text, 'rest_client_requests_total', { code: '200' })).toBeGreaterThan(0);
  }
  const operator = await metricsOf(product.operator);
  expect(valueIn(operator, 'leader_election_master_status')).toBe(1);
  const policy = { controller: 'policy', result: 'success' };
  expect(valueIn(operator, 'controller_runtime_reconcile_total', policy)).toBeGreaterThan(0);
  const webhook = await metricsOf(product.webhook);
  expect(valueIn(webhook, 'controller_runtime_webhook_requests_total', { code: '200' })).toBeGreaterThan(0);
  expect(valueIn(webhook, 'supportaccess_records_stored_total')).toBeGreaterThan(0);
  expect(valueIn(webhook, 'supportaccess_records_store_bytes')).toBeGreaterThan(0);
});

/** The lines of a process's log. Throws where one is no JSON. */
function linesOf({ process }: ProductPart): Record<string, unknown>[] {
  const written = process()
    .output()
    .split('\n')
    .filter((line) => line !== '');
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('each process logs JSON with the keys of the list and its own name, and nothing while nothing happens', async () => {
  const looks = 'certwatcher_read_certificate_total';
  const lookedAt = valueIn(await metricsOf(product.gateway), looks) ?? 0;
  const before = parts().map((part) => linesOf(part).length);
  // Three times around: of the gateway's certificates, and so of all that is done every few seconds.
  const around = async () =>
    expect(valueIn(await metricsOf(product.gateway), looks)).toBeGreaterThan(lookedAt + 2);
  await eventually(around, { within: 60_000 });
  expect(parts().map((part) => linesOf(part).length)).toEqual(before);
  expect(
    parts()
      .flatMap(linesOf)
      .filter(({ level }) => level !== 'info'),
  ).toEqual([]);
}, 120_000);

afterAll(() => {
  for (const [at, part] of parts().entries()) {
    const lines = linesOf(part);
    expect(lines.length).toBeGreaterThan(0);
    const names = ['support-access-operator', 'support-access-gateway', 'support-access-webhook'];
    expect([...new Set(lines.map(({ name }) => name))]).toEqual([names[at]]);
    const keys = lines.flatMap((line) => Object.keys(line)).filter((key) => !lineKeys.includes(key));
    expect(keys).toEqual([]);
    expect(lines.filter(({ level }) => !logLevels.some((known) => known === level))).toEqual([]);
  }
});

describe('within thirty seconds a condition and a metric tell', { timeout: 240_000 }, () => {
  it('of records that cannot be reached, and of their return', async () => {
    await withoutRestart([product.operator, product.gateway], async () => {
      await product.webhook.process().stop();
      const [message] = await Promise.all([
        untilCondition('RecordsUnavailable', 'True'),
        untilMetric(product.operator, 'supportaccess_records_reachable', 0),
        untilMetric(product.gateway, 'supportaccess_records_reachable', 0),
      ]);
      expect(message).toContain('nothing listens at 127.0.0.1');
      await product.webhook.start();
      await Promise.all([
        untilCondition('RecordsUnavailable', undefined),
        untilMetric(product.operator, 'supportaccess_records_reachable', 1),
        untilMetric(product.gateway, 'supportaccess_records_reachable', 1),
      ]);
    });
  });

  it('of a certificate that is missing, and of one in its place', async () => {
    await withoutRestart(parts(), async () => {
      const { type, data } = await admin.get<KubeObject & { type: string; data: object }>(Secrets, tls);
      await admin.delete(Secrets, tls);
      const [message] = await Promise.all([
        untilCondition('CertificatesReady', 'False'),
        untilMetric(product.gateway, 'supportaccess_certificates_missing', 1),
      ]);
      expect(message).toContain(tls.name);
      await admin.create(Secrets, { metadata: tls, type, data });
      await Promise.all([
        untilCondition('CertificatesReady', 'True'),
        untilMetric(product.gateway, 'supportaccess_certificates_missing', 0),
      ]);
      expect(
        valueIn(await metricsOf(product.gateway), 'certwatcher_read_certificate_errors_total'),
      ).toBeGreaterThan(0);
    });
  });

  it('of a volume of the records that fills, long before it is full, and of room', async (test) => {
    if (!isSmall) return test.skip();
    await withoutRestart(parts(), async () => {
      const level = 'supportaccess_records_volume_level';
      for (const [percent, step] of [
        [75, 1],
        [90, 2],
      ] as const) {
        fillDisk(percent);
        await Promise.all([
          eventually(
            async () => expect(await untilCondition('RecordsFilling', 'True')).toMatch(` ${percent} % used`),
            {
              within,
            },
          ),
          untilMetric(product.webhook, level, step),
        ]);
        const reason = step === 1 ? 'VolumeFilling' : 'VolumeAlmostFull';
        expect(conditionOf(await conditions(), 'RecordsFilling')?.reason).toBe(reason);
      }
      // It is told, and nothing else follows from it.
      expect(valueIn(await metricsOf(product.webhook), 'supportaccess_records_halted')).toBe(0);
      rmSync(ballast);
      await Promise.all([
        untilCondition('RecordsFilling', undefined),
        untilMetric(product.webhook, level, 0),
      ]);
    });
    return undefined;
  });

  it('of records that halted because their volume is full, and of room', async (test) => {
    if (!isSmall) return test.skip();
    await withoutRestart(parts(), async () => {
      fillDisk();
      await Promise.all([
        // Something has to be recorded before the store can notice; it is refused, and comes again.
        eventually(() =>
          putUser(aGrantSetting(admin, 'default')).then(
            () => Promise.reject(new Error('taken')),
            () => undefined,
          ),
        ),
        untilMetric(product.webhook, 'supportaccess_records_halted', 1),
      ]);
      const message = await untilCondition('RecordsUnavailable', 'True');
      expect(message).toMatch(/full/);
      expect(
        valueIn(await metricsOf(product.webhook), 'supportaccess_records_volume_available_bytes'),
      ).toBeLessThan(512 * 1024);
      expect(valueIn(await metricsOf(product.webhook), 'supportaccess_ready')).toBe(0);
      rmSync(ballast);
      await Promise.all([
        untilCondition('RecordsUnavailable', undefined),
        untilMetric(product.webhook, 'supportaccess_records_halted', 0),
      ]);
    });
    return undefined;
  });

  it.for([
    ['operator', 'the operator'],
    ['gateway', 'a gateway'],
    ['webhook', 'the webhook'],
  ] as const)(
    'of a clock of the %s that is off, and of one that is right again',
    async ([which, name], test) => {
      const part = product[which];
      const clock = aSettableClock(`the clock of a ${which} whose time is told`, controlPlane.directory);
      if (clock === undefined) return test.skip();
      await part.process().stop();
      await part.start(clock.env);
      await withoutRestart(parts(), async () => {
        clock.setBack(95);
        const message = await untilCondition('ClockOff', 'True');
        expect(message).toMatch(
          new RegExp(`^The clock of ${name} is 9[3-7] s behind the clock of the API server`),
        );
        const offset = valueIn(await metricsOf(part), 'supportaccess_clock_offset_seconds');
        expect(Math.abs((offset ?? 0) - 95)).toBeLessThan(3);
        clock.setBack(0);
        await untilCondition('ClockOff', undefined);
      });
      return undefined;
    },
  );
});

/** Fills what is left of the small disk. */
function fillDisk(percent = 100): void {
  const { bsize, blocks, bfree } = statfsSync(dataDirectory);
  const missing = Math.ceil((blocks * percent) / 100 - (blocks - bfree)) * bsize;
  if (percent < 100) return writeFileSync(ballast, Buffer.alloc(missing), { flag: 'a' });
  for (let size = 1024 * 1024; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full for pieces of this size.
    }
  }
}
