/**
 * Rolling upgrades under load, as a Deployment does them: two gateways behind a balancer that learns late of each change,
 * requests on new and on kept connections, and not one of them is lost; nor is one let through that should not be.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../kit/clock/eventually.ts';
import { type Backend, type Balancer, startBalancer } from '../kit/installation/balancer.ts';
import { anExampleInstallation, type ExampleInstallation } from '../kit/installation/example-installation.ts';
import type { ProductProcess } from '../kit/installation/product-process.ts';
import { applyGrant, asProgram, signedIn, untilActive } from '../kit/people/acts.ts';
import type { Page, Person } from '../kit/people/http-person.ts';
import { lateComers, nowExact, type Race, race } from '../kit/people/race.ts';

let installation: ExampleInstallation;
let balancer: Balancer;
let gateways: Gateway[];

interface Gateway {
  readonly process: ProductProcess;
  readonly backend: Backend;
}

/** Later than the kubelet, the endpoints and kube-proxy together take on a busy node. */
const lateMs = 1500;

async function aGateway(): Promise<Gateway> {
  const env = { SUPPORT_ACCESS_DRAIN_SECONDS: '4' };
  const { process, port } = await installation.product.startSecondGateway(env);
  const backend = { port, readyUrl: process.readyUrl };
  balancer.add(backend);
  await balancer.until(backend, true);
  return { process, backend };
}

beforeAll(async () => {
  installation = await anExampleInstallation();
  const { gateway } = installation.product;
  await gateway.process().stop();
  balancer = await startBalancer({ port: gateway.port, lateMs });
  gateways = await Promise.all([aGateway(), aGateway()]);
});

afterAll(async () => {
  await balancer?.stop();
  await installation?.stop();
});

/**
 * Each time a new one comes up first and then an old one goes, with `between` in the middle. As a Deployment does it, the
 * next new one does not wait until the old one has drained.
 */
async function rollGateways(between: () => Promise<void>): Promise<(number | null)[]> {
  const ends: Promise<number | null>[] = [];
  for (const { process } of gateways.splice(0)) {
    gateways.push(await aGateway());
    ends.push(process.stop().then(async () => (await process.ended).code));
    if (ends.length === 1) await between();
  }
  return Promise.all(ends);
}

/** Between two requests of one lane: without it five lanes have the processors that the new gateway needs to come up. */
const paceMs = 40;

/** What was answered with anything but 200, as `status reason`, and what got no answer. */
function outcomesOf(person: Person, kept: boolean, odd: string[]): () => Promise<Page> {
  const headers = kept ? asProgram : { ...asProgram, connection: 'close' };
  const url = `${installation.applicationOrigin}/api/jobs`;
  return async () => {
    try {
      const page = await person.visit(url, { headers, stay: true });
      if (page.status !== 200) odd.push(`${page.status} ${page.body.slice(0, 120)}`);
      await delay(paceMs);
      return page;
    } catch (error) {
      odd.push(`no answer: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  };
}

function lanesOf(person: Person, odd: string[]): (() => Promise<Page>)[] {
  return [true, true, false, false].map((kept) => outcomesOf(person, kept, odd));
}

async function answered(running: Race, more: number): Promise<void> {
  const before = running.tries.length;
  await running.until((tries) => tries.length >= before + more);
}

it('two gateways are replaced without a request that fails, on new and on kept connections', async () => {
  const ada = await signedIn(installation, 'case-4711');
  await applyGrant(installation, { name: 'taken' });
  await untilActive(installation, 'taken');
  const bob = await signedIn(installation, 'taken');
  const [odd, oddOfBob]: [string[], string[]] = [[], []];
  const running = race(lanesOf(ada, odd));
  const taken = race([outcomesOf(bob, true, oddOfBob)]);
  await answered(running, 50);
  let takenAt = Number.POSITIVE_INFINITY;
  const codes = await rollGateways(async () => {
    await installation.kubectl(['delete', '-n', 'ecase', 'sag/taken', '--wait=false']);
    takenAt = nowExact();
  });
  await answered(running, 50);
  await Promise.all([running.stop(), taken.stop()]);
  process.stderr.write(`a rollout of two: ${running.tries.length} requests, ${odd.length} failed\n`);
  expect(odd).toEqual([]);
  expect(lateComers(taken.tries, takenAt)).toEqual([]);
  expect(codes).toEqual([0, 0]);
  for (const person of [ada, bob]) person.leave();
});

it('the webhook is replaced with nothing but RecordsUnavailable for at most ten seconds, and nothing unrecorded', async () => {
  const ada = await signedIn(installation, 'case-4711');
  const odd: string[] = [];
  const running = race(lanesOf(ada, odd));
  await answered(running, 50);
  const reached = installation.application.auditIds.length;
  const from = performance.now();
  await installation.product.webhook.process().stop();
  const stoppedAfter = performance.now() - from;
  await installation.product.webhook.start();
  await running.until((tries) => tries.slice(-20).every(({ status }) => status === 200));
  const took = performance.now() - from;
  await running.stop();
  const refused = running.tries.filter(({ status }) => status !== 200);
  process.stderr.write(
    `webhook replaced: stopped in ${Math.round(stoppedAfter)} ms, whole again after ${Math.round(took)} ms, ` +
      `${running.tries.length} requests, ${refused.length} refused\n`,
  );
  expect(odd.filter((one) => !/^503 .*RecordsUnavailable/.test(one))).toEqual([]);
  const times = refused.map(({ beganAt }) => beganAt);
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(10_000);
  expect(installation.application.auditIds.length).toBeGreaterThan(reached);
  ada.leave();
});

it('processes that start while the API server is away wait, say so, and are ready within seconds of its return', async () => {
  const { operator, webhook } = installation.product;
  for (const part of [operator, webhook]) await part.process().stop();
  for (const { process } of gateways.splice(0)) await process.stop();
  await installation.controlPlane.killApiServer();
  const spawned: ProductProcess[] = [];
  const note = (one: ProductProcess): void => {
    spawned.push(one);
  };
  const started = [
    operator.start({}, note),
    webhook.start({}, note),
    installation.product.startSecondGateway({}, note),
  ];
  const waiting = async (): Promise<void> => {
    expect(spawned).toHaveLength(3);
    for (const { readyUrl } of spawned)
      expect(await (await fetch(readyUrl)).text()).toMatch(/^no\n.*from the API server/s);
  };
  await eventually(waiting, { within: 30_000 });
  await installation.controlPlane.startApiServer();
  const from = performance.now();
  await Promise.all(started);
  const took = performance.now() - from;
  expect(spawned.every((one) => one.isRunning())).toBe(true);
  // The kubelet's waits between restarts were most of a minute.
  expect(took).toBeLessThan(20_000);
  process.stderr.write(`all ready ${Math.round(took)} ms after the API server was back\n`);
});
