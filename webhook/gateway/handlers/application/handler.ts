/**
 * What happens to a request on an application's host, step by step: who, what, may they, record, forward, mask, record.
 * Every step that says no ends it; the rules themselves are elsewhere.
 */
import type { Decided } from '../../decisions/decision.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import type { ServedApplication } from '../../listener/served-hosts.ts';
import { carriesMask } from '../../masking/mask-watch.ts';
import { restoredAddress } from '../../masking/restore.ts';
import { enterUrl } from '../../pages/links.ts';
import type { ProxyPolicy } from '../../proxy/policy.ts';
import type { ResolveService, Upstream } from '../../proxy/resolve-service.ts';
import { type IconRefusals, iconDetail } from '../../records/icon-refusals.ts';
import {
  type BeforeDecision,
  decidedRefusal,
  type MayJudge,
  type RequestObjection,
  tooManyAsked,
  withoutSession,
} from '../../refusals/decided-refusal.ts';
import { type JudgedRequestDeps, judgedRequest } from '../../refusals/judged-request.ts';
import type { Refuse, RequestRefusal } from '../../refusals/refuse.ts';
import type { SessionProof } from '../../sessions/session-cookie.ts';
import type { PseudonymsFor } from '../../sessions/session-pseudonyms.ts';
import type { SessionStore } from '../../sessions/session-store.ts';
import { preflightRefusal, respondsToListedPage } from './listed-pages.ts';
import { type PermittedRequestDeps, servePermitted } from './permitted-request.ts';
import { askedFor, policyInForce, tooLarge } from './policy.ts';

export interface ApplicationDeps extends PermittedRequestDeps, BeforeDecision, JudgedRequestDeps {
  readonly decider: PermittedRequestDeps['decider'];
  readonly sessions: Pick<SessionStore, 'proofFrom' | 'touch'>;
  readonly resolve: ResolveService;
  /** What passes, where neither application nor matrix says otherwise. */
  readonly proxyPolicy: ProxyPolicy;
  readonly refuse: Refuse;
  readonly mayJudge: MayJudge;
  readonly iconRefusals: IconRefusals;
  /** What stands in place of values for one session of a grant; without it every value of a class gets one word. */
  readonly pseudonymsFor?: PseudonymsFor;
}

/** Serves one request of an application's host. */
export async function serveApplication(
  deps: ApplicationDeps,
  exchange: Exchange,
  served: ServedApplication,
): Promise<void> {
  if (respondsToListedPage(exchange, served, askedFor(deps.proxyPolicy, served))) return;
  const proof = deps.sessions.proofFrom(exchange.request, exchange.host);
  if (proof === undefined) {
    const ofPreflight = preflightRefusal(exchange);
    if (ofPreflight !== undefined) return deps.refuse(exchange, ofPreflight);
    const signIn = enterUrl(exchange.request.url ?? '/');
    return deps.refuse(exchange, withoutSession(deps, exchange, { area: 'application', signIn }));
  }
  if (!deps.mayJudge(exchange, proof))
    return deps.refuse(exchange, tooManyAsked(deps, exchange, 'application'));
  return serveJudged(deps, exchange, { served, proof });
}

/** The request of a client with a genuine cookie: decided, prepared, and served where nothing came in between. */
async function serveJudged(
  deps: ApplicationDeps,
  exchange: Exchange,
  { served, proof }: { readonly served: ServedApplication; readonly proof: SessionProof },
): Promise<void> {
  const judged = await judgedRequest(deps, exchange, { proof, application: served.application });
  const { decided, decisionRequest, objection, target } = judged;
  const refusal = (against: RequestObjection, by: Decided = decided) => ({
    ...refusedBy(deps, exchange, { decided: by, objection: against }),
    proof,
  });
  if (objection !== undefined) return deps.refuse(exchange, refusal(objection));
  // What was judged is what all later readers see, and what is forwarded.
  exchange.request.url = target;
  const prepared = await prepare(deps, exchange, { decided, served, proof });
  if (!prepared.ok) return deps.refuse(exchange, refusal(prepared));
  const { policy, upstream, restored } = prepared;
  // No await from here to the registration in `servePermitted`: a lock that is told in between would cut nothing.
  const since = decided.refusedSince();
  if (since !== undefined && !since.decision.allow) {
    deps.noteJudged(exchange, since);
    return deps.refuse(exchange, refusal(since.decision, since));
  }
  await servePermitted(deps, {
    exchange,
    proof,
    decided,
    decisionRequest,
    policy,
    upstream,
    target: restored,
  });
}

