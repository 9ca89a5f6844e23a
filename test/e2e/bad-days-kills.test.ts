/**
 * SIGKILL of operator, webhook and gateway under load, at random moments, and clocks that are set back: no
 * access without a record, no intent without an outcome, no record that does not verify, nothing that comes back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { eventually } from '../kit/clock/eventually.ts';
import { aSettableClock } from '../kit/clock/set-clock.ts';
import type { ExampleInstallation } from '../kit/installation/example-installation.ts';
import { anExampleInstallation } from '../kit/installation/example-installation.ts';
import type { ProductPart } from '../kit/installation/product.ts';
import type { ProductProcess } from '../kit/installation/product-process.ts';
import {
  applyGrant,
  ask,
  asProgram,
  reasonOf,
  signedIn,
  signInUrlOf,
  untilActive,
} from '../kit/people/acts.ts';
import { aPerson, type Page, type Person } from '../kit/people/http-person.ts';
import { lateComers, nowExact, type Race, race } from '../kit/people/race.ts';
import { recordsOf, verifyRecords } from '../kit/records/trail-reading.ts';

let installation: ExampleInstallation;

beforeAll(async () => {
  installation = await anExampleInstallation();
});

afterAll(async () => installation?.stop());

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
      const records = await recordsOf(installation);
      const closed = new Set(records.filter(({ phase }) => phase === 'outcome').map(({ cause }) => cause));
      expect(records.filter(({ phase, id }) => phase === 'intent' && !closed.has(id))).toEqual([]);
      return records;
    },
    { within: 30_000, every: 1000 },
  );
}

describe('processes that are killed with -9 under load', () => {
  it('leave a chain that verifies, an outcome for every intent, and no request without its record', async () => {
    const ada = await signedIn(installation, 'case-4711');
    const { gateway, webhook, operator } = installation.product;
    const running = race([1, 2, 3, 4, 5, 6].map(() => () => ask(installation, ada)));
    // Odd waits, so that the kills fall on different acts; a grant is being opened meanwhile.
    const kills = [gateway, webhook, operator, gateway, webhook, gateway, webhook];
    for (const [at, part] of kills.entries()) {
      if (part === webhook) await applyGrant(installation, { name: `meanwhile-${at}` });
      await killUnderLoad(running, part, at * 3);
    }
    await running.stop();
    ada.leave();
    const records = await recordsAtRest();
    const intents = new Set(records.filter(({ phase }) => phase === 'intent').map(({ id }) => id));
    const reached = installation.application.auditIds;
    expect(reached.filter((id) => !intents.has(id))).toEqual([]);
    expect(new Set(reached).size).toBe(reached.length);
    const allowed = records.filter((record) => isRequest(record) && record.phase === 'intent').length;
    expect(allowed).toBeGreaterThanOrEqual(reached.length);
    expect(reached.length).toBeGreaterThanOrEqual(accepted(running));
    process.stderr.write(
      `kills: ${kills.length}; sent ${running.tries.length}, answered ${accepted(running)}, ` +
        `reached the application ${reached.length}, intents ${allowed}\n`,
    );
    await verifyRecords(installation);
    for (const at of [1, 4, 6]) await untilActive(installation, `meanwhile-${at}`);
  });

  it('leave no half-open grant: who is killed while closing is followed by one who closes', async () => {
    await applyGrant(installation, { name: 'half' });
    await untilActive(installation, 'half');
    const ada = await signedIn(installation, 'half');
    const { operator, gateway } = installation.product;
    await installation.kubectl(['delete', '-n', 'ecase', 'sag/half', '--wait=false']);
    await Promise.all([operator.process().kill(), gateway.process().kill()]);
    await Promise.all([operator.start(), gateway.start()]);
    expect((await ask(installation, ada)).status).toBe(401);
    await eventually(async () => {
      const { stdout } = await installation.kubectl(['get', '-n', 'ecase', 'ssess', '-o', 'json']);
      const left = (JSON.parse(stdout) as { items: { spec: { grantRef: { name: string } } }[] }).items;
      expect(left.filter(({ spec }) => spec.grantRef.name === 'half')).toEqual([]);
    });
    // The dead one's lease stands for ten seconds.
    await applyGrant(installation, { name: 'afterwards' });
    await untilActive(installation, 'afterwards');
    ada.leave();
  });
});

describe('a lone gateway that is killed and stays dead', () => {
  const sessionsOf = async (grant: string): Promise<unknown[]> => {
    const { stdout } = await installation.kubectl(['get', '-n', 'ecase', 'ssess', '-o', 'json']);
    const { items } = JSON.parse(stdout) as { items: { spec: { grantRef: { name: string } } }[] };
    return items.filter(({ spec }) => spec.grantRef.name === grant);
  };

  it('leaves no session of a closed grant behind and no intent without an outcome for a minute', async () => {
    await applyGrant(installation, { name: 'lone' });
    await untilActive(installation, 'lone');
    const ada = await signedIn(installation, 'lone');
    const stream = await ada.open(`${installation.applicationOrigin}/api/events`);
    await eventually(() => expect(stream.text()).toContain('still working'));
    const { gateway } = installation.product;
    await gateway.process().kill();
    const killedAt = nowExact();
    await installation.kubectl(['patch', '-n', 'ecase', 'sag/lone', '--type=merge', '-p', disabled]);
    await eventually(async () => expect(await sessionsOf('lone')).toEqual([]), { within: 20_000 });
    const ofLone = async () => (await recordsOf(installation)).filter(({ grant }) => grant?.name === 'lone');
    await eventually(
      async () => {
        const records = await ofLone();
        const lost = records.find(({ outcome }) => outcome?.reason === 'InstanceLost');
        expect(lost).toMatchObject({ type: 'app.request', writer: 'store' });
        expect(records.find(({ id }) => id === lost?.cause)?.instance).toMatch(/^[\w-]{36}$/);
      },
      { within: 60_000, every: 500 },
    );
    expect(nowExact() - killedAt).toBeLessThan(60_000);
    const ends = (await ofLone()).filter(({ type }) => type === 'session.ended');
    expect(ends).toMatchObject([{ writer: 'operator', outcome: { reason: 'Disabled' } }]);
    await gateway.start();
    expect((await ask(installation, ada)).status).toBe(401);
    ada.leave();
  });
  const disabled = '{"spec":{"access":"Disabled"}}';
});

/** What its wall clock said at the end. */
function lastLoggedBy(process: ProductProcess): number {
  const lines = process.output().trim().split('\n');
  return (JSON.parse(lines.at(-1) ?? '{}') as { time: number }).time;
}

