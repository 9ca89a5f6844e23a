import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import type { SupportSession } from '../../../../../crds/generated/support-session.ts';
import type { Decision } from '../../../../../crds/rules/ask.ts';
import {
  type EnterDeps,
  enterApplication,
  type LeaveDeps,
  leaveForApplication,
} from '../../../../../webhook/gateway/handlers/enter.ts';
import { type SignOutDeps, signOut } from '../../../../../webhook/gateway/handlers/session.ts';
import { createRefuse, type RequestRefusal } from '../../../../../webhook/gateway/refusals/refuse.ts';
import {
  browserOf,
  clearedEnterCookie,
  enterCookieName,
  openCode,
  sealCode,
} from '../../../../../webhook/gateway/sessions/enter-code.ts';
import { enteredCookieName } from '../../../../../webhook/gateway/sessions/entered-application.ts';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import type { SessionProof } from '../../../../../webhook/gateway/sessions/session-cookie.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { anExchange, headOf } from '../../../../kit/objects/exchange.ts';
import { withMetadata } from '../../../../kit/objects/object.ts';
import { aPolicy } from '../../../../kit/objects/policy.ts';
import { aSession } from '../../../../kit/objects/session.ts';

const keys = keysFrom(Buffer.alloc(32, 7));
const application = anApplication();
const { host } = application.spec;
const supportHost = aPolicy().spec.gateway.host;
const session = aSession();
const proof = {
  session: { namespace: 'ecase', name: session.metadata.name },
  grant: 'case-4711',
  secret: 'of-the-browser',
};
const nonce = 'n1';
const path = Buffer.from('/jobs').toString('base64url');
const waiting = { cookie: `${enterCookieName}=${nonce}.${path}` };
const allowed: Decision = { allow: true, until: noon + 60_000 };

interface Circumstances {
  readonly decision?: Decision;
  /** Whose the host is. */
  readonly keeper?: { readonly namespace: string; readonly name: string };
  readonly used?: boolean;
  readonly mayAsk?: boolean;
}

/** Everything that entering, leaving and signing out are given, with what was noted of them. */
function aCourse({ decision = allowed, keeper, used = false, mayAsk = true }: Circumstances = {}) {
  const records: NewRecord[] = [];
  const ended: { session: SupportSession; reason: string }[] = [];
  const refusals: RequestRefusal[] = [];
  const source = { address: undefined, ip: '203.0.113.7' };
  const onFailure = (what: string): void => expect.unreachable(what);
  const policy = () => aPolicy();
  const sessions = {
    cookieFor: () => 'session-cookie',
    proofFrom: () => proof,
    isOf: (known: SessionProof) => known === proof,
    touch: () => undefined,
    end: (over: SupportSession, { reason }: { reason: string }) => {
      ended.push({ session: over, reason });
      return Promise.resolve();
    },
  };
  const trail = {
    appendInBackground: (later: readonly NewRecord[]) => records.push(...later) > 0,
    health: () => ({ reachable: true, appended: 0, waiting: 0, lost: 0 }),
  };
  const refuse = createRefuse({ trail, sessions, policy, onFailure, onRefused: () => undefined });
  const deps: EnterDeps & LeaveDeps & SignOutDeps = {
    keys,
    now: () => noon,
    policy,
    servedAt: () => ({
      kind: 'application',
      application: keeper ?? { namespace: 'ecase', name: application.metadata.name },
      listedOrigins: [],
    }),
    sourceOf: () => source,
    consume: () => Promise.resolve(used ? 'again' : 'first'),
    decider: {
      decide: () =>
        Promise.resolve({
          decision,
          world: { session, application, locks: new Map() },
          source,
          now: noon,
          refusedSince: () => undefined,
        }),
    },
    sessions,
    noteJudged: () => undefined,
    mayAsk: () => mayAsk,
    mayJudge: () => true,
    refuse: (exchange, refusal) => {
      refusals.push(refusal);
      return refuse(exchange, refusal);
    },
  };
  return { deps, records, ended, refusals };
}

const codeFor = (on = host): string => sealCode(keys, { proof, host: on, browser: browserOf(nonce) }, noon);
const comingIn = (code = codeFor(), headers: Record<string, string> = waiting) =>
  anExchange({ url: `/support-access/enter?code=${code}`, host, headers });

