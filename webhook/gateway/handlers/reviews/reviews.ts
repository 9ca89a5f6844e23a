/**
 * May this session do that? An application asks about its own sessions, in the words of the matrix, before it shows or does
 * something. The decision is the one that the proxy takes; each is recorded, and a yes is given only when its record is durable.
 */

import { isSupportAccessError } from '../../../../crds/errors.ts';
import type { Target } from '../../../../crds/rules/matrix/matrix.ts';
import { toldToSupport } from '../../../../crds/rules/refusal-texts.ts';
import type { NamespacedName } from '../../../../kube/objects.ts';
import type { Trail } from '../../../../trail/trail.ts';
import type { Decided, Review, Reviewed, Reviewer } from '../../decisions/decision.ts';
import { limitBody } from '../../listener/client-limits.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import { json, send } from '../../pages/responses.ts';
import { reviewRecord } from '../../records/review-records.ts';
import type { SessionsByHandle } from '../../sessions/sessions-by-handle.ts';
import { type CallingAccount, type CallingDeps, calledApplication, callingAccount } from './calling.ts';
import { answering, CallRefused } from './problem.ts';
import {
  type AskedReview,
  type AskedReviews,
  readAskedBatch,
  readAskedReview,
  readJson,
} from './review-body.ts';

export interface ReviewsDeps extends Pick<CallingDeps, 'lookUpToken' | 'readApplication'> {
  readonly decider: Reviewer;
  readonly sessionsByHandle: SessionsByHandle;
  readonly trail: Pick<Trail, 'append' | 'appendInBackground'>;
  readonly now: () => number;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** What an application is told of one review. */
export interface ReviewResponse {
  readonly allowed: boolean;
  /** Until when it is so if nothing else changes; a lock a moment later changes it. */
  readonly until?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** POST /v1/reviews */
export function review(deps: ReviewsDeps, exchange: Exchange): Promise<void> {
  return answering(exchange, deps.onFailure, async () => {
    const [response] = await responsesTo(deps, exchange, readAskedReview);
    send(exchange.response, { status: 200, body: json(response) });
  });
}

/** POST /v1/reviews/batch */
export function reviewBatch(deps: ReviewsDeps, exchange: Exchange): Promise<void> {
  return answering(exchange, deps.onFailure, async () => {
    const results = await responsesTo(deps, exchange, readAskedBatch);
    send(exchange.response, { status: 200, body: json({ results }) });
  });
}

/** A body of a megabyte, from a pod of the cluster, milliseconds. */
const bodyMs = 15_000;

/** Rights first: the body of who may not ask is not read. */
async function responsesTo(
  deps: ReviewsDeps,
  exchange: Exchange,
  read: (body: unknown) => AskedReviews,
): Promise<readonly ReviewResponse[]> {
  limitBody(exchange.request, bodyMs);
  const caller = await callingAccount(deps, exchange);
  const asked = read(await readJson(exchange.request));
  const { metadata } = await calledApplication(deps, caller, asked.application);
  const application = { namespace: caller.namespace, name: metadata.name };
  const groups = await groupsOf(deps, exchange, { reviews: asked.reviews, application });
  await record(deps, groups, caller);
  const answers = new Map(groups.flatMap((group) => answersOf(deps, group, caller)));
  return asked.reviews.map((one) => answers.get(one) ?? noSession);
}

/** What was asked about one session, with what was decided. */
interface Group {
  readonly reviews: readonly AskedReview[];
  /** Undefined where there is no such session of this namespace. */
  readonly reviewed: Reviewed | undefined;
}

/** So many sessions are read side by side: a batch about a thousand must not take the API server for itself. */
const sessionsTogether = 8;

interface AskedOf {
  readonly reviews: readonly AskedReview[];
  readonly application: NamespacedName;
}

async function groupsOf(
  deps: ReviewsDeps,
  { origin }: Exchange,
  { reviews: all, application }: AskedOf,
): Promise<readonly Group[]> {
  const byHandle = [...Map.groupBy(all, ({ session }) => session)];
  const { namespace } = application;
  const handles = byHandle.map(([handle]) => handle);
  const sessions = await deps.sessionsByHandle(namespace, handles);
  const reviewed = async ([handle, reviews]: (typeof byHandle)[number]): Promise<Group> => {
    const session = sessions.get(handle);
    if (session === undefined) return { reviews, reviewed: undefined };
    const grant = session.spec.grantRef.name;
    const request = {
      entryPoint: 'application',
      grant: { namespace, name: grant },
      session: { session: { namespace, name: session.metadata.name }, grant, handle },
      origin,
      reviews: reviews.map(({ target }): Review => ({ application, target })),
    } as const;
    return { reviews, reviewed: await deps.decider.review(request) };
  };
  const groups: Group[] = [];
  for (let at = 0; at < byHandle.length; at += sessionsTogether)
    groups.push(...(await Promise.all(byHandle.slice(at, at + sessionsTogether).map(reviewed))));
  return groups;
}

/** Most records that are appended at a time. */
const together = 200;
/** How long the records may take for one call, milliseconds: a batch has many of them. */
const recordedWithinMs = 5000;

/** A yes waits until it is recorded; a no gives nothing away. What is asked twice in one call is recorded once. */
async function record(deps: ReviewsDeps, groups: readonly Group[], caller: CallingAccount): Promise<void> {
  const records = groups.flatMap(({ reviews, reviewed }) =>
    differentIn(reviews).flatMap(({ target, at }) => {
      const decided = reviewed?.decided[at];
      return decided === undefined ? [] : [reviewRecord({ decided, target, caller })];
    }),
  );
  const isYes = (one: (typeof records)[number]): boolean => one.decision?.effect === 'allow';
  background(
    deps,
    records.filter((one) => !isYes(one)),
  );
  const yes = records.filter(isYes);
  const parts = Array.from({ length: Math.ceil(yes.length / together) }, (_, at) =>
    yes.slice(at * together, (at + 1) * together),
  );
  try {
    const options = { deadlineMs: recordedWithinMs };
    await Promise.all(parts.map((part) => deps.trail.append(part, options)));
  } catch (error) {
    deps.onFailure('a review was not recorded', error);
    throw new CallRefused('RecordsUnavailable', whyNot(error));
  }
}

/** Each different question about a session once, with its place. */
function differentIn(reviews: readonly AskedReview[]): readonly { target: Target; at: number }[] {
  return [...new Map(reviews.map(({ target }, at) => [JSON.stringify(target), { target, at }])).values()];
}

/** Records that know a later world than the one that was decided by refuse it as well; both end by asking again. */
function whyNot(error: unknown): string {
  const older =
    isSupportAccessError(error, 'records_rolled_back') || isSupportAccessError(error, 'records_older');
  return older
    ? 'The records know of a later state than the one that was read. Ask again; if it lasts, a backup was put back.'
    : 'The records take nothing at the moment, and nothing is allowed unrecorded. Ask again in a few seconds.';
}

function background(deps: ReviewsDeps, records: readonly ReturnType<typeof reviewRecord>[]): void {
  for (let at = 0; at < records.length; at += together) {
    if (!deps.trail.appendInBackground(records.slice(at, at + together)))
      deps.onFailure('refused reviews were not recorded', records.length);
  }
}

/** What is said in the end: what was told while the records were written takes a yes back, and is recorded too. */
function answersOf(
  deps: ReviewsDeps,
  { reviews, reviewed }: Group,
  caller: CallingAccount,
): (readonly [AskedReview, ReviewResponse])[] {
  if (reviewed === undefined) return reviews.map((one) => [one, noSession] as const);
  const now = reviewed.decidedSince();
  const takenBack = differentIn(reviews).flatMap(({ target, at }) => {
    const [before, after] = [reviewed.decided[at], now[at]];
    if (before?.decision.allow !== true || after === undefined || after.decision.allow) return [];
    return [reviewRecord({ decided: after, target, caller })];
  });
  background(deps, takenBack);
  return reviews.map((one, at) => {
    const [before, after] = [reviewed.decided[at], now[at]];
    return [
      one,
      before === undefined ? noSession : answerOf(before.decision.allow ? (after ?? before) : before),
    ];
  });
}

function answerOf({ decision }: Decided): ReviewResponse {
  if (!decision.allow) return no(decision.reason);
  const isBounded = Number.isFinite(decision.until);
  return { allowed: true, ...(isBounded ? { until: new Date(decision.until).toISOString() } : {}) };
}

function no(reason: Parameters<typeof toldToSupport>[0]): ReviewResponse {
  const told = toldToSupport(reason);
  return { allowed: false, reason: told.reason, message: told.message };
}

/** Nothing was claimed that could be recorded: there is no session, no person and no grant. */
const noSession = no('NoSession');
