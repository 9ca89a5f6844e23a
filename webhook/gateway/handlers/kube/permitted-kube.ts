/**
 * Serves a request to the Kubernetes API that the decision allows: registered so that it can be cut, recorded before anything
 * is sent, forwarded with the grant's token and no other identity, and closed with its outcome, whatever happens.
 */
import { reasons } from '../../../../crds/rules/reasons.ts';
import type { Trail } from '../../../../trail/trail.ts';
import type { Decided, DecisionRequest, LastingDecider } from '../../decisions/decision.ts';
import { judgedAgain } from '../../decisions/judged-again.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import { type OpenResponses, untilCut } from '../../proxy/cut.ts';
import { type Forwarded, forward } from '../../proxy/forward.ts';
import type { ProxiedRequest } from '../../proxy/request.ts';
import { intentRecord, outcomeRecord } from '../../records/request-records.ts';
import { notRecorded } from '../../refusals/decided-refusal.ts';
import type { Refuse } from '../../refusals/refuse.ts';
import type { SessionProof } from '../../sessions/session-cookie.ts';
import type { SessionStore } from '../../sessions/session-store.ts';
import { acceptedForms } from './policy.ts';
import type { PreparedKube } from './prepare-kube.ts';

export interface PermittedKubeDeps {
  readonly decider: LastingDecider;
  readonly sessions: Pick<SessionStore, 'touch'>;
  readonly trail: Pick<Trail, 'append' | 'appendInBackground'>;
  readonly openResponses: Pick<OpenResponses, 'register'>;
  /** Aborts when the gateway takes no new connection any more. */
  readonly leaving: AbortSignal;
  readonly refuse: Refuse;
  readonly now: () => number;
  /** Told how many values of each class of data were masked, for metrics. */
  readonly onMasked: (counts: Readonly<Record<string, number>>) => void;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** One request that may pass. */
export interface PermittedKube extends PreparedKube {
  readonly exchange: Exchange;
  readonly proof: SessionProof;
  readonly decided: Decided;
  /** What was decided, to be decided again while the response lasts. */
  readonly decisionRequest: DecisionRequest;
}

const area = 'kube-api';

/** Resolves when the response is finished, refused or cut, and its outcome is on its way to the records. */
export async function servePermittedKube(deps: PermittedKubeDeps, permitted: PermittedKube): Promise<void> {
  const { decided, decisionRequest, exchange } = permitted;
  const open = {
    response: exchange.response,
    until: decided.decision.allow ? decided.decision.until : 0,
    set: decisionRequest.grant.namespace,
    ...judgedAgain(deps.decider, { decided, decisionRequest }),
  };
  await untilCut(deps.openResponses, open, (signal) => recordAndForward(deps, permitted, signal));
}

async function recordAndForward(
  deps: PermittedKubeDeps,
  permitted: PermittedKube,
  signal: AbortSignal,
): Promise<void> {
  const { exchange, proof, decided } = permitted;
  const { session } = decided.world;
  const intent = intentRecord({ exchange, decided, area });
  try {
    await deps.trail.append([intent]);
  } catch (error) {
    deps.onFailure('an intent was not recorded', error);
    return deps.refuse(exchange, notRecorded(exchange, { area, decided, proof }, error));
  }
  const { outcome, refusal, rule, fault } = await timed(
    forward({ ...proxiedOf(deps, permitted), recordId: intent.id, signal }),
  );
  deps.onMasked(outcome.masked ?? {});
  const record = outcomeRecord(intent, { outcome, rule, fault }, deps.now());
  const isTaken = deps.trail.appendInBackground([record]);
  if (!isTaken) deps.onFailure('an outcome was not recorded', record.id);
  const outcomeId = isTaken ? record.id : undefined;
  if (refusal !== undefined) await deps.refuse(exchange, { ...refusal, proof, session, outcomeId });
  const over = refusal !== undefined && reasons[refusal.reason].session === 'ends';
  if (session !== undefined && !over) deps.sessions.touch(session, decided);
}

async function timed(forwarding: Promise<Forwarded>): Promise<Forwarded> {
  const began = performance.now();
  const { outcome, ...rest } = await forwarding;
  return { ...rest, outcome: { ...outcome, latencyMs: Math.round(performance.now() - began) } };
}

function proxiedOf(
  { leaving }: PermittedKubeDeps,
  { exchange, decided, policy, upstream, authority, token }: PermittedKube,
): Omit<ProxiedRequest, 'recordId' | 'signal'> {
  return {
    exchange,
    policy,
    upstream,
    leaving,
    authority,
    upstreamOrigins: [],
    source: decided.source,
    session: decided.world.session?.spec.handle ?? '',
    supportHeaders: {
      accept: acceptedForms(exchange.request.headers.accept, decided.world.matrix),
      authorization: `Bearer ${token}`,
    },
  };
}
