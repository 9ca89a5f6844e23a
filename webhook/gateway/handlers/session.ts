/** The pages of a signed-in person about the session itself: home, whoami, sign-out. */
import { sessionDeadlines } from '../../../crds/rules/checks/session-is-alive.ts';
import { cameFrom, type SaidByBrowser, senderOf } from '../../../crds/rules/request/cross-site.ts';
import { originOf } from '../../../crds/rules/request/gateway-urls.ts';
import type { Decider } from '../decisions/decision.ts';
import type { Exchange } from '../listener/request-gate.ts';
import { ownOrigins, saidByBrowser } from '../listener/request-sender.ts';
import { homePage, signedOutPage } from '../pages/home.ts';
import { homePath, type PolicySeen, signInLink } from '../pages/links.ts';
import { forgetEverything, html, isNavigation, json, send } from '../pages/responses.ts';
import { type CurrentSessionDeps, currentSession } from '../refusals/current-session.ts';
import {
  type BeforeDecision,
  decidedRefusal,
  type MayJudge,
  tooManyAsked,
  undecided,
} from '../refusals/decided-refusal.ts';
import type { Refuse } from '../refusals/refuse.ts';
import { grantOf, type SessionProof } from '../sessions/session-cookie.ts';
import type { SessionStore } from '../sessions/session-store.ts';

export interface HomeDeps extends CurrentSessionDeps {
  readonly policy: PolicySeen;
}

/** GET /support-access/ */
export async function home(deps: HomeDeps, exchange: Exchange): Promise<void> {
  const current = await currentSession(deps, exchange);
  if (current === undefined) return;
  const { user, grant, matrix, application, policy } = current.decided.world;
  const deadlines = sessionDeadlines(current.session, policy, current.decided.now);
  if (user === undefined || grant === undefined || matrix === undefined || deadlines === undefined)
    throw new Error('an allowed session without its user, grant, matrix or times');

  const entry =
    application === undefined
      ? {}
      : { application: { object: application, entry: urlOf(deps, application.spec.host) } };
  const text = homePage({
    user,
    grant,
    matrix,
    until: current.until,
    absolute: deadlines.absolute,
    customer: policy?.spec.customerName,
    ...entry,
  });
  send(exchange.response, { status: 200, body: html(text) });
}

function urlOf({ policy }: HomeDeps, host: string): string {
  return `${originOf({ ...policy()?.spec.gateway, host })}/`;
}

/** GET whoami: who is signed in, for scripts. */
export async function whoami(deps: CurrentSessionDeps, exchange: Exchange): Promise<void> {
  const current = await currentSession(deps, exchange);
  if (current === undefined) return;
  const { user, grant, matrix } = current.decided.world;
  const { namespace = '', name = '' } = grant?.metadata ?? {};
  const body = json({
    name: user?.spec.displayName,
    userId: user?.spec.userId,
    nameId: current.session.spec.nameID,
    grant: `${namespace}/${name}`,
    until: new Date(current.until).toISOString(),
    matrix: matrix?.name,
  });
  send(exchange.response, { status: 200, body });
}

export interface SignOutDeps extends BeforeDecision {
  readonly decider: Decider;
  readonly sessions: Pick<SessionStore, 'proofFrom' | 'isOf' | 'end'>;
  readonly refuse: Refuse;
  readonly mayJudge: MayJudge;
  readonly policy: PolicySeen;
}

/** POST sign-out: ends the session on every host at once. Only pages of this very origin may request it. */
export async function signOut(deps: SignOutDeps, exchange: Exchange): Promise<void> {
  const said = saidByBrowser(exchange.request);
  const sender = senderOf(said, { own: ownOrigins(deps.policy(), exchange), listed: [] });
  if (sender.kind !== 'own' && !hidesItsOrigin(said)) {
    const reason = 'CrossSite';
    const refusedIn = { area: 'sign-out', decided: undecided(deps, exchange, reason) } as const;
    const objection = { reason, detail: cameFrom(said, sender) } as const;
    await deps.refuse(exchange, decidedRefusal(exchange, refusedIn, objection));
    return;
  }
  const proof = deps.sessions.proofFrom(exchange.request, exchange.host);
  if (proof !== undefined && !deps.mayJudge(exchange, proof))
    return deps.refuse(exchange, tooManyAsked(deps, exchange, 'sign-out'));
  if (proof !== undefined) await endFor(deps, exchange, proof);
  sendSignedOut(deps, exchange, proof);
}

/**
 * What older browsers say of a form of this very host where a page hides its address; what a form of another site makes them say
 * too, but with that the session's cookie does not come (`SameSite=Lax`), so that there is nothing to end.
 */
function hidesItsOrigin({ site, origin, referer }: SaidByBrowser): boolean {
  return site === undefined && referer === undefined && (origin === undefined || origin === 'null');
}

async function endFor(deps: SignOutDeps, { origin }: Exchange, proof: SessionProof): Promise<void> {
  const decided = await deps.decider.decide({
    entryPoint: 'session',
    grant: grantOf(proof),
    session: proof,
    origin,
  });
  const { session } = decided.world;
  // Also a session that is refused for another reason is ended by its person; a foreign one is not.
  if (session === undefined || !deps.sessions.isOf(proof, session)) return;
  await deps.sessions.end(session, { reason: 'SignedOut', source: decided.source });
}

function sendSignedOut(
  { policy }: SignOutDeps,
  { request, response }: Exchange,
  proof: SessionProof | undefined,
): void {
  const headers = forgetEverything(request);
  if (!isNavigation(request)) {
    send(response, { status: 204, headers });
    return;
  }
  const again = (proof && signInLink(policy(), grantOf(proof))) ?? homePath;
  send(response, { status: 200, headers, body: html(signedOutPage(again)) });
}
