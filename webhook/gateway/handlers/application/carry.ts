/**
 * Carries a permitted request through: registered so that it can be cut, recorded before anything is sent, forwarded,
 * and closed with its outcome, whatever happens. It is the only caller of anything upstream.
 */
import type { RecordOutcome } from '../../../../crds/audit/record.ts';
import type { SupportPermissionMatrix } from '../../../../crds/generated/support-permission-matrix.ts';
import { type Forwarding, forward } from '../../proxy/forward.ts';
import { requestHeaders } from '../../proxy/request-headers.ts';
import { outcomeRecord } from '../../records/request-records.ts';
import { type ApplicationDeps, bodyLimitOf, type Passage } from './passage.ts';

/** Resolves when the answer is finished, refused or cut, and its outcome is on its way to the records. */
export async function carry(deps: ApplicationDeps, passage: Passage): Promise<void> {
  const { exchange, decided } = passage;
  const cut = new AbortController();
  // Before the intent is written: a lock that comes while the records are slow ends the request too.
  const unregister = deps.openResponses.register({
    until: decided.decision.allow ? decided.decision.until : 0,
    check: async () => (await deps.decider.decide(passage.question)).decision,
    cut: (reason) => {
      cut.abort(reason);
      // Not one byte more, whatever the application still sends. Before the head a refusal can still be told.
      if (exchange.response.headersSent) exchange.response.destroy();
    },
  });
  try {
    await recordAndForward(deps, passage, cut.signal);
  } finally {
    unregister();
  }
}

async function recordAndForward(deps: ApplicationDeps, passage: Passage, signal: AbortSignal): Promise<void> {
  const { exchange, decided, intent } = passage;
  try {
    await deps.trail.append([intent]);
  } catch (error) {
    deps.onFailure('an intent was not recorded', error);
    deps.refuse(exchange, { status: 503, reason: 'RecordsUnavailable' });
    return;
  }
  const began = performance.now();
  const { outcome, refusal } = await forward(forwardingOf(deps, passage, signal));
  close(deps, passage, { ...outcome, latencyMs: Math.round(performance.now() - began) });
  if (refusal !== undefined) deps.refuse(exchange, refusal);
  if (decided.world.session !== undefined) deps.sessions.touch(decided.world.session, decided.now);
}

function forwardingOf(
  deps: ApplicationDeps,
  { exchange, decided, upstream, intent }: Passage,
  signal: AbortSignal,
): Forwarding {
  const { application, matrix } = decided.world;
  const masked = matrix === undefined || masks(matrix.spec);
  const authority = deps.authority(exchange.host);
  const url = URL.parse(application?.spec.url ?? '');
  return {
    exchange,
    upstream,
    target: exchange.request.url ?? '/',
    signal,
    headers: requestHeaders({
      headers: exchange.request.headers,
      authority,
      recordId: intent.id,
      source: decided.source,
      masked,
      ourCookies: deps.ourCookies,
    }),
    masker: masked ? deps.masker : undefined,
    ownOrigins: [`https://${authority}`, `http://${authority}`, ...(url === null ? [] : [url.origin])],
    ourCookies: deps.ourCookies,
    bodyLimit: bodyLimitOf(decided.world),
    headTimeoutMs: deps.headTimeoutMs,
  };
}

/** Enabled without classes, or with an empty list of them, means every class that there is. */
function masks({ masking, maskedClasses = [] }: SupportPermissionMatrix['spec']): boolean {
  if (masking !== 'Enabled') return false;
  return maskedClasses.length === 0 || maskedClasses.includes('EmailAddress');
}

function close(deps: ApplicationDeps, { intent }: Passage, outcome: RecordOutcome): void {
  const record = outcomeRecord(intent, outcome, deps.now());
  if (!deps.trail.appendInBackground([record])) deps.onFailure('an outcome was not recorded', record.id);
}