/** The cookie that the browser set out with is taken back, and no session's is given. */
const withoutSessionCookie = { 'set-cookie': clearedEnterCookie };

describe('coming in with a code', () => {
  it('costs the API server nothing where its client has asked too often', async () => {
    const { deps, refusals } = aCourse({ mayAsk: false, used: true });
    const exchange = comingIn();
    await enterApplication({ ...deps, consume: () => expect.unreachable('asked') }, exchange);
    expect([headOf(exchange)?.status, refusals.map(({ reason }) => reason)]).toEqual([
      429,
      ['TooManyRequests'],
    ]);
  });

  it('gives the session its cookie on this host, and leaves no refusal', async () => {
    const { deps, records, refusals } = aCourse();
    const exchange = comingIn();
    await enterApplication(deps, exchange);
    expect(headOf(exchange)).toMatchObject({ status: 303, headers: { location: '/jobs' } });
    expect(headOf(exchange)?.headers['set-cookie']).toContain('session-cookie');
    expect([records, refusals]).toEqual([[], []]);
  });

  describe('where another application may have been before', () => {
    const cookiesIn = (exchange: ReturnType<typeof comingIn>): string[] =>
      [headOf(exchange)?.headers['set-cookie'] ?? []].flat();
    const enteredWith = async (more: string, { uid = application.metadata.uid } = {}) => {
      const exchange = comingIn(undefined, { cookie: `${waiting.cookie}; ${more}` });
      const { deps } = aCourse();
      const known = anApplication(withMetadata({ uid }));
      const decider: EnterDeps['decider'] = {
        decide: async (ask) => {
          const decided = await deps.decider.decide(ask);
          return { ...decided, world: { ...decided.world, application: known } };
        },
      };
      await enterApplication({ ...deps, decider }, exchange);
      const mark =
        cookiesIn(exchange)
          .find((one) => one.startsWith(enteredCookieName))
          ?.split(';')[0] ?? '';
      return { mark, forgets: headOf(exchange)?.headers['clear-site-data'], cookies: cookiesIn(exchange) };
    };

    it('has the browser forget what it stored and its cookies, and not when it was this application', async () => {
      const first = await enteredWith('theirs=1; =odd; nameless; __Host-support-access=mine');
      expect(first.forgets).toBe('"cache", "storage"');
      expect(first.cookies.filter((one) => one.includes('=; ')).toSorted()).toEqual([
        clearedEnterCookie,
        'theirs=; Path=/; Secure; Max-Age=0',
      ]);
      const again = await enteredWith(`theirs=1; ${first.mark}`);
      expect(again).toMatchObject({ mark: first.mark, forgets: undefined });
      expect(again.cookies.filter((one) => one.includes('=; '))).toEqual([clearedEnterCookie]);
      const next = await enteredWith(first.mark, { uid: 'made-anew' });
      expect(next.forgets).toBe('"cache", "storage"');
      expect(await enteredWith(next.mark)).toMatchObject({ mark: first.mark, forgets: '"cache", "storage"' });
    });

    it('takes no mark that it did not write, nor two of them', async () => {
      const { mark } = await enteredWith('');
      for (const more of [`${mark}x`, mark.slice(0, -1), `${mark}; ${mark}`, `${enteredCookieName}=`])
        expect((await enteredWith(more)).forgets).toBe('"cache", "storage"');
    });
  });

  it.each([
    ['no code of ours', comingIn('AAAA'), {}],
    ['another browser', comingIn(codeFor(), {}), {}],
    ['a code for another host', comingIn(codeFor('other.apps.example.com')), {}],
    ['a code that was used', comingIn(), { used: true }],
  ])('is refused and recorded with %s', async (_, exchange, circumstances: Circumstances) => {
    const { deps, records, refusals } = aCourse(circumstances);
    await enterApplication(deps, exchange);
    expect(headOf(exchange)).toMatchObject({ status: 403, headers: withoutSessionCookie });
    expect(refusals).toMatchObject([{ reason: 'CodeInvalid' }]);
    expect(records).toMatchObject([
      {
        type: 'app.request',
        phase: 'point',
        actor: { kind: 'anonymous' },
        source: { ip: '203.0.113.7' },
        target: { area: 'enter', host },
        decision: { effect: 'deny', reason: 'CodeInvalid' },
        outcome: { status: 403 },
      },
    ]);
  });

  it('is recorded, and ends the session, where the decision says that it is over', async () => {
    const course = aCourse({ decision: { allow: false, reason: 'Locked', check: 'noLockStands' } });
    const exchange = comingIn();
    await enterApplication(course.deps, exchange);
    expect(headOf(exchange)?.status).toBe(403);
    expect(course.refusals).toMatchObject([{ reason: 'Locked' }]);
    expect(course.records).toMatchObject([
      { actor: { name: 'ada' }, session: session.spec.handle, decision: { reason: 'Locked' } },
    ]);
    expect(course.ended).toEqual([{ session, reason: 'Locked' }]);
  });

  it('ends nothing where nobody could know', async () => {
    const decision = { allow: false, reason: 'LockUnreadable', check: 'noLockStands' } as const;
    const course = aCourse({ decision });
    const exchange = comingIn();
    await enterApplication(course.deps, exchange);
    expect(headOf(exchange)?.status).toBe(503);
    expect(course.ended).toEqual([]);
  });

  it.each([
    ['an application of the same name in another namespace', { namespace: 'prod', name: 'ecase' }],
    ['another application', { namespace: 'ecase', name: 'other' }],
  ])('sets no cookie where the host is kept by %s', async (_, keeper) => {
    const course = aCourse({ keeper });
    const exchange = comingIn();
    await enterApplication(course.deps, exchange);
    expect(headOf(exchange)).toMatchObject({ status: 403, headers: withoutSessionCookie });
    expect(course.records).toMatchObject([{ decision: { reason: 'ApplicationNotGranted' } }]);
    expect(course.ended).toEqual([]);
  });
});

