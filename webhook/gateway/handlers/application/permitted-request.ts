/**
 * Serves a request that the decision allows: registered so that it can be cut, recorded before anything is sent,
 * forwarded, and closed with its outcome, whatever happens. It is the only caller of anything upstream.
 */
import type { NewRecord } from '../../../../crds/audit/record.ts';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { reasons } from '../../../../crds/rules/reasons.ts';
import { authorityOf } from '../../../../crds/rules/request/gateway-urls.ts';
import { supportHeaders } from '../../../../crds/support-marks.ts';
import type { Trail } from '../../../../trail/trail.ts';
import type { Decided, DecisionRequest, LastingDecider } from '../../decisions/decision.ts';
import { judgedAgain } from '../../decisions/judged-again.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import type { PolicySeen } from '../../pages/links.ts';
import {
  type BodyWatch,
  watchForAssignment,
  watchForMasks,
  watchForMethod,
} from '../../proxy/body-watches.ts';
import { type OpenResponses, untilCut } from '../../proxy/cut.ts';
import { type FieldsOfWrite, fieldsOfWrite } from '../../proxy/fields-of-write.ts';
import { type Forwarded, forward } from '../../proxy/forward.ts';
import type { ProxyPolicy } from '../../proxy/policy.ts';
import type { ProxiedRequest } from '../../proxy/request.ts';
import type { Upstream } from '../../proxy/resolve-service.ts';
import type { TlsFaults } from '../../proxy/upstream-tls.ts';
import { type Assert, assertionHeader } from '../../records/assertion.ts';
import { intentRecord, outcomeRecord } from '../../records/request-records.ts';
import { assignmentRuleOf } from '../../refusals/assigned.ts';
import { notRecorded } from '../../refusals/decided-refusal.ts';
import { coversEveryMethod } from '../../refusals/judged-request.ts';
import type { Refuse } from '../../refusals/refuse.ts';
import type { SessionProof } from '../../sessions/session-cookie.ts';
import type { SessionStore } from '../../sessions/session-store.ts';

