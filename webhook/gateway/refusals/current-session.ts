/** Who is signed in behind this request? Asks the decider anew, and refuses where there is no session any more. */
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import { reasons } from '../../../crds/rules/reasons.ts';
import type { Decided, Decider } from '../decisions/decision.ts';
import type { Connections } from '../listener/client-limits.ts';
import type { Exchange } from '../listener/request-gate.ts';
import { grantOf, type SessionProof } from '../sessions/session-cookie.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import {
  type BeforeDecision,
  decidedRefusal,
  type MayJudge,
  tooManyAsked,
  withoutSession,
} from './decided-refusal.ts';
import type { Refuse } from './refuse.ts';

export interface CurrentSession {
  readonly proof: SessionProof;
  readonly session: SupportSession;
  readonly decided: Decided;
  /** When it ends if nothing else happens, epoch milliseconds. */
  readonly until: number;
}

export interface CurrentSessionDeps extends BeforeDecision {
  readonly decider: Decider;
  readonly sessions: Pick<SessionStore, 'proofFrom' | 'touch'>;
  readonly refuse: Refuse;
  readonly noteJudged: NoteJudged;
  readonly mayJudge: MayJudge;
}

/** The session of a request; undefined when there is none, and then the request has been refused. */
export async function currentSession(
  deps: CurrentSessionDeps,
  exchange: Exchange,
): Promise<CurrentSession | undefined> {
  const { decider, sessions, refuse } = deps;
  const area = 'session';
  const proof = sessions.proofFrom(exchange.request, exchange.host);
  if (proof === undefined) {
    await refuse(exchange, withoutSession(deps, exchange, { area }));
    return undefined;
  }
  if (!deps.mayJudge(exchange, proof)) {
    await refuse(exchange, tooManyAsked(deps, exchange, area));
    return undefined;
  }
  const { origin } = exchange;
  const decided = await decider.decide({
    entryPoint: 'session',
    grant: grantOf(proof),
    session: proof,
    origin,
  });
  deps.noteJudged(exchange, decided);
  const { decision, world } = decided;
  if (decision.allow && world.session !== undefined) {
    sessions.touch(world.session, decided);
    return { proof, session: world.session, decided, until: decision.until };
  }
  const objection = decision.allow ? ({ reason: 'NoSession' } as const) : decision;
  await refuse(exchange, { ...decidedRefusal(exchange, { area, decided }, objection), proof });
  return undefined;
}

/** Told of every decision about a request with a genuine cookie. */
export type NoteJudged = (exchange: Pick<Exchange, 'request'>, decided: Decided) => void;

/** Notes it where connections are bounded. */
export function noteJudgedIn(connections: Pick<Connections, 'judged'>): NoteJudged {
  return ({ request }, { decision, world }) => {
    const lives = decision.allow || reasons[decision.reason].session === 'stays';
    // A genuine cookie alone proves little: it outlives its session, and who took it may try it for ever.
    if (!lives) connections.judged(request, undefined);
    // What could not be read says nothing; while the API server is away, people must not lose their connections.
    else if (world.session !== undefined) connections.judged(request, world.session.metadata.uid);
  };
}
