/** Who asked for the spec as it is, for a status: with how surely that is known, and never the requester of another spec. */
import { cutText } from '../../crds/audit/clean-text.ts';
import {
  type Certainty,
  type Requester,
  type StoredWrite,
  storedWriteOf,
} from '../../crds/audit/requester.ts';
import type { ObjectMeta } from '../../crds/object-meta.ts';

interface RequesterInStatus {
  readonly generation: number;
  readonly certainty: Certainty;
  readonly username?: string;
}

interface Reported {
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: { readonly requester?: RequesterInStatus };
}

const longestName = 256;

/** The part of the next status; empty as long as the records have not said it of this generation. */
export function requesterStatus(
  object: Reported,
  requesterOf: (write: StoredWrite) => Requester | undefined,
): { readonly requester?: RequesterInStatus } {
  const { generation = 0 } = object.metadata;
  const known = requesterOf(storedWriteOf(object));
  const before = object.status?.requester;
  if (known === undefined) return before?.generation === generation ? { requester: before } : {};
  const { certainty, username } = known;
  const named = username === undefined ? {} : { username: cutText(username, longestName) };
  return { requester: { generation, certainty, ...named } };
}
