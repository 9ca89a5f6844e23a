/**
 * SIGKILL of operator, webhook and gateway under load, at moments that nobody chose, and clocks that are set back: no
 * access without a record, no intent without an outcome, no record that does not verify, nothing that comes back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { eventually } from '../kit/clock/eventually.ts';
import { aSettableClock } from '../kit/clock/set-clock.ts';
import type { ProductPart } from '../kit/installation/product.ts';
import type { ProductProcess } from '../kit/installation/product-process.ts';
import { aQuietStage } from '../kit/installation/quiet-stage.ts';
import {
  applyGrant,
  ask,
  asProgram,
  reasonOf,
  signedIn,
  signInUrlOf,
  untilActive,
} from '../kit/installation/scenes.ts';
import type { Stage } from '../kit/installation/stage.ts';
import { aPerson, type Page, type Person } from '../kit/people/http-person.ts';
import { lateComers, nowExact, type Race, race } from '../kit/people/race.ts';
import { recordsOf, verifyRecords } from '../kit/records/trail-reading.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await aQuietStage();
});

afterAll(async () => stage?.strike());

const accepted = (running: Race): number => running.tries.filter(({ status }) => status === 200).length;

/** Kills a part in full work, and starts it again as its Deployment would. */
async function killUnderLoad(running: Race, part: ProductPart, after: number): Promise<void> {
  const before = accepted(running);
  await running.until(() => accepted(running) >= before + 30);
  await delay(after);
  await part.process().kill();
  await part.start();
  const restartedAt = nowExact();
  await running.until((tries) => lateComers(tries, restartedAt).length > 0);
}

const isRequest = ({ type, decision }: StoredRecord): boolean =>
  type === 'app.request' && decision?.effect === 'allow';

async function recordsAtRest(): Promise<StoredRecord[]> {
  return eventually(
    async () => {
      const records = await recordsOf(stage);
      const closed = new Set(records.filter(({ phase }) => phase === 'outcome').map(({ cause }) => cause));
      expect(records.filter(({ phase, id }) => phase === 'intent' && !closed.has(id))).toEqual([]);
      return records;
    },
    { within: 30_000, every: 1000 },
  );
}

describe('processes that are killed with -9 under load', () => {
  it('leave a chain that verifies, an outcome for every intent, and no request without its record', async () => {
    const ada = await signedIn(stage, 'case-4711');
    const { gateway, webhook, operator } = stage.product;
    const running = race([1, 2, 3, 4, 5, 6].map(() => () => ask(stage, ada)));
    // Odd waits, so that the kills fall on different acts; a grant is being opened meanwhile.
    const kills = [gateway, webhook, operator, gateway, webhook, gateway, webhook];
    for (const [at, part] of kills.entries()) {
      if (part === webhook) await applyGrant(stage, { name: `meanwhile-${at}` });
      await killUnderLoad(running, part, at * 3);
    }
    await running.stop();
    ada.leave();
    const records = await recordsAtRest();
    const intents = new Set(records.filter(({ phase }) => phase === 'intent').map(({ id }) => id));
    const reached = stage.application.auditIds;
    expect(reached.filter((id) => !intents.has(id))).toEqual([]);
    expect(new Set(reached).size).toBe(reached.length);
    const allowed = records.filter((record) => isRequest(record) && record.phase === 'intent').length;
    expect(allowed).toBeGreaterThanOrEqual(reached.length);
    expect(reached.length).toBeGreaterThanOrEqual(accepted(running));
    process.stderr.write(
      `kills: ${kills.length}; sent ${running.tries.length}, answered ${accepted(running)}, ` +
        `reached the application ${reached.length}, intents ${allowed}\n`,
    );
    await verifyRecords(stage);
    for (const at of [1, 4, 6]) await untilActive(stage, `meanwhile-${at}`);
  });

  it('leave no half-open grant: who is killed while closing is followed by one who closes', async () => {
    await applyGrant(stage, { name: 'half' });
    await untilActive(stage, 'half');
    const ada = await signedIn(stage, 'half');
    const { operator, gateway } = stage.product;
    await stage.kubectl(['delete', '-n', 'ecase', 'sag/half', '--wait=false']);
    await Promise.all([operator.process().kill(), gateway.process().kill()]);
    await Promise.all([operator.start(), gateway.start()]);
    expect((await ask(stage, ada)).status).toBe(401);
    await eventually(async () => {
      const { stdout } = await stage.kubectl(['get', '-n', 'ecase', 'ssess', '-o', 'json']);
      const left = (JSON.parse(stdout) as { items: { spec: { grantRef: { name: string } } }[] }).items;
      expect(left.filter(({ spec }) => spec.grantRef.name === 'half')).toEqual([]);
    });
    // The dead one's lease stands for fifteen seconds.
    await applyGrant(stage, { name: 'afterwards' });
    await untilActive(stage, 'afterwards');
    ada.leave();
  });
});

