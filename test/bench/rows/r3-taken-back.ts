/**
 * R3: of a hundred thousand requests with cookies of sessions whose access was taken back, and ten thousand sign-ins while
 * it was closed, how many were let through? On the whole product with a real control plane, in every way of taking back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  anExampleInstallation,
  type ExampleInstallation,
} from '../../kit/installation/example-installation.ts';
import { applyGrant, asProgram, untilActive } from '../../kit/people/acts.ts';
import { aPerson, type Page, type Person } from '../../kit/people/http-person.ts';
import { nowExact } from '../../kit/people/race.ts';
import { countedResult, type Result, type Row } from '../row.ts';
import {
  addressOf,
  beginSignIn,
  finishSignIn,
  type Outcome,
  outcomeOf,
  type SignInBegun,
} from './r3-sign-ins.ts';
import { type WayBack, waysBack } from './r3-ways.ts';

/** A part of the full size, to try the row itself: 0.02 sends 2,000 requests and 200 sign-ins. */
const size = Number(process.env['SUPPORT_ACCESS_BENCH_R3_SIZE'] ?? 1);
/**
 * Each way so often, with sessions of its own. The gateway looks into a cookie whose session is gone without a budget for
 * a minute after the sign-in; a round that took longer would count refusals for the number of requests.
 */
const passes = size < 0.1 ? 1 : 2;
const rounds = passes * waysBack.length;
const requestsOfRound = Math.ceil((100_000 * size) / rounds);
const signInsOfRound = Math.ceil((10_000 * size) / rounds);
/** Half of them keep asking while access is taken back, half keep still until all is over. */
const sessionsOfRound = 8;
const requestLoops = 64;
/** What clients without a session may cause pays for some 25 a second, so more loops would meet that bound instead. */
const signInLoops = 8;
/** SAML responses that the identity provider gave before access was taken back, and that are posted after it. */
const begunBefore = Math.floor(signInsOfRound / 5);

export const r3: Row = {
  id: 'r3',
  title: `Taken back in ${waysBack.length} ways, old cookies and new sign-ins (${rounds} rounds, ${requestLoops} loops)`,
  async run(progress) {
    progress('the installation: control plane, product, application');
    const installation = await anExampleInstallation();
    const seen = newCounts();
    try {
      for (let round = 0; round < rounds; round++) {
        const way = waysBack[round % waysBack.length] as WayBack;
        const from = performance.now();
        await playRound(installation, { way, grant: `taken-back-${round}`, seen });
        const seconds = ((performance.now() - from) / 1000).toFixed(0);
        progress(`${round + 1}/${rounds} ${way.name}: ${seconds} s; ${letThrough(seen)} let through so far`);
      }
      return resultsOf(seen);
    } finally {
      await installation.stop();
    }
  },
};

type Counts = Map<string, number>;

interface Seen {
  /** With the cookies of sessions that went on asking, and of those that kept still. */
  readonly busy: Counts;
  readonly quiet: Counts;
  readonly begunClosed: Counts;
  readonly begunBefore: Counts;
}

const newCounts = (): Seen => ({
  busy: new Map(),
  quiet: new Map(),
  begunClosed: new Map(),
  begunBefore: new Map(),
});

interface Round {
  readonly way: WayBack;
  readonly grant: string;
  readonly seen: Seen;
}

/** The cookies as they were: a browser that is refused forgets them, a thief does not. */
interface OldSession {
  readonly cookie: string;
  readonly address: string;
}

async function playRound(installation: ExampleInstallation, { way, grant, seen }: Round): Promise<void> {
  await applyGrant(installation, { name: grant, spec: openSpec() });
  await untilActive(installation, grant);
  const before = await together(begunBefore, async (each) => {
    return beginSignIn(installation, grant, visitor(installation, addressOf(3, each)));
  });
  const sessions = await together(sessionsOfRound, (each) => newSession(installation, grant, each));
  const [busy, quiet] = [sessions.slice(0, sessionsOfRound / 2), sessions.slice(sessionsOfRound / 2)];
  const taken = await way.prepare({ installation, grant });

  const always = startLoops(installation, busy, requestLoops / 2);
  await always.until(() => always.counts.get('200') !== undefined);
  await taken.takeBack();
  always.countFrom(seen.busy, nowExact());
  const closed = always.stopAt(requestsOfRound / 4);
  await finishAll(installation, before, seen.begunBefore);
  await signInWhileClosed(installation, { grant, seen });
  await closed;
  // Where access is opened anew, those that kept still are heard first after that: they never met a refusal.
  await taken.openAnew?.();
  const [again, still] = [busy, quiet].map((each) => startLoops(installation, each, requestLoops / 2));
  again?.countFrom(seen.busy, 0);
  still?.countFrom(seen.quiet, 0);
  await Promise.all([again?.stopAt(requestsOfRound / 4), still?.stopAt(requestsOfRound / 2)]);
  for (const one of before) one.person.leave();
}

