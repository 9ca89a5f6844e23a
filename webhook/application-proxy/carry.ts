/**
 * Carries a permitted request through: registered so that it can be cut, recorded before anything is sent, forwarded,
 * and closed with its outcome, whatever happens. It is the only caller of anything upstream.
 */
import type { RecordOutcome } from '../../crds/audit/record.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import { type Forwarding, forward } from './forward.ts';
import { type ApplicationDoorHands, bodyLimitOf, type Passage } from './passage.ts';
import { outcomeRecord } from './request-records.ts';
import { upstreamHeaders } from './upstream-headers.ts';

/** Resolves when the answer is finished, refused or cut, and its outcome is on its way to the records. */
export async function carry(hands: ApplicationDoorHands, passage: Passage): Promise<void> {
  const { exchange, decided } = passage;
  const cut = new AbortController();
  // Before the intent is written: a lock that comes while the records are slow ends the request too.
  const unregister = hands.streams.register({
    until: decided.decision.allow ? decided.decision.until : 0,
    check: async () => (await hands.decider.decide(passage.question)).decision,
    cut: (reason) => {
      cut.abort(reason);
      // Not one byte more, whatever the application still sends. Before the head a refusal can still be told.
      if (exchange.response.headersSent) exchange.response.destroy();
    },
  });
  try {
    await recordAndForward(hands, passage, cut.signal);
  } finally {
    unregister();
  }
}

async function recordAndForward(
  hands: ApplicationDoorHands,
  passage: Passage,
  signal: AbortSignal,
): Promise<void> {
  const { exchange, decided, intent } = passage;
  try {
    await hands.trail.append([intent]);
  } catch (error) {
    hands.onFailure('an intent was not recorded', error);
    hands.refuse(exchange, { status: 503, reason: 'RecordsUnavailable' });
    return;
  }
  const began = performance.now();
  const { outcome, refusal } = await forward(forwardingOf(hands, passage, signal));
  close(hands, passage, { ...outcome, latencyMs: Math.round(performance.now() - began) });
  if (refusal !== undefined) hands.refuse(exchange, refusal);
  if (decided.world.session !== undefined) hands.sessions.touch(decided.world.session, decided.now);
}

function forwardingOf(
  hands: ApplicationDoorHands,
  { exchange, decided, upstream, intent }: Passage,
  signal: AbortSignal,
): Forwarding {
  const { application, matrix } = decided.world;
  const masked = matrix === undefined || masks(matrix.spec);
  const authority = hands.authority(exchange.host);
  const url = URL.parse(application?.spec.url ?? '');
  return {
    exchange,
    upstream,
    target: exchange.request.url ?? '/',
    signal,
    headers: upstreamHeaders({
      headers: exchange.request.headers,
      authority,
      recordId: intent.id,
      source: decided.source,
      masked,
      ourCookies: hands.ourCookies,
    }),
    masker: masked ? hands.masker : undefined,
    ownOrigins: [`https://${authority}`, `http://${authority}`, ...(url === null ? [] : [url.origin])],
    ourCookies: hands.ourCookies,
    bodyLimit: bodyLimitOf(decided.world),
    headTimeoutMs: hands.headTimeoutMs,
  };
}

/** Enabled without classes, or with an empty list of them, means every class that there is. */
function masks({ masking, maskedClasses = [] }: SupportPermissionMatrix['spec']): boolean {
  if (masking !== 'Enabled') return false;
  return maskedClasses.length === 0 || maskedClasses.includes('EmailAddress');
}

function close(hands: ApplicationDoorHands, { intent }: Passage, outcome: RecordOutcome): void {
  const record = outcomeRecord(intent, outcome, hands.now());
  if (!hands.trail.recordLater([record])) hands.onFailure('an outcome was not recorded', record.id);
}