/** Recorded, but for the icon that the browser asks for by itself. */
function refusedBy(
  { iconRefusals }: Pick<ApplicationDeps, 'iconRefusals'>,
  exchange: Exchange,
  { decided, objection }: { readonly decided: Decided; readonly objection: RequestObjection },
): RequestRefusal {
  const about =
    objection.reason === 'NoRoute' ? iconRefusals(exchange, decided.world.session?.metadata.uid) : 'no icon';
  const detailed = about === 'first' ? { ...objection, detail: iconDetail } : objection;
  const refusal = decidedRefusal(exchange, { area: 'application', decided }, detailed);
  return about === 'again' ? { ...refusal, record: undefined } : refusal;
}

type Prepared =
  | {
      readonly ok: true;
      readonly policy: ProxyPolicy;
      readonly upstream: Upstream;
      /** The target with the values put back; undefined where none stands in it. */
      readonly restored: string | undefined;
    }
  | ({ readonly ok: false } & RequestObjection);

interface PreparedFor {
  readonly decided: Decided;
  readonly served: ServedApplication;
  readonly proof: SessionProof;
}

/** What forwarding takes beyond the decision: a policy that can be kept, a body that fits, a Service to dial. */
async function prepare(
  deps: ApplicationDeps,
  exchange: Exchange,
  { decided, served, proof }: PreparedFor,
): Promise<Prepared> {
  const { request } = exchange;
  const pseudonyms = deps.pseudonymsFor?.(decided.world);
  const inForce = policyInForce(deps.proxyPolicy, decided, { ...served, pseudonyms });
  if (!inForce.ok) return inForce;
  const { policy } = inForce;
  const target = await restoredTarget(deps, exchange, { decided, served, proof, policy });
  if (!target.ok) return target;
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > policy.bodyLimit)
    return { ok: false, reason: 'BodyTooLarge', message: tooLarge(policy, `${length} bytes`) };
  const resolved = await resolvedService(deps, decided);
  if (!resolved.ok) return resolved;
  return { ok: true, policy, upstream: resolved.upstream, restored: target.restored };
}

type RestoredTarget =
  | { readonly ok: true; readonly restored?: string }
  | ({ readonly ok: false } & RequestObjection);

/**
 * The target with the values put back that stand sealed in it. It is judged again, and has to mean what was judged: a value is
 * what an application has shown, and must not become a word that chooses another action.
 */
async function restoredTarget(
  deps: ApplicationDeps,
  exchange: Exchange,
  { decided, served, proof, policy }: PreparedFor & { readonly policy: ProxyPolicy },
): Promise<RestoredTarget> {
  const { url = '' } = exchange.request;
  if (policy.masker === undefined || !carriesMask(url)) return { ok: true };
  const refused = { ok: false, reason: 'MaskedValue', message: maskInAddress } as const;
  const restored = policy.sealedValues && restoredAddress(url, policy.sealedValues);
  if (restored?.changed !== true || carriesMask(restored.text)) return refused;
  const request = Object.create(exchange.request, {
    url: { value: restored.text, writable: true },
  }) as Exchange['request'];
  const judged = await judgedRequest(
    deps,
    { ...exchange, request },
    { proof, application: served.application },
  );
  if (judged.objection !== undefined || meaningOf(judged.decided) !== meaningOf(decided)) return refused;
  return { ok: true, restored: judged.target };
}

function meaningOf({ route }: Decided): string {
  const meanings = route === undefined ? [] : [route, ...(route.also ?? [])];
  return JSON.stringify(
    meanings.map(({ module, subModule, action, isStatic }) => [module, subModule, action, isStatic]),
  );
}

const maskInAddress =
  'The address must not hold what masking wrote in place of a value, such as "e-mail-hidden" in brackets: it leads nowhere. Go back, and open what you look for in another way.';

/** `decide` allows no request to an application that was not read. */
const notRead = { ok: false, reason: 'NoApplication', detail: 'gone' } as const;

async function resolvedService(deps: ApplicationDeps, { world }: Decided) {
  const { application, backend } = world;
  if (application === undefined || backend === undefined) return notRead;
  const { serviceRef, tls } = application.spec;
  const namespace = application.metadata.namespace ?? '';
  try {
    return await deps.resolve({ namespace, ref: serviceRef, reading: backend, tls });
  } catch (error) {
    deps.onFailure('a Service could not be resolved', error);
    return { ok: false, reason: 'ServiceUnreachable', detail: 'the Service could not be resolved' } as const;
  }
}