/** From everywhere on this machine, since clients are bounded by address. */
const openSpec = (): Readonly<Record<string, unknown>> => ({
  userRefs: [{ name: 'ada' }, { name: 'charles' }],
  allowedCIDRs: ['127.0.0.0/8'],
  expirationTime: new Date(Date.now() + 3_600_000).toISOString(),
});

const visitor = ({ product }: ExampleInstallation, from: string): Person => aPerson({ ca: product.ca, from });

async function together<T>(count: number, act: (each: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, each) => act(each)));
}

async function newSession(
  installation: ExampleInstallation,
  grant: string,
  each: number,
): Promise<OldSession> {
  const address = addressOf(2, each);
  const person = visitor(installation, address);
  const begun = await beginSignIn(installation, grant, person);
  const { passed, reason } = await finishSignIn(installation, begun);
  if (!passed) throw new Error(`no one could sign in: ${reason}`);
  const home = `${installation.applicationOrigin}/`;
  const { status } = await person.visit(home);
  const cookie = person.cookies.headerFor(new URL(home));
  person.leave();
  if (status !== 200 || cookie === undefined) throw new Error(`the application was not entered: ${status}`);
  return { cookie, address };
}

interface Loops {
  /** What came of those that count. */
  readonly counts: Counts;
  until(enough: () => boolean): Promise<void>;
  /** From now on counts those requests there that began at `moment` or after it. */
  countFrom(counts: Counts, moment: number): void;
  /** Resolves when so many were counted. */
  stopAt(count: number): Promise<void>;
}

/** Requests without pause, in turns with each of the cookies. */
function startLoops(
  installation: ExampleInstallation,
  sessions: readonly OldSession[],
  loops: number,
): Loops {
  const url = `${installation.applicationOrigin}/api/jobs`;
  const state = {
    counts: new Map<string, number>(),
    moment: 0,
    counted: 0,
    wanted: Number.POSITIVE_INFINITY,
  };
  const running = together(loops, async (each) => {
    const { cookie, address } = sessions[each % sessions.length] as OldSession;
    const person = visitor(installation, address);
    while (state.counted < state.wanted) {
      const beganAt = nowExact();
      const outcome = await person.visit(url, { headers: { ...asProgram, cookie }, stay: true }).then(
        (page: Page) => outcomeOf(page),
        () => 'no response',
      );
      if (beganAt < state.moment) continue;
      state.counted += 1;
      add(state.counts, outcome);
      // A connection that is refused at once would otherwise starve the others.
      if (outcome === 'no response') await delay(5);
    }
    person.leave();
  });
  return {
    get counts() {
      return state.counts;
    },
    until: async (enough) => {
      const deadline = performance.now() + 60_000;
      while (!enough()) {
        if (performance.now() > deadline) throw new Error(`seen: ${shown(state.counts)}`);
        await delay(5);
      }
    },
    countFrom: (counts, moment) => Object.assign(state, { counts, moment, counted: 0 }),
    stopAt: async (count) => {
      state.wanted = count;
      await running;
    },
  };
}

async function finishAll(
  installation: ExampleInstallation,
  before: readonly SignInBegun[],
  counts: Counts,
): Promise<void> {
  for (const { reason } of await Promise.all(before.map((begun) => finishSignIn(installation, begun))))
    add(counts, reason);
}

/** Whole sign-ins, in turns from many addresses; one that is refused at its first step ends there. */
async function signInWhileClosed(
  installation: ExampleInstallation,
  { grant, seen }: Pick<Round, 'grant' | 'seen'>,
): Promise<void> {
  let next = begunBefore;
  await together(signInLoops, async (loop) => {
    while (next < signInsOfRound) {
      const each = next++;
      const person = visitor(installation, addressOf(10 + loop, each));
      const begun = await beginSignIn(installation, grant, person);
      const { reason }: Outcome = await finishSignIn(installation, begun);
      add(seen.begunClosed, reason);
      person.leave();
    }
  });
}

function add(counts: Counts, outcome: string): void {
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
}

const total = (counts: Counts): number => [...counts.values()].reduce((sum, each) => sum + each, 0);

/** Each response that is no refusal was let through: a page of the application, also one with an error, and a redirect. */
const passedIn = (counts: Counts): number =>
  [...counts].reduce((sum, [outcome, times]) => (/^\d/.test(outcome) ? sum + times : sum), 0);

const letThrough = (seen: Seen): number =>
  Object.values(seen).reduce((sum: number, counts: Counts) => sum + passedIn(counts), 0);

const shown = (counts: Counts): string =>
  [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([outcome, times]) => `${outcome} ${times}`)
    .join(', ');

function resultsOf(seen: Seen): Result[] {
  const result = (what: string, counts: Counts): Result =>
    countedResult(what, {
      value: passedIn(counts),
      unit: 'requests',
      limit: 0,
      detail: `of ${total(counts)}: ${shown(counts)}`,
    });
  return [
    result('let through, sessions that went on asking', seen.busy),
    result('let through, sessions that kept still', seen.quiet),
    result('signed in, begun while closed', seen.begunClosed),
    result('signed in, SAML response from before', seen.begunBefore),
  ];
}
