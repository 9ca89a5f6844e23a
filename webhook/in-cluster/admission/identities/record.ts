/** The record of what a support identity asked of the API server: for whom, under which grant, what it changes, and the decision. */
import type { NewRecord } from '../../../../crds/audit/record.ts';
import { changedPaths, type ReceivedReview, requestedRecord, type Stamp } from '../requested-record.ts';
import type { AdmissionRequest, ReviewedObject } from '../review.ts';
import { type JudgedIdentity, writeOf } from './judge.ts';

/** A review that nothing proves may be invented: then no person and no grant stand beside it. */
export function identityRecord(review: ReceivedReview, stamp: Stamp, judged: JudgedIdentity): NewRecord {
  const { decision, world } = judged;
  const refusedFor = decision.allow ? undefined : [decision.detail ?? decision.reason];
  const record = requestedRecord(review, stamp, refusedFor);
  const { operation, resource } = writeOf(review.request);
  const matrix = world?.matrix?.name;
  return {
    ...record,
    ...(review.proved ? known(judged) : {}),
    target: { ...record.target, area: 'kubernetes-api', action: `${operation} ${resource}` },
    change: { paths: pathsOf(review.request) },
    decision: {
      effect: decision.allow ? 'allow' : 'deny',
      ...(decision.allow ? {} : { reason: decision.reason }),
      ...(matrix === undefined ? {} : { matrix }),
    },
  };
}

function known({ identity, world }: JudgedIdentity): Partial<NewRecord> {
  if (identity === undefined) return {};
  const { namespace = '', name, uid, generation } = identity.grant.metadata;
  const userId = world?.user?.spec.userId;
  return {
    actor: {
      kind: 'support',
      name: identity.person,
      uid: identity.claimed.userUid,
      userType: 'Support User',
      ...(userId === undefined ? {} : { userId }),
    },
    grant: { namespace, name, uid, ...(generation === undefined ? {} : { generation }) },
  };
}

const mostPaths = 100;

/** Names of fields and keys, never a value. Of what the API server keeps for itself nothing is said. */
function pathsOf({ object, oldObject }: AdmissionRequest): string[] {
  if (!object) return [];
  return changedPaths(oldObject ? shown(oldObject) : {}, shown(object), '').slice(0, mostPaths);
}

function shown(object: ReviewedObject): object {
  const { labels, annotations } = object.metadata ?? {};
  return { ...object, metadata: { labels, annotations } };
}
