/**
 * Turns an admission request into the record of what was asked, and into what it tells of the write that may come.
 * `requested` does not say that it happened, nor that it was allowed: a later webhook may still refuse it, another write
 * may have come in between. That it happened is recorded from the stored object, and only then a name that is not proved.
 */
import type { NewRecord } from '../../../crds/audit/record.ts';
import {
  keyOfWrite,
  type Requester,
  type StoredWrite,
  storedWriteOf,
  unknownRequester,
} from '../../../crds/audit/requester.ts';
import { requesterActor } from '../requesters/requesters.ts';
import type { ToldWrite } from '../requesters/told-writes.ts';
import type { AdmissionRequest } from './review.ts';

export interface Stamp {
  /** UUIDv7 of the record. */
  readonly id: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
}

const maxPaths = 100;

/** JSON pointers of what differs between two specs, without any value; lists are compared whole. */
export function changedPaths(before: unknown, after: unknown, at = '/spec'): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isPlain(before) || !isPlain(after)) return [at];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => changedPaths(before[name], after[name], `${at}/${pointerPart(name)}`));
}

/** RFC 6901: `~` and `/` inside a name are escaped. */
const pointerPart = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One request as it reached us. */
export interface ReceivedReview {
  readonly request: AdmissionRequest;
  /** Whether the API server showed its client certificate. */
  readonly proved: boolean;
}

/**
 * The record of a request. `refusedFor` makes it one of a refusal. Anyone who knows our path can post a review, so a name
 * stands here only when it is proved; else it waits for the stored object, which a refused or invented write never has.
 */
export function requestedRecord(
  { request, proved }: ReceivedReview,
  stamp: Stamp,
  refusedFor?: readonly string[],
): NewRecord {
  const paths = changedPaths(request.oldObject?.spec, request.object?.spec).slice(0, maxPaths);
  const requester: Requester = proved ? { certainty: 'proved', ...requesterOf(request) } : unknownRequester;
  return {
    id: stamp.id,
    key: `admission/${request.uid}`,
    phase: 'point',
    time: stamp.time,
    actor: requesterActor(requester),
    // Admission is not told the address; the join with the API server's own audit log supplies it.
    source: { ip: 'unknown: kubernetes-api' },
    target: targetOf(request),
    change: { paths },
    requester,
    ...decisionOf(refusedFor),
  };
}

function requesterOf({
  userInfo: { username, uid, groups },
}: AdmissionRequest): Omit<Requester, 'certainty'> {
  return { username, ...given({ uid, groups: groups?.slice(0, 32) }) };
}

/** What the review tells of the write that may come; nothing when it leaves the object as it was. */
export function toldWriteOf({ request, proved }: ReceivedReview): ToldWrite | undefined {
  const write = writeOf(request);
  return write === undefined ? undefined : { write, requester: requesterOf(request), proved };
}

function writeOf({
  operation,
  object,
  oldObject,
  name,
  namespace,
}: AdmissionRequest): StoredWrite | undefined {
  const gone = operation === 'DELETE';
  const written = gone ? oldObject : object;
  if (written?.metadata.uid === undefined) return undefined;
  const write = { ...storedWriteOf(written, gone), ...given({ name, namespace }) };
  const isAsBefore = !gone && oldObject && keyOfWrite(storedWriteOf(oldObject)) === keyOfWrite(write);
  return isAsBefore ? undefined : write;
}

function targetOf(request: AdmissionRequest): NonNullable<NewRecord['target']> {
  const metadata = (request.object ?? request.oldObject)?.metadata;
  return {
    area: 'kubernetes-api',
    action: request.operation,
    kind: request.kind.kind,
    ...given({
      namespace: request.namespace,
      // With generateName the request has no name yet; the object does.
      name: request.name || metadata?.name,
      uid: metadata?.uid,
      generation: metadata?.generation,
    }),
  };
}

function decisionOf(
  refusedFor: readonly string[] | undefined,
): Pick<NewRecord, 'type' | 'decision' | 'message'> {
  if (!refusedFor) return { type: 'admission.requested' };
  const message = refusedFor.join('; ').slice(0, 2000);
  return { type: 'admission.rejected', decision: { effect: 'deny' }, message };
}

/** The fields that have a value; a record has no empty ones. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(present) as { [K in keyof T]?: NonNullable<T[K]> };
}
