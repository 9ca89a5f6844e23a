import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import type { SupportSession } from '../../../../../crds/generated/support-session.ts';
import type { Decision } from '../../../../../crds/rules/ask.ts';
import type { GatewayDeps } from '../../../../../webhook/gateway/deps.ts';
import { enterApplication, leaveForApplication } from '../../../../../webhook/gateway/handlers/enter.ts';
import { signOut } from '../../../../../webhook/gateway/handlers/session.ts';
import type { Exchange } from '../../../../../webhook/gateway/listener/exchange.ts';
import type { RefusalView } from '../../../../../webhook/gateway/listener/responses.ts';
import {
  browserOf,
  enterCookieName,
  openCode,
  sealCode,
} from '../../../../../webhook/gateway/sessions/enter-code.ts';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { noon } from '../../../../kit/objects/ask.ts';
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
  nonce: session.spec.nonce,
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
}

/** What a browser got, and what was noted of it. */
interface Course {
  readonly deps: GatewayDeps;
  readonly records: NewRecord[];
  readonly ended: { readonly session: SupportSession; readonly reason: string }[];
  readonly refusals: RefusalView[];
}

function aCourse({ decision = allowed, keeper, used = false }: Circumstances = {}): Course {
  const records: NewRecord[] = [];
  const ended: { session: SupportSession; reason: string }[] = [];
  const refusals: RefusalView[] = [];
  const source = { address: undefined, ip: '203.0.113.7' };
  const deps: Partial<GatewayDeps> = {
    keys,
    now: () => noon,
    policy: () => aPolicy(),
    servedAt: () => ({
      kind: 'application',
      application: keeper ?? { namespace: 'ecase', name: application.metadata.name },
    }),
    sourceOf: () => source,
    consume: () => Promise.resolve(used ? 'again' : 'first'),
    decider: {
      decide: () =>
        Promise.resolve({ decision, world: { session, application, locks: new Map() }, source, now: noon }),
    },
    sessions: {
      cookieFor: () => 'session-cookie',
      proofFrom: () => proof,
      touch: () => undefined,
      end: (over: SupportSession, { reason }: { reason: string }) => {
        ended.push({ session: over, reason });
        return Promise.resolve();
      },
    } as never,
    trail: {
      append: () => Promise.resolve([]),
      appendInBackground: (later) => records.push(...later) > 0,
    },
    refuse: (_exchange, view) => void refusals.push(view),
    onFailure: (what) => expect.unreachable(what),
  };
  return { deps: deps as GatewayDeps, records, ended, refusals };
}

/** A request, and the head of the answer that it gets when it is not refused. */
function anExchange(url: string, headers: Record<string, string> = {}, on = host) {
  const heads: { status: number; headers: Record<string, unknown> }[] = [];
  const response = {
    writeHead: (status: number, given: Record<string, unknown>) => heads.push({ status, headers: given }),
    end: () => undefined,
  };
  const exchange: Exchange = {
    request: { url, headers, method: 'GET' } as unknown as IncomingMessage,
    response: response as unknown as ServerResponse,
    host: on,
    origin: { peer: '203.0.113.7', forwardedFor: [] },
  };
  return { exchange, heads };
}

const codeFor = (on = host): string => sealCode(keys, { proof, host: on, browser: browserOf(nonce) }, noon);
const comingIn = (code = codeFor(), headers: Record<string, string> = waiting) =>
  anExchange(`/support-access/enter?code=${code}`, headers);

describe('coming in with a code', () => {
  it('gives the session its cookie on this host, and leaves no refusal', async () => {
    const { deps, records, refusals } = aCourse();
    const { exchange, heads } = comingIn();
    await enterApplication(deps, exchange, {});
    expect(heads).toMatchObject([{ status: 303, headers: { Location: '/jobs' } }]);
    expect(heads[0]?.headers['Set-Cookie']).toContain('session-cookie');
    expect([records, refusals]).toEqual([[], []]);
  });

  it.each([
    ['no code of ours', comingIn('AAAA'), {}],
    ['another browser', comingIn(codeFor(), {}), {}],
    ['a code for another host', comingIn(codeFor('other.apps.example.com')), {}],
    ['a code that was used', comingIn(), { used: true }],
  ])('is refused and recorded with %s', async (_, { exchange, heads }, circumstances: Circumstances) => {
    const { deps, records, refusals } = aCourse(circumstances);
    await enterApplication(deps, exchange, {});
    expect(heads).toEqual([]);
    expect(refusals).toMatchObject([{ status: 403, reason: 'CodeInvalid' }]);
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
    await enterApplication(course.deps, comingIn().exchange, {});
    expect(course.refusals).toMatchObject([{ status: 403, reason: 'Locked' }]);
    expect(course.records).toMatchObject([
      { actor: { name: 'ada' }, session: session.spec.handle, decision: { reason: 'Locked' } },
    ]);
    expect(course.ended).toEqual([{ session, reason: 'Locked' }]);
  });

  it('ends nothing where nobody could know', async () => {
    const decision = { allow: false, reason: 'LockUnreadable', check: 'noLockStands' } as const;
    const course = aCourse({ decision });
    await enterApplication(course.deps, comingIn().exchange, {});
    expect(course.refusals).toMatchObject([{ status: 503 }]);
    expect(course.ended).toEqual([]);
  });

  it.each([
    ['an application of the same name in another namespace', { namespace: 'prod', name: 'ecase' }],
    ['another application', { namespace: 'ecase', name: 'other' }],
  ])('sets no cookie where the host is kept by %s', async (_, keeper) => {
    const course = aCourse({ keeper });
    const { exchange, heads } = comingIn();
    await enterApplication(course.deps, exchange, {});
    expect(heads).toEqual([]);
    expect(course.records).toMatchObject([{ decision: { reason: 'ApplicationNotGranted' } }]);
    expect(course.ended).toEqual([]);
  });
});

describe('leaving for an application', () => {
  const leaving = () =>
    anExchange(`/support-access/enter?host=${host}&browser=${browserOf(nonce)}`, {}, supportHost);

  it('gives a code for the host of the grant’s application', async () => {
    const { exchange, heads } = leaving();
    await leaveForApplication(aCourse().deps, exchange, {});
    const code = String(heads[0]?.headers['Location']).split('code=')[1] ?? '';
    expect(openCode(keys, code, { host, nonce, now: noon })).toMatchObject({ proof });
  });

  it('gives none, and records it, where another namespace’s application keeps the host', async () => {
    const course = aCourse({ keeper: { namespace: 'prod', name: application.metadata.name } });
    const { exchange, heads } = leaving();
    await leaveForApplication(course.deps, exchange, {});
    expect(heads).toEqual([]);
    expect(course.refusals).toMatchObject([{ status: 403, reason: 'ApplicationNotGranted' }]);
    expect(course.records).toMatchObject([{ actor: { name: 'ada' }, target: { area: 'enter' } }]);
  });
});

describe('signing out', () => {
  it('from a page of another site is refused and recorded, and ends nothing', async () => {
    const course = aCourse();
    const { exchange } = anExchange('/support-access/sign-out', { 'sec-fetch-site': 'cross-site' });
    await signOut(course.deps, exchange, {});
    expect(course.refusals).toMatchObject([{ status: 403, reason: 'CrossSite' }]);
    expect(course.records).toMatchObject([
      { target: { area: 'sign-out' }, decision: { effect: 'deny', reason: 'CrossSite' } },
    ]);
    expect(course.ended).toEqual([]);
  });
});
