/**
 * Answers the two requests that the API server makes of a write of a support identity: `support` decides, and `owner` marks what is
 * created. Neither says more than a refused person may read.
 */
import { ownerMark } from '../../../../crds/identities.ts';
import { sentenceFor } from '../../../../crds/rules/reasons.ts';
import { toldToSupport } from '../../../../crds/rules/refusal-texts.ts';
import type { ReceivedReview, Stamp } from '../requested-record.ts';
import {
  type AdmissionRequest,
  type AdmissionResponse,
  allowed,
  forbidden,
  patched,
  type ReviewedObject,
  unavailable,
} from '../review.ts';
import type { ReviewCaller, ReviewRecords } from '../unproved-reviews.ts';
import type { JudgedIdentity } from './judge.ts';
import { identityRecord } from './record.ts';
import type { Identity } from './world.ts';

export interface IdentityResponders extends ReviewRecords {
  /** May the identity write this? Rejects when it cannot be read. */
  readonly judgeIdentity: (request: AdmissionRequest) => Promise<JudgedIdentity>;
  /** Whose the account is that asks; undefined where it is no one's. Rejects when that cannot be read. */
  readonly identityOf: (request: AdmissionRequest) => Promise<Identity | undefined>;
  readonly stamp: () => Stamp;
}

/** Allowed only when it is on record; a refusal is recorded too, and waits for nothing. */
export async function respondToSupport(
  review: ReceivedReview & ReviewCaller,
  deps: IdentityResponders,
): Promise<AdmissionResponse> {
  const { request } = review;
  const judged = await deps.judgeIdentity(request).catch(() => unread);
  const record = () => identityRecord(review, deps.stamp(), judged);
  if (!judged.decision.allow) {
    if (!request.dryRun) deps.appendInBackground(record(), review);
    return refusal(request, judged.decision.reason);
  }
  if (request.dryRun) return allowed(request.uid);
  try {
    await deps.record(record(), review);
  } catch {
    return refusal(request, 'RecordsUnavailable');
  }
  return allowed(request.uid);
}

/** The same object with the person's mark; refused where it is not known whose it would be. */
export async function respondToOwner(
  { request }: ReceivedReview,
  deps: IdentityResponders,
): Promise<AdmissionResponse> {
  const { object } = request;
  try {
    const identity = await deps.identityOf(request);
    if (identity === undefined || !object) return refusal(request, 'NotOpened');
    return patched(request.uid, ownerPatch(object, identity));
  } catch {
    return refusal(request, 'StateUnavailable');
  }
}

const unread: JudgedIdentity = {
  decision: {
    allow: false,
    reason: 'StateUnavailable',
    check: 'stateWasRead',
    detail: sentenceFor('StateUnavailable'),
  },
};

function refusal(request: AdmissionRequest, reason: Parameters<typeof toldToSupport>[0]): AdmissionResponse {
  const told = toldToSupport(reason);
  const message = `support access refuses this: ${told.message} ${told.next} (${told.reason})`;
  const isLater = ['StateUnavailable', 'RecordsUnavailable', 'ChangesUnseen', 'LockUnreadable'].includes(
    reason,
  );
  return isLater ? unavailable(request.uid, message) : forbidden(request.uid, message);
}

interface Operation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

/** The person's mark (requirement ZH-7), as a JSON patch. What the person wrote there is replaced; everything else stays. */
function ownerPatch({ metadata }: ReviewedObject, { person, claimed }: Identity): Operation[] {
  const at = `/${ownerMark.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const put = (field: 'labels' | 'annotations', value: string): Operation => {
    const path = `/metadata/${field}`;
    return metadata[field]
      ? { op: 'add', path: `${path}${at}`, value }
      : { op: 'add', path, value: { [ownerMark]: value } };
  };
  return [put('labels', claimed.userUid), put('annotations', person)];
}
