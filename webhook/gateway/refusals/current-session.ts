/**
 * Who is signed in behind this request? Asks the decider anew; a session that is found to be over is recorded, deleted
 * and cleared from the browser on the spot.
 */
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import { reasons } from '../../../crds/rules/reasons.ts';
import type { Decided } from '../decisions/decision.ts';
import type { GatewayDeps } from '../deps.ts';
import { signInLink } from '../handlers/sign-in.ts';
import type { Exchange } from '../listener/exchange.ts';
import type { SessionProof } from '../sessions/session-cookie.ts';
import { refuseRecorded } from './refused.ts';

export interface CurrentSession {
  readonly proof: SessionProof;
  readonly session: SupportSession;
  readonly decided: Decided;
  /** When it ends if nothing else happens, epoch milliseconds. */
  readonly until: number;
}

/** The session of a request; undefined when there is none, and then the request has been refused. */
export async function currentSession(
  deps: GatewayDeps,
  exchange: Exchange,
): Promise<CurrentSession | undefined> {
  const proof = deps.sessions.proofFrom(exchange.request, exchange.host);
  if (proof === undefined) {
    deps.refuse(exchange, { status: 401, reason: 'NoSession' });
    return undefined;
  }
  const grant = { namespace: proof.session.namespace, name: proof.grant };
  const decided = await deps.decider.decide({
    entryPoint: 'session',
    grant,
    session: proof,
    origin: exchange.origin,
  });
  const { decision, world } = decided;
  if (decision.allow && world.session !== undefined) {
    deps.sessions.touch(world.session, decided.now);
    return { proof, session: world.session, decided, until: decision.until };
  }
  await refuseSession(deps, exchange, { decided, proof });
  return undefined;
}

async function refuseSession(
  deps: GatewayDeps,
  exchange: Exchange,
  { decided, proof }: { readonly decided: Decided; readonly proof: SessionProof },
): Promise<void> {
  const { decision } = decided;
  const reason = decision.allow ? 'NoSession' : decision.reason;
  const { status, session, offersSignIn } = reasons[reason];
  const grant = { namespace: proof.session.namespace, name: proof.grant };
  const link = signInLink(deps, grant);
  const view = {
    status,
    over: session !== 'stays',
    ...(link === undefined || status !== 401 ? {} : { signIn: link }),
    ...(link === undefined || !offersSignIn ? {} : { again: link }),
  };
  await refuseRecorded(deps, exchange, { area: 'session', reason, decided, view });
}