describe('leaving for an application', () => {
  const leaving = () =>
    anExchange({ url: `/support-access/enter?host=${host}&browser=${browserOf(nonce)}`, host: supportHost });

  it('gives a code for the host of the grant’s application', async () => {
    const exchange = leaving();
    await leaveForApplication(aCourse().deps, exchange);
    const code = String(headOf(exchange)?.headers['location']).split('code=')[1] ?? '';
    expect(openCode(keys, code, { host, nonce, now: noon })).toMatchObject({ proof });
  });

  it('gives none, and records it, where another namespace’s application keeps the host', async () => {
    const course = aCourse({ keeper: { namespace: 'prod', name: application.metadata.name } });
    const exchange = leaving();
    await leaveForApplication(course.deps, exchange);
    expect(headOf(exchange)?.headers['location']).toBeUndefined();
    expect(headOf(exchange)?.status).toBe(403);
    expect(course.refusals).toMatchObject([{ reason: 'ApplicationNotGranted' }]);
    expect(course.records).toMatchObject([{ actor: { name: 'ada' }, target: { area: 'enter' } }]);
  });
});

describe('signing out', () => {
  it('from a page of another site is refused and recorded, and ends nothing', async () => {
    const course = aCourse();
    const exchange = anExchange({
      url: '/support-access/sign-out',
      host,
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    await signOut(course.deps, exchange);
    expect(headOf(exchange)?.status).toBe(403);
    expect(course.refusals).toMatchObject([{ reason: 'CrossSite' }]);
    expect(course.records).toMatchObject([
      { target: { area: 'sign-out' }, decision: { effect: 'deny', reason: 'CrossSite' } },
    ]);
    expect(course.ended).toEqual([]);
  });

  it.each([
    ['hides its origin', { origin: 'null' }],
    ['says nothing', {}],
  ])(
    'from a browser without Fetch Metadata that %s ends the session that its cookie names',
    async (_, headers) => {
      const course = aCourse();
      const exchange = anExchange({
        url: '/support-access/sign-out',
        host: supportHost,
        method: 'POST',
        headers,
      });
      await signOut(course.deps, exchange);
      expect(headOf(exchange)?.status).toBe(204);
      expect(course.ended).toHaveLength(1);
    },
  );

  it('from a page that names another site is refused without Fetch Metadata too', async () => {
    const course = aCourse();
    const headers = { origin: 'https://evil.example' };
    await signOut(course.deps, anExchange({ url: '/support-access/sign-out', host, headers }));
    expect([course.refusals.map(({ reason }) => reason), course.ended]).toEqual([['CrossSite'], []]);
  });
});
