/**
 * Thousands of requests against each way of taking access back, at two gateways at once: not one that began after the
 * API server's acknowledgement is let through, and an open stream ends within a second.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anExampleInstallation,
  type ExampleInstallation,
  people,
} from '../kit/installation/example-installation.ts';
import {
  applyGrant,
  ask,
  reasonOf,
  requestWithCookiesOf,
  signedIn,
  untilActive,
} from '../kit/people/acts.ts';
import type { Person } from '../kit/people/http-person.ts';
import { lateComers, nowExact, type Race, race, type Try } from '../kit/people/race.ts';
import { waysOfTakingBack } from '../kit/people/ways-of-taking-back.ts';
import { verifyRecords } from '../kit/records/trail-reading.ts';

/** Requests of each race, and how many of them at least begin after the acknowledgement. */
const requests = 1000;
const requestsAfter = 400;

let installation: ExampleInstallation;
let secondOrigin: string;

beforeAll(async () => {
  installation = await anExampleInstallation();
  const second = await installation.product.startSecondGateway();
  secondOrigin = installation.applicationOrigin.replace(/:\d+$/, `:${second.port}`);
});

afterAll(async () => installation?.stop());

interface Figures {
  readonly sent: number;
  readonly after: number;
  readonly lastByteAfter: number;
}

const figures: (Figures & { readonly name: string })[] = [];

afterAll(() => {
  for (const { name, sent, after, lastByteAfter } of figures)
    process.stderr.write(`${name}: 0 of ${after} (of ${sent}), last byte ${lastByteAfter.toFixed(0)} ms\n`);
});

/** One person's browser, half of it at the second gateway: cookies do not know ports. */
function askingAtBoth(person: Person): Race {
  const visit = (origin: string) => requestWithCookiesOf(person, `${origin}/api/jobs`);
  const [first, second] = [visit(installation.applicationOrigin), visit(secondOrigin)];
  return race([first, second, first, second, first, second, first, second]);
}

interface Given {
  readonly person: Person;
  /** Takes access back; resolves with the moment of the acknowledgement, epoch milliseconds. */
  readonly take: () => Promise<number>;
}

async function taking({ person, take }: Given): Promise<Figures> {
  const streams = await Promise.all(
    [installation.applicationOrigin, secondOrigin].map((origin) => person.open(`${origin}/api/events`)),
  );
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  const running = askingAtBoth(person);
  await running.until((tries) => tries.length >= (requests - requestsAfter) / 2);
  const moment = await take();
  const after = (tries: readonly Try[]): Try[] => tries.filter(({ beganAt }) => beganAt >= moment);
  await running.until((tries) => tries.length >= requests && after(tries).length >= requestsAfter);
  await running.stop();
  await Promise.all(streams.map(({ ended }) => ended));
  const last = Math.max(...streams.map((stream) => performance.timeOrigin + stream.lastByteAt()));
  const { tries } = running;
  expect(lateComers(tries, moment)).toEqual([]);
  expect(tries.some(({ beganAt, status }) => beganAt < moment && status === 200)).toBe(true);
  expect(last - moment).toBeLessThanOrEqual(1000);
  return { sent: tries.length, after: after(tries).length, lastByteAfter: Math.max(0, last - moment) };
}

describe('no request that begins after access was taken back is let through, and streams end within a second:', () => {
  it.each(waysOfTakingBack.map((way, at) => ({ ...way, grant: `race-${at}` })))(
    '$name',
    async ({ name, who = people[0], prepare, mend, grant }) => {
      const taken = { installation, grant, user: who.user };
      await applyGrant(installation, {
        name: grant,
        spec: { userRefs: [{ name: who.user }], requiredSupportRoles: undefined },
      });
      await untilActive(installation, grant);
      const person = await signedIn(installation, grant, who);
      const act = await prepare(taken);
      const seen = await taking({
        person,
        take: async () => {
          const { status, text } = await act();
          const moment = nowExact();
          expect(status, text).toBeLessThan(300);
          return moment;
        },
      });
      figures.push({ name, ...seen });
      await mend?.(taken);
      person.leave();
    },
  );

  it('the end of the grant; applied again it opens nothing', async () => {
    const end = Date.now() + 9000;
    const spec = { expirationTime: new Date(end).toISOString() };
    await applyGrant(installation, { name: 'race-expiry', spec });
    await untilActive(installation, 'race-expiry');
    const ada = await signedIn(installation, 'race-expiry');
    figures.push({ name: 'expiry', ...(await taking({ person: ada, take: async () => end })) });
    await applyGrant(installation, { name: 'race-expiry', spec });
    expect((await ask(installation, ada)).status).not.toBe(200);
    await untilActive(installation, 'race-expiry', false);
    expect(await reasonOf(installation, 'race-expiry')).toBe('Expired');
    ada.leave();
  });

  it('and all of it is on record, in a chain that verifies', async () => {
    await verifyRecords(installation);
  });
});
