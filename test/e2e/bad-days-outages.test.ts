/**
 * Bad days: the API server or the records are away in the middle of a request, a sign-in, a reconcile. Nothing is let
 * through that cannot be judged or recorded, nothing hangs, and everything goes on by itself when they are back.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../kit/clock/eventually.ts';
import {
  anExampleInstallation,
  type ExampleInstallation,
  people,
} from '../kit/installation/example-installation.ts';
import {
  applyGrant,
  ask,
  asProgram,
  reasonOf,
  signedIn,
  signInUrlOf,
  untilActive,
} from '../kit/people/acts.ts';
import { liftLock, lock, patchSpec, uidOf } from '../kit/people/customer.ts';
import { aPerson, type Page, type Person } from '../kit/people/http-person.ts';
import { lateComers, nowExact, race } from '../kit/people/race.ts';
import { recordsOf, verifyRecords } from '../kit/records/trail-reading.ts';

/**
 * Within this time each request has a response, with any part of ours away; milliseconds. A request waits up to five seconds
 * for what it must read.
 */
const patience = 8000;

let installation: ExampleInstallation;

beforeAll(async () => {
  installation = await anExampleInstallation();
});

afterAll(async () => installation?.stop());

interface Timed {
  readonly page: Page;
  readonly took: number;
}

async function timed(asking: Promise<Page>): Promise<Timed> {
  const from = performance.now();
  const page = await asking;
  return { page, took: performance.now() - from };
}

/** The state cannot be read, so no request may pass, and each is told so soon. */
function expectUnavailable({ page, took }: Timed): void {
  expect(page.status, page.body).toBe(503);
  expect(took).toBeLessThan(patience);
}

const comesBack = async (person: Person): Promise<void> =>
  eventually(async () => expect((await ask(installation, person)).status).toBe(200), { within: 30_000 });

const door = (person: Person): Promise<Page> =>
  person.visit(signInUrlOf(installation, 'case-4711'), { headers: asProgram, stay: true });

describe('the API server answers nothing, and its connections stay open', () => {
  it('in the middle of a request: refused in time, streams are cut, the session is as before afterwards', async () => {
    const ada = await signedIn(installation, 'case-4711');
    const stream = await ada.open(`${installation.applicationOrigin}/api/events`);
    await eventually(() => expect(stream.text()).toContain('still working'));
    await installation.controlPlane.pauseApiServer();
    const pausedAt = performance.now();
    const reached = installation.application.seen.length;
    const visitor = aPerson({ ca: installation.product.ca });
    const answers = await Promise.all([
      timed(ask(installation, ada)),
      timed(ask(installation, ada)),
      timed(door(visitor)),
    ]);
    await stream.ended;
    await installation.controlPlane.resumeApiServer();
    for (const answer of answers) expectUnavailable(answer);
    expect(installation.application.seen.length).toBe(reached);
    expect(stream.lastByteAt() - pausedAt).toBeLessThan(2500);
    await comesBack(ada);
    ada.leave();
    visitor.leave();
  });

  it('in the middle of a sign-in: no session, told in time, and the next sign-in works', async () => {
    const ada = aPerson({ ca: installation.product.ca });
    const { user, password } = people[0];
    const login = await ada.visit(signInUrlOf(installation, 'case-4711'));
    const answer = await ada.submit(login, { username: user, password });
    await installation.controlPlane.pauseApiServer();
    const told = await timed(ada.submit(answer));
    await installation.controlPlane.resumeApiServer();
    expectUnavailable(told);
    const whoami = await ada.visit(`${installation.origin}/support-access/whoami`, { headers: asProgram });
    expect(whoami.status).toBe(401);
    await eventually(async () => expect((await door(ada)).status).toBe(303), { within: 30_000 });
    expect((await ada.signIn(signInUrlOf(installation, 'case-4711'), people[0])).status).toBe(200);
    ada.leave();
  });
});