export interface PermittedRequestDeps {
  /** The people of support, as seen last. Throws as long as they are not known. */
  readonly supportPeople: () => readonly SupportUser[];
  readonly decider: LastingDecider;
  readonly sessions: Pick<SessionStore, 'touch'>;
  readonly trail: Pick<Trail, 'append' | 'appendInBackground'>;
  readonly openResponses: Pick<OpenResponses, 'register'>;
  /** Aborts when the gateway takes no new connection any more. */
  readonly leaving: AbortSignal;
  readonly refuse: Refuse;
  /** What the application is told of who asks, signed. */
  readonly assert: Assert;
  /** Told how TLS with applications goes. */
  readonly tlsFaults: Pick<TlsFaults, 'note'>;
  readonly policy: PolicySeen;
  readonly now: () => number;
  /** Told how many values of each class of data were masked, for metrics. */
  readonly onMasked: (counts: Readonly<Record<string, number>>) => void;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** One request that may pass. */
export interface PermittedRequest {
  readonly exchange: Exchange;
  readonly proof: SessionProof;
  readonly decided: Decided;
  /** What was decided, to be decided again while the response lasts. */
  readonly decisionRequest: DecisionRequest;
  readonly policy: ProxyPolicy;
  readonly upstream: Upstream;
  /** What is asked for with the values put back; without it, the address as it came. */
  readonly target?: string | undefined;
}

/** Resolves when the response is finished, refused or cut, and its outcome is on its way to the records. */
export async function servePermitted(deps: PermittedRequestDeps, permitted: PermittedRequest): Promise<void> {
  const { decided, decisionRequest, exchange } = permitted;
  const open = {
    response: exchange.response,
    until: decided.decision.allow ? decided.decision.until : 0,
    set: decisionRequest.grant.namespace,
    ...judgedAgain(deps.decider, permitted),
  };
  // Registered before the intent is written: a lock that comes while the records are slow ends the request too.
  await untilCut(deps.openResponses, open, (signal) => recordAndForward(deps, permitted, signal));
}

async function recordAndForward(
  deps: PermittedRequestDeps,
  permitted: PermittedRequest,
  signal: AbortSignal,
): Promise<void> {
  const { exchange, proof, decided, target } = permitted;
  const { session } = decided.world;
  const intent = intentRecord({ exchange, decided, area: 'application' });
  // Before anything is recorded: without it nothing is sent.
  const assertion = await deps.assert({ exchange, decided, recordId: intent.id, target });
  try {
    await deps.trail.append([intent]);
  } catch (error) {
    deps.onFailure('an intent was not recorded', error);
    await deps.refuse(exchange, notRecorded(exchange, { area: 'application', decided, proof }, error));
    return;
  }
  const used = (): void => {
    if (session !== undefined) deps.sessions.touch(session, { now: deps.now(), world: decided.world });
  };
  const fields = fieldsNamedBy(exchange);
  const proxied = proxiedOf(deps, permitted, { assertion, fields });
  const forwarded = await timed(forward({ ...proxied, onMessage: used, recordId: intent.id, signal }));
  noteTls(deps, permitted, forwarded);
  await closeWithOutcome(deps, permitted, { intent, forwarded, named: fields?.paths() ?? [] });
}

interface ToClose {
  readonly intent: NewRecord;
  readonly forwarded: Forwarded;
  /** The fields that a write named. */
  readonly named: readonly string[];
}

async function closeWithOutcome(
  deps: PermittedRequestDeps,
  { exchange, proof, decided }: PermittedRequest,
  { intent, forwarded, named }: ToClose,
): Promise<void> {
  const { session } = decided.world;
  const { outcome, refusal, fault } = forwarded;
  if (fault !== undefined) deps.onFailure('an application could not be reached', fault);
  deps.onMasked(outcome.masked ?? {});
  const record = outcomeRecord(intent, { ...forwarded, named }, deps.now());
  const isTaken = deps.trail.appendInBackground([record]);
  if (!isTaken) deps.onFailure('an outcome was not recorded', record.id);
  const outcomeId = isTaken ? record.id : undefined;
  if (refusal !== undefined) await deps.refuse(exchange, { ...refusal, proof, session, outcomeId });
  const over = refusal !== undefined && reasons[refusal.reason].session === 'ends';
  if (session !== undefined && !over) deps.sessions.touch(session, decided);
}

function noteTls(
  { tlsFaults }: PermittedRequestDeps,
  { decided, upstream }: PermittedRequest,
  { outcome, tlsFault }: Pick<Forwarded, 'outcome' | 'tlsFault'>,
): void {
  const { namespace = '', name } = decided.world.application?.metadata ?? {};
  if (!upstream.tls || name === undefined) return;
  // What broke off later says nothing of TLS, and what was not reached neither.
  if (tlsFault !== undefined || outcome.upstream === 'answered')
    tlsFaults.note({ namespace, name }, tlsFault);
}

async function timed(forwarding: Promise<Forwarded>): Promise<Forwarded> {
  const began = performance.now();
  const { outcome, ...rest } = await forwarding;
  return { ...rest, outcome: { ...outcome, latencyMs: Math.round(performance.now() - began) } };
}

function proxiedOf(
  { policy: seen, leaving, supportPeople }: PermittedRequestDeps,
  { exchange, decided, policy, upstream, target }: PermittedRequest,
  { assertion, fields }: { readonly assertion: string; readonly fields: FieldsOfWrite | undefined },
): Omit<ProxiedRequest, 'recordId' | 'signal'> {
  const handle = decided.world.session?.spec.handle ?? '';
  return {
    exchange,
    policy,
    upstream,
    target,
    leaving,
    // Host with port as browsers write it.
    authority: authorityOf({ ...seen()?.spec.gateway, host: exchange.host }),
    upstreamOrigins: originsOf(decided.world.application?.spec.url),
    source: decided.source,
    session: handle,
    supportHeaders: { ...supportHeaders(handle), [assertionHeader]: assertion },
    bodyWatches: bodyWatchesOf(exchange, { decided, policy, supportPeople, fields }),
    assignments: () => assignmentRuleOf(decided, supportPeople),
  };
}

/** Of a write; what only looks names nothing that changes. */
function fieldsNamedBy({ request: { method = '', url = '', headers } }: Exchange): FieldsOfWrite | undefined {
  return ['GET', 'HEAD', 'OPTIONS'].includes(method)
    ? undefined
    : fieldsOfWrite(url, headers['content-type']);
}

/** What the body must not say on its way. */
function bodyWatchesOf(
  { request }: Exchange,
  {
    decided,
    policy,
    supportPeople,
    fields,
  }: Pick<PermittedRequest, 'decided' | 'policy'> &
    Pick<PermittedRequestDeps, 'supportPeople'> & { readonly fields: FieldsOfWrite | undefined },
): readonly BodyWatch[] {
  const type = request.headers['content-type'];
  const watches = [
    coversEveryMethod(decided.route) ? undefined : watchForMethod(type),
    policy.masker === undefined ? undefined : watchForMasks(),
    watchForAssignment(type, assignmentRuleOf(decided, supportPeople)),
    fields?.watch,
  ];
  return watches.filter((watch) => watch !== undefined);
}

/** The origin of the application's own URL, to which its redirects may lead. */
function originsOf(url: string | undefined): readonly string[] {
  const parsed = url === undefined ? null : URL.parse(url);
  return parsed === null ? [] : [parsed.origin];
}
