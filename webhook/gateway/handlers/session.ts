/** What a signed-in person asks about the session itself: the home page, who am I, the way out. */

import { originOf } from '../../../crds/rules/request/gateway-urls.ts';
import type { GatewayDeps, Handler } from '../deps.ts';
import type { Exchange } from '../listener/exchange.ts';
import { forgetEverything, html, isNavigation, isSameOrigin, json, send } from '../listener/responses.ts';
import { homePage } from '../pages/home.ts';
import { signedOutPage } from '../pages/refusal.ts';
import { currentSession } from '../refusals/current-session.ts';
import { refuseRecorded, undecided } from '../refusals/refused.ts';
import type { SessionProof } from '../sessions/session-cookie.ts';
import { clearedCookie } from '../sessions/session-cookie.ts';
import { homePath, signInLink } from './sign-in.ts';

/** GET /support-access/ */
export const home: Handler = async (deps, exchange) => {
  const current = await currentSession(deps, exchange);
  if (current === undefined) return;
  const { user, grant, matrix, application } = current.decided.world;
  if (user === undefined || grant === undefined || matrix === undefined)
    throw new Error('an allowed session without its user, grant or matrix');

  const entry =
    application === undefined
      ? {}
      : {
          application: {
            name: application.metadata.name,
            url: originFor(deps, application.spec.host),
          },
        };
  const text = homePage({ user, grant, matrix, until: current.until, ...entry });
  send(exchange.response, { status: 200, body: html(text) });
};

/** GET whoami: for scripts, and for people who wonder. */
export const whoami: Handler = async (deps, exchange) => {
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
};

/** POST sign-out: ends the session on every host at once. Only pages of this very origin may ask for it. */
export const signOut: Handler = async (deps, exchange) => {
  if (!isSameOrigin(exchange.request)) {
    const decided = undecided(deps, exchange, 'CrossSite');
    const refused = { area: 'sign-out', reason: 'CrossSite', decided, view: { status: 403 } } as const;
    await refuseRecorded(deps, exchange, refused);
    return;
  }
  const proof = deps.sessions.proofFrom(exchange.request, exchange.host);
  if (proof !== undefined) await endFor(deps, exchange, proof);
  sendSignedOut(deps, exchange, proof);
};

async function endFor(deps: GatewayDeps, { origin }: Exchange, proof: SessionProof): Promise<void> {
  const decided = await deps.decider.decide({
    entryPoint: 'session',
    grant: grantOf(proof),
    session: proof,
    origin,
  });
  const { session } = decided.world;
  // Also a session that is refused for another reason is ended by its person; a foreign one is not.
  if (session?.spec.nonce !== proof.nonce) return;
  await deps.sessions.end(session, { reason: 'SignedOut', source: decided.source });
}

function sendSignedOut(
  deps: GatewayDeps,
  { request, response }: Exchange,
  proof: SessionProof | undefined,
): void {
  const headers = { 'Set-Cookie': clearedCookie, ...forgetEverything };
  if (!isNavigation(request)) {
    send(response, { status: 204, headers });
    return;
  }
  const again = (proof && signInLink(deps, grantOf(proof))) ?? homePath;
  send(response, { status: 200, headers, body: html(signedOutPage(again)) });
}

const grantOf = (proof: SessionProof) => ({ namespace: proof.session.namespace, name: proof.grant });

function originFor(deps: GatewayDeps, host: Exchange['host']): string {
  return `${originOf({ ...deps.policy()?.spec.gateway, host })}/`;
}
