/**
 * What happens to a request on an application's host, step by step: who, what, may they, record, forward, mask, record.
 * Every step that says no ends it; the rules themselves are elsewhere.
 */
import type { NewRecord } from '../../../../crds/audit/record.ts';
import type { Decision } from '../../../../crds/rules/ask.ts';
import { type Reason, reasons } from '../../../../crds/rules/reasons.ts';
import { canonicalPath } from '../../../../crds/rules/request/canonical-path.ts';
import type { NamespacedName } from '../../../../kube/objects.ts';
import type { Decided, DecisionRequest } from '../../decisions/decision.ts';
import type { Exchange } from '../../listener/exchange.ts';
import type { ProxyPolicy } from '../../proxy/policy.ts';
import type { ResolveService, Upstream } from '../../proxy/resolve-service.ts';
import { intentRecord, refusalRecord } from '../../records/request-records.ts';
import type { SessionProof } from '../../sessions/session-cookie.ts';
import { ourCookiePrefix } from '../../sessions/session-cookie.ts';
import type { SessionStore } from '../../sessions/session-store.ts';
import { type PermittedRequestDeps, servePermitted } from './permitted-request.ts';
import { policyInForce } from './policy.ts';

export interface ApplicationDeps extends PermittedRequestDeps {
  readonly sessions: Pick<SessionStore, 'proofFrom' | 'touch' | 'end'>;
  readonly resolve: ResolveService;
  /** What passes, where neither application nor matrix says otherwise. */
  readonly policy: ProxyPolicy;
  /** Where a browser goes to sign in again under this grant. */
  readonly signInUrl: (grant: NamespacedName) => string | undefined;
  /** Where a browser without any session goes: to fetch one from the support host, and back to this path. */
  readonly enterUrl: (path: string) => string;
}

/** Serves one request of an application's host. */
export async function serveApplication(
  deps: ApplicationDeps,
  exchange: Exchange,
  application: NamespacedName,
): Promise<void> {
  const proof = deps.sessions.proofFrom(exchange.request, exchange.host);
  if (proof === undefined) return withoutSession(deps, exchange);
  const target = canonicalPath(exchange.request.url ?? '');
  const path = 'path' in target ? target.path : '';
  const decisionRequest = decisionRequestOf(exchange, proof, { path, application });
  const decided = await deps.decider.decide(decisionRequest);
  const refusal = refusalOf(exchange, decided, 'path' in target);
  if (refusal !== undefined) return refused(deps, { exchange, decided, proof }, refusal);
  const prepared = await prepare(deps, exchange, decided);
  if (!prepared.ok) return refused(deps, { exchange, decided, proof }, prepared);
  const { policy, upstream } = prepared;
  const intent = intentRecord({ exchange, decided });
  await servePermitted(deps, { exchange, decided, decisionRequest, policy, upstream, intent });
}

function decisionRequestOf(
  { request, host, origin }: Exchange,
  proof: SessionProof,
  asked: { readonly path: string; readonly application: NamespacedName },
): DecisionRequest {
  return {
    entryPoint: 'application',
    grant: { namespace: proof.session.namespace, name: proof.grant },
    session: proof,
    origin,
    request: { method: request.method ?? '', host, ...asked },
  };
}

interface Refusal {
  readonly status: number;
  readonly reason: Reason;
  readonly detail?: string;
}

/** The first objection: the decision's, then those that are about this one exchange. */
function refusalOf({ request }: Exchange, { decision }: Decided, canonical: boolean): Refusal | undefined {
  if (!canonical && (decision.allow || decision.reason === 'NoRoute'))
    return { status: 400, reason: 'BadRequest', detail: 'the request target is not canonical' };

  if (!decision.allow) return { status: reasons[decision.reason].status, ...decision };
  // A worker would go on serving pages of this host after the session has ended.
  if (request.headers['service-worker'] !== undefined) return { status: 403, reason: 'ServiceWorker' };
  return undefined;
}

type Prepared =
  | { readonly ok: true; readonly policy: ProxyPolicy; readonly upstream: Upstream }
  | ({ readonly ok: false } & Refusal);

/** What forwarding takes beyond the decision: a policy that can be kept, a body that fits, a Service to dial. */
async function prepare(deps: ApplicationDeps, { request }: Exchange, decided: Decided): Promise<Prepared> {
  const inForce = policyInForce(deps.policy, decided.world);
  if (!inForce.ok) return { status: 502, ...inForce };
  const { policy } = inForce;
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > policy.bodyLimit) return { ok: false, status: 413, reason: 'BodyTooLarge' };
  const resolved = await resolvedService(deps, decided);
  return resolved.ok ? { ok: true, policy, upstream: resolved.upstream } : { status: 502, ...resolved };
}

interface Asked {
  readonly exchange: Exchange;
  readonly decided: Decided;
  readonly proof: SessionProof;
}

async function refused(
  deps: ApplicationDeps,
  { exchange, decided, proof }: Asked,
  refusal: Refusal,
): Promise<void> {
  record(deps, refusalRecord({ exchange, decided }, refusal));
  const { session } = decided.world;
  const rule = reasons[refusal.reason];
  const grant = { namespace: proof.session.namespace, name: proof.grant };
  const link = deps.signInUrl(grant);
  deps.refuse(exchange, {
    status: refusal.status,
    reason: refusal.reason,
    ...(link === undefined || rule.status !== 401 ? {} : { signIn: link }),
    ...(link === undefined || !rule.offersSignIn ? {} : { again: link }),
    over: rule.session !== 'stays',
  });
  if (rule.session !== 'ends' || session === undefined) return;
  await deps.sessions
    .end(session, { reason: refusal.reason })
    .catch((error: unknown) => deps.onFailure('an ended session was not deleted', error));
}

/** Somebody without a session of ours: a browser fetches one, a program is told; whoever shows credentials is recorded. */
function withoutSession(deps: ApplicationDeps, exchange: Exchange): void {
  const { headers, url } = exchange.request;
  // A session's cookie that proves nothing was altered, or made for another host or by another gateway.
  const forged = headers.cookie?.toLowerCase().includes(`${ourCookiePrefix}=`) === true;
  if (forged || headers.authorization !== undefined) {
    const reason = 'NoSession';
    const decision: Decision = { allow: false, reason, check: 'sessionIsAlive' };
    const source = { address: undefined, ip: exchange.origin.peer };
    const decided = { decision, world: { locks: new Map() }, source, now: deps.now() };
    record(deps, refusalRecord({ exchange, decided }, { reason, status: 401 }));
  }
  deps.refuse(exchange, { status: 401, reason: 'NoSession', signIn: deps.enterUrl(url ?? '/') });
}

async function resolvedService(deps: ApplicationDeps, { world }: Decided) {
  const { application } = world;
  if (application === undefined) return { ok: false, reason: 'NoApplication', detail: 'gone' } as const;
  const { serviceRef } = application.spec;
  const ref = { namespace: application.metadata.namespace ?? '', name: serviceRef.name };
  try {
    return await deps.resolve(ref, serviceRef.port);
  } catch (error) {
    deps.onFailure('a Service could not be resolved', error);
    return { ok: false, reason: 'ServiceUnreachable', detail: 'the Service could not be resolved' } as const;
  }
}

/** A refusal is recorded, and nobody waits for it: it gives nothing away. */
function record(deps: ApplicationDeps, refusal: NewRecord): void {
  if (!deps.trail.appendInBackground([refusal])) deps.onFailure('a refusal was not recorded', refusal.id);
}