/** What its wall clock said at the end. */
function lastLoggedBy(process: ProductProcess): number {
  const lines = process.output().trim().split('\n');
  return (JSON.parse(lines.at(-1) ?? '{}') as { time: number }).time;
}

describe('a clock that is set back by four minutes', () => {
  const back = 240;

  it('gives a gateway nothing: neither one that runs on, nor one that starts so', async (test) => {
    const clock = aSettableClock('the clock of a gateway', stage.controlPlane.directory);
    if (clock === undefined) return test.skip();
    const first = await stage.product.startSecondGateway(clock.env);
    const end = Date.now() + 8000;
    await applyGrant(stage, {
      name: 'clock',
      spec: { expirationTime: new Date(end).toISOString() },
    });
    await untilActive(stage, 'clock');
    const ada = await signedIn(stage, 'clock');
    const running = race([1, 2].map(() => () => askAt(ada, first.port)));
    await running.until(() => accepted(running) > 10);
    clock.setBack(back);
    await running.until((tries) => tries.filter(({ beganAt }) => beganAt > end).length > 100);
    await running.stop();
    expect(lateComers(running.tries, end)).toEqual([]);
    const second = await stage.product.startSecondGateway(clock.env);
    for (const { port } of [first, second]) {
      const visitor = aPerson({ ca: stage.product.ca });
      const url = signInUrlOf(stage, 'clock').replace(/:\d+\//, `:${port}/`);
      const page = await visitor.visit(url, { headers: asProgram, stay: true });
      expect([page.status, page.body]).toEqual([403, expect.stringContaining('NotOpened')]);
      visitor.leave();
    }
    await Promise.all([first.process.stop(), second.process.stop()]);
    for (const { process } of [first, second]) expect(lastLoggedBy(process)).toBeLessThan(end);
    ada.leave();
    return undefined;
  });

  it('opens nothing again at an operator: neither one that runs on, nor one that starts so', async (test) => {
    const clock = aSettableClock('the clock of the operator', stage.controlPlane.directory);
    if (clock === undefined) return test.skip();
    const { operator } = stage.product;
    await operator.process().stop();
    await operator.start(clock.env);
    const expirationTime = new Date(Date.now() + 4000).toISOString();
    await applyGrant(stage, { name: 'reopened', spec: { expirationTime } });
    await untilActive(stage, 'reopened');
    await untilActive(stage, 'reopened', false);
    clock.setBack(back);
    await applyGrant(stage, { name: 'reopened', spec: { expirationTime, reason: 'looked at again' } });
    await applyGrant(stage, { name: 'after-it' });
    await untilActive(stage, 'after-it');
    await operator.process().stop();
    await operator.start(clock.env);
    await applyGrant(stage, { name: 'after-that' });
    await untilActive(stage, 'after-that');
    expect(await reasonOf(stage, 'reopened')).toBe('Expired');
    const activated = (await recordsOf(stage)).filter(
      ({ type, grant }) => type === 'grant.activated' && grant?.name === 'reopened',
    );
    expect(activated).toHaveLength(1);
    await operator.process().stop();
    await operator.start();
    return undefined;
  });

  it('leaves the records in order, and says so in them', async (test) => {
    const clock = aSettableClock('the clock of the records', stage.controlPlane.directory);
    if (clock === undefined) return test.skip();
    const { webhook } = stage.product;
    await webhook.process().stop();
    clock.setBack(back);
    await webhook.start(clock.env);
    const ada = await signedIn(stage, 'case-4711');
    expect((await ask(stage, ada)).status).toBe(200);
    await webhook.process().stop();
    await webhook.start();
    await verifyRecords(stage);
    const records = await recordsOf(stage);
    expect(records.filter(({ clock: told }) => told?.stepped).length).toBeGreaterThan(0);
    expect(records.map(({ recorded }) => recorded)).toEqual(
      records.map(({ recorded }) => recorded).toSorted(),
    );
    ada.leave();
    return undefined;
  });

  const askAt = (person: Person, port: number): Promise<Page> =>
    person.visit(`${stage.applicationOrigin.replace(/:\d+$/, `:${port}`)}/api/jobs`, {
      headers: asProgram,
      stay: true,
    });
});
