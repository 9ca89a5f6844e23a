/**
 * Bad days: the API server or the records are away in the middle of a request, a sign-in, a reconcile. Nothing is let
 * through that cannot be judged or recorded, nothing hangs, and everything goes on by itself when they are back.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../kit/clock/eventually.ts';
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
import { people, type Stage } from '../kit/installation/stage.ts';
import { liftLock, lock, patchSpec, uidOf } from '../kit/people/customer.ts';
import { aPerson, type Page, type Person } from '../kit/people/http-person.ts';
import { lateComers, nowExact, race } from '../kit/people/race.ts';
import { recordsOf, verifyRecords } from '../kit/records/trail-reading.ts';

/** Within this time somebody at the door has an answer, whatever is away; milliseconds. */
const patience = 5000;

let stage: Stage;

beforeAll(async () => {
  stage = await aQuietStage();
});

afterAll(async () => stage?.strike());

interface Timed {
  readonly page: Page;
  readonly took: number;
}

async function timed(asking: Promise<Page>): Promise<Timed> {
  const from = performance.now();
  const page = await asking;
  return { page, took: performance.now() - from };
}

/** Nobody may know, so nobody may pass; and whoever asks is told so soon. */
function expectUnavailable({ page, took }: Timed): void {
  expect(page.status, page.body).toBe(503);
  expect(took).toBeLessThan(patience);
}

const comesBack = async (person: Person): Promise<void> =>
  eventually(async () => expect((await ask(stage, person)).status).toBe(200), { within: 30_000 });

const door = (person: Person): Promise<Page> =>
  person.visit(signInUrlOf(stage, 'case-4711'), { headers: asProgram, stay: true });

describe('the API server answers nothing, and its connections stay open', () => {
  it('in the middle of a request: refused in time, streams are cut, the session is as before afterwards', async () => {
    const ada = await signedIn(stage, 'case-4711');
    const stream = await ada.open(`${stage.applicationOrigin}/api/events`);
    await eventually(() => expect(stream.text()).toContain('still working'));
    await stage.controlPlane.pauseApiServer();
    const pausedAt = performance.now();
    const reached = stage.application.seen.length;
    const visitor = aPerson({ ca: stage.product.ca });
    const answers = await Promise.all([timed(ask(stage, ada)), timed(ask(stage, ada)), timed(door(visitor))]);
    await stream.ended;
    await stage.controlPlane.resumeApiServer();
    for (const answer of answers) expectUnavailable(answer);
    expect(stage.application.seen.length).toBe(reached);
    expect(stream.lastByteAt() - pausedAt).toBeLessThan(2500);
    await comesBack(ada);
    ada.leave();
    visitor.leave();
  });

  it('in the middle of a sign-in: no session, told in time, and the next sign-in works', async () => {
    const ada = aPerson({ ca: stage.product.ca });
    const { user, password } = people[0];
    const login = await ada.visit(signInUrlOf(stage, 'case-4711'));
    const answer = await ada.submit(login, { username: user, password });
    await stage.controlPlane.pauseApiServer();
    const told = await timed(ada.submit(answer));
    await stage.controlPlane.resumeApiServer();
    expectUnavailable(told);
    const whoami = await ada.visit(`${stage.origin}/support-access/whoami`, { headers: asProgram });
    expect(whoami.status).toBe(401);
    await eventually(async () => expect((await door(ada)).status).toBe(303), { within: 30_000 });
    expect((await ada.signIn(signInUrlOf(stage, 'case-4711'), people[0])).status).toBe(200);
    ada.leave();
  });
});

describe('the API server is killed', () => {
  it('under load and in the middle of reconciles: nothing passes until it is back, then what was written is in force', async () => {
    for (const name of ['opening', 'closing'])
      await applyGrant(stage, { name, spec: { access: 'Disabled' } });
    await patchSpec(stage, ['-n', 'ecase', 'sag/closing'], { access: 'Enabled' });
    await untilActive(stage, 'closing');
    const ada = await signedIn(stage, 'case-4711');
    const charles = await signedIn(stage, 'closing');
    const running = race([1, 2, 3, 4].map(() => () => ask(stage, ada)));
    await running.until((tries) => tries.length > 50);
    await Promise.all([
      patchSpec(stage, ['-n', 'ecase', 'sag/opening'], { access: 'Enabled' }),
      patchSpec(stage, ['-n', 'ecase', 'sag/closing'], { access: 'Disabled' }),
    ]);
    await stage.controlPlane.killApiServer();
    const killedAt = nowExact();
    await running.until((tries) => tries.filter(({ beganAt }) => beganAt > killedAt).length > 100);
    const away = lateComers(running.tries, killedAt);
    const slowest = Math.max(...running.tries.map(({ beganAt, endedAt }) => endedAt - beganAt));
    await stage.controlPlane.startApiServer();
    const backAt = nowExact();
    await running.until((tries) => lateComers(tries, backAt).length > 20);
    await running.stop();
    expect(away).toEqual([]);
    expect(slowest).toBeLessThan(patience);
    await untilActive(stage, 'opening');
    await untilActive(stage, 'closing', false);
    expect(await reasonOf(stage, 'closing')).toBe('Disabled');
    expect((await ask(stage, charles)).status).toBe(401);
    for (const person of [ada, charles]) person.leave();
  });
});

describe('the records are away', () => {
  it('nothing is forwarded, and a lock still cuts an open stream within a second', async () => {
    await applyGrant(stage, { name: 'unrecorded' });
    await untilActive(stage, 'unrecorded');
    const ada = await signedIn(stage, 'unrecorded');
    const stream = await ada.open(`${stage.applicationOrigin}/api/events`);
    expect(stream.status).toBe(200);
    const { webhook } = stage.product;
    await webhook.process().kill();
    const reached = stage.application.seen.length;
    expectUnavailable(await timed(ask(stage, ada)));
    const visitor = aPerson({ ca: stage.product.ca });
    const home = await visitor.signIn(signInUrlOf(stage, 'unrecorded'), people[0]);
    expect(home.status, home.body).toBe(503);
    const name = `grant.${await uidOf(stage, ['-n', 'ecase', 'sag/unrecorded'])}`;
    await lock(stage, name);
    const lockedAt = performance.now();
    await stream.ended;
    expect(stream.lastByteAt() - lockedAt).toBeLessThanOrEqual(1000);
    expect(stage.application.seen.length).toBe(reached);
    await webhook.start();
    await liftLock(stage, name);
    await untilActive(stage, 'unrecorded');
    const back = await signedIn(stage, 'unrecorded');
    await comesBack(back);
    for (const person of [ada, visitor, back]) person.leave();
  });

  it('the records answer nothing, and their connections stay open: refused in time, and all goes on afterwards', async () => {
    const ada = await signedIn(stage, 'case-4711');
    await comesBack(ada);
    const { pid } = stage.product.webhook.process();
    process.kill(pid, 'SIGSTOP');
    const reached = stage.application.seen.length;
    const answer = await timed(ask(stage, ada)).finally(() => process.kill(pid, 'SIGCONT'));
    expectUnavailable(answer);
    expect(stage.application.seen.length).toBe(reached);
    await comesBack(ada);
    ada.leave();
  });
});

it('after all of it the chain verifies, and every intent has its outcome', async () => {
  await verifyRecords(stage);
  await eventually(
    async () => {
      const records = await recordsOf(stage);
      const causes = new Set(records.filter(({ phase }) => phase === 'outcome').map(({ cause }) => cause));
      expect(records.filter(({ phase, id }) => phase === 'intent' && !causes.has(id))).toEqual([]);
    },
    { within: 30_000, every: 1000 },
  );
});