describe('a clock that is set back by four minutes', () => {
  const back = 240;

  it('gives a gateway nothing: neither one that runs on, nor one that starts so', async (test) => {
    const clock = aSettableClock('the clock of a gateway', installation.controlPlane.directory);
    if (clock === undefined) return test.skip();
    const first = await installation.product.startSecondGateway(clock.env);
    const end = Date.now() + 8000;
    await applyGrant(installation, {
      name: 'clock',
      spec: { expirationTime: new Date(end).toISOString() },
    });
    await untilActive(installation, 'clock');
    const ada = await signedIn(installation, 'clock');
    const running = race([1, 2].map(() => () => askAt(ada, first.port)));
    await running.until(() => accepted(running) > 10);
    clock.setBack(back);
    await running.until((tries) => tries.filter(({ beganAt }) => beganAt > end).length > 100);
    await running.stop();
    expect(lateComers(running.tries, end)).toEqual([]);
    const second = await installation.product.startSecondGateway(clock.env);
    for (const { port } of [first, second]) {
      const visitor = aPerson({ ca: installation.product.ca });
      const url = signInUrlOf(installation, 'clock').replace(/:\d+\//, `:${port}/`);
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
    const clock = aSettableClock('the clock of the operator', installation.controlPlane.directory);
    if (clock === undefined) return test.skip();
    const { operator } = installation.product;
    await operator.process().stop();
    await operator.start(clock.env);
    await applyGrant(installation, { name: 'reopened' });
    await untilActive(installation, 'reopened');
    const expirationTime = new Date(Date.now() + 2000).toISOString();
    await applyGrant(installation, { name: 'reopened', spec: { expirationTime } });
    await untilActive(installation, 'reopened', false);
    clock.setBack(back);
    await applyGrant(installation, { name: 'reopened', spec: { expirationTime, reason: 'looked at again' } });
    await applyGrant(installation, { name: 'after-it' });
    await untilActive(installation, 'after-it');
    await operator.process().stop();
    await operator.start(clock.env);
    await applyGrant(installation, { name: 'after-that' });
    await untilActive(installation, 'after-that');
    expect(await reasonOf(installation, 'reopened')).toBe('Expired');
    const activated = (await recordsOf(installation)).filter(
      ({ type, grant }) => type === 'grant.activated' && grant?.name === 'reopened',
    );
    expect(activated).toHaveLength(1);
    await operator.process().stop();
    await operator.start();
    return undefined;
  });

  it('leaves the records in order, and says so in them', async (test) => {
    const clock = aSettableClock('the clock of the records', installation.controlPlane.directory);
    if (clock === undefined) return test.skip();
    const { webhook } = installation.product;
    await webhook.process().stop();
    clock.setBack(back);
    await webhook.start(clock.env);
    const ada = await signedIn(installation, 'case-4711');
    expect((await ask(installation, ada)).status).toBe(200);
    await webhook.process().stop();
    await webhook.start();
    await verifyRecords(installation);
    const records = await recordsOf(installation);
    const earlier = records.filter(({ recorded }, at) => recorded < (records[at - 1]?.recorded ?? ''));
    expect(earlier.length).toBeGreaterThan(0);
    expect(earlier).toEqual(records.filter(({ clock: told }) => told?.stepped));
    expect(records.map(({ seq }) => Number(seq))).toEqual(records.map((_, at) => at + 1));
    ada.leave();
    return undefined;
  });

  const askAt = (person: Person, port: number): Promise<Page> =>
    person.visit(`${installation.applicationOrigin.replace(/:\d+$/, `:${port}`)}/api/jobs`, {
      headers: asProgram,
      stay: true,
    });
});
