/**
 * Answers the requests of the API server: `decide`, which may refuse and waits for its record, `record`, which always allows,
 * and those about support identities. Reads, judges and records through what it is given; it opens no connection of its own.
 */
import type { EntryPath } from '../../../crds/rules/registration.ts';
import type { ToldWrite } from '../requesters/told-writes.ts';
import { type IdentityResponders, respondToOwner, respondToSupport } from './identities/respond.ts';
import type { WriteFindings } from './kinds/kind-rule.ts';
import { type ReceivedReview, requestedRecord, toldWriteOf } from './requested-record.ts';
import {
  type AdmissionRequest,
  type AdmissionResponse,
  allowed,
  patched,
  readReview,
  refused,
  unavailable,
} from './review.ts';
import type { ReviewCaller } from './unproved-reviews.ts';

export interface AdmissionDeps extends IdentityResponders {
  /** Every problem and warning of a write, from the objects as they are now. Rejects when they cannot be read. */
  readonly judge: (request: AdmissionRequest) => Promise<WriteFindings>;
  /** The warnings of a write that is allowed in any case; none where they are not known within a moment. It never rejects. */
  readonly advise: (request: AdmissionRequest) => Promise<readonly string[]>;
  /** Notes who asks for which write, to be compared with what is stored. */
  readonly tell: (told: ToldWrite) => void;
}

/** A body that was posted to one of the paths, which are those of the registration. */
export interface PostedReview extends ReviewCaller {
  readonly path: EntryPath;
  readonly body: string;
}

/** The answer to one AdmissionReview, or undefined when the body is none (HTTP 400). */
export async function respondToReview(
  { path, body, ...caller }: PostedReview,
  deps: AdmissionDeps,
): Promise<AdmissionResponse | undefined> {
  const request = readReview(body);
  if (!request) return undefined;
  const review = { request, ...caller };
  if (path === 'decide') return decideWrite(review, deps);
  if (path === 'support') return respondToSupport(review, deps);
  if (path === 'owner') return respondToOwner(review, deps);
  if (path === 'case') return withCaseOwner(request);
  // Taking access back never waits for us and never fails because of us; who did it is noted when it can be.
  if (!request.dryRun) {
    tell(review, deps);
    deps.appendInBackground(requestedRecord(review, deps.stamp()), review);
  }
  return allowed(request.uid, request.operation === 'DELETE' ? [] : await deps.advise(request));
}

/**
 * A case that names no owner gets the one that it had, or who opens it. Whether an owner that is named may stand there, others
 * judge, and they judge this one too.
 */
function withCaseOwner({ uid, object, oldObject, userInfo }: AdmissionRequest): AdmissionResponse {
  if (typeof object?.spec !== 'object' || object.spec === null) return allowed(uid); // the schema refuses it
  const before = (oldObject?.spec as { readonly owner?: string } | undefined)?.owner;
  return patched(uid, [{ op: 'add', path: '/spec/owner', value: before ?? userInfo.username }]);
}

function tell(review: ReceivedReview, deps: AdmissionDeps): void {
  const told = toldWriteOf(review);
  if (told !== undefined) deps.tell(told);
}

/** Enabling and widening: refused with every problem at once, allowed only when the request is on record. */
async function decideWrite(
  review: ReceivedReview & ReviewCaller,
  deps: AdmissionDeps,
): Promise<AdmissionResponse> {
  const { request } = review;
  let findings: WriteFindings;
  try {
    findings = await deps.judge(request);
  } catch {
    return unavailable(
      request.uid,
      'support-access cannot read what it needs to judge this write; try again',
    );
  }
  const { problems, warnings } = findings;
  if (problems.length > 0) {
    const lines = problems.map((problem) => `${problem.field}: ${problem.message}`);
    if (!request.dryRun) deps.appendInBackground(requestedRecord(review, deps.stamp(), lines), review);
    return refused(request.uid, {
      message: summary(request, lines),
      subject: subjectOf(request),
      causes: problems,
    });
  }
  if (request.dryRun) return allowed(request.uid, warnings);
  try {
    await deps.record(requestedRecord(review, deps.stamp()), review);
  } catch {
    return unavailable(
      request.uid,
      'support-access cannot record this write, so it does not allow it; disabling, locking and deleting still work',
    );
  }
  tell(review, deps);
  return allowed(request.uid, warnings);
}

function subjectOf({ kind, name, object }: AdmissionRequest): { group: string; kind: string; name: string } {
  return { group: kind.group, kind: kind.kind, name: name || object?.metadata.name || '(no name)' };
}

function summary(request: AdmissionRequest, lines: readonly string[]): string {
  const { kind, name } = subjectOf(request);
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
  return `${kind} ${name} has ${count}: ${lines.join('; ')}`;
}