describe('the API server is killed', () => {
  it('under load and in the middle of reconciles: nothing passes until it is back, then what was written is in force', async () => {
    for (const name of ['opening', 'closing'])
      await applyGrant(installation, { name, spec: { access: 'Disabled' } });
    await patchSpec(installation, ['-n', 'ecase', 'sag/closing'], { access: 'Enabled' });
    await untilActive(installation, 'closing');
    const ada = await signedIn(installation, 'case-4711');
    const charles = await signedIn(installation, 'closing');
    const running = race([1, 2, 3, 4].map(() => () => ask(installation, ada)));
    await running.until((tries) => tries.length > 50);
    await Promise.all([
      patchSpec(installation, ['-n', 'ecase', 'sag/opening'], { access: 'Enabled' }),
      patchSpec(installation, ['-n', 'ecase', 'sag/closing'], { access: 'Disabled' }),
    ]);
    await installation.controlPlane.killApiServer();
    const killedAt = nowExact();
    await running.until((tries) => tries.filter(({ beganAt }) => beganAt > killedAt).length > 100);
    const away = lateComers(running.tries, killedAt);
    const slowest = Math.max(...running.tries.map(({ beganAt, endedAt }) => endedAt - beganAt));
    await installation.controlPlane.startApiServer();
    const backAt = nowExact();
    await running.until((tries) => lateComers(tries, backAt).length > 20);
    await running.stop();
    expect(away).toEqual([]);
    expect(slowest).toBeLessThan(patience);
    await untilActive(installation, 'opening');
    await untilActive(installation, 'closing', false);
    expect(await reasonOf(installation, 'closing')).toBe('Disabled');
    expect((await ask(installation, charles)).status).toBe(401);
    for (const person of [ada, charles]) person.leave();
  });
});

describe('the records are away', () => {
  it('nothing is forwarded, and a lock still cuts an open stream within a second', async () => {
    await applyGrant(installation, { name: 'unrecorded' });
    await untilActive(installation, 'unrecorded');
    const ada = await signedIn(installation, 'unrecorded');
    const stream = await ada.open(`${installation.applicationOrigin}/api/events`);
    expect(stream.status).toBe(200);
    const { webhook } = installation.product;
    await webhook.process().kill();
    const reached = installation.application.seen.length;
    expectUnavailable(await timed(ask(installation, ada)));
    const visitor = aPerson({ ca: installation.product.ca });
    const home = await visitor.signIn(signInUrlOf(installation, 'unrecorded'), people[0]);
    expect(home.status, home.body).toBe(503);
    const name = `grant.${await uidOf(installation, ['-n', 'ecase', 'sag/unrecorded'])}`;
    await lock(installation, name);
    const lockedAt = performance.now();
    await stream.ended;
    expect(stream.lastByteAt() - lockedAt).toBeLessThanOrEqual(1000);
    expect(installation.application.seen.length).toBe(reached);
    await webhook.start();
    await liftLock(installation, name);
    await untilActive(installation, 'unrecorded');
    const back = await signedIn(installation, 'unrecorded');
    await comesBack(back);
    for (const person of [ada, visitor, back]) person.leave();
  });

  it('the records answer nothing, and their connections stay open: refused in time, and all goes on afterwards', async () => {
    const ada = await signedIn(installation, 'case-4711');
    await comesBack(ada);
    const { pid } = installation.product.webhook.process();
    process.kill(pid, 'SIGSTOP');
    const reached = installation.application.seen.length;
    const answer = await timed(ask(installation, ada)).finally(() => process.kill(pid, 'SIGCONT'));
    expectUnavailable(answer);
    expect(installation.application.seen.length).toBe(reached);
    await comesBack(ada);
    ada.leave();
  });
});

it('after all of it the chain verifies, and every intent has its outcome', async () => {
  await verifyRecords(installation);
  await eventually(
    async () => {
      const records = await recordsOf(installation);
      const causes = new Set(records.filter(({ phase }) => phase === 'outcome').map(({ cause }) => cause));
      expect(records.filter(({ phase, id }) => phase === 'intent' && !causes.has(id))).toEqual([]);
    },
    { within: 30_000, every: 1000 },
  );
});
