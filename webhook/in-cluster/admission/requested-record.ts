/**
 * Turns an admission request into the record of who asked for what. `requested` does not say that it happened: a later
 * webhook may still refuse the write; that it happened is recorded by the operator, from the stored object.
 */
import type { NewRecord } from '../../../crds/audit/record.ts';
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

/** The record of a request. `refusedFor` makes it one of a refusal. */
export function requestedRecord(
  request: AdmissionRequest,
  stamp: Stamp,
  refusedFor?: readonly string[],
): NewRecord {
  const paths = changedPaths(request.oldObject?.spec, request.object?.spec).slice(0, maxPaths);
  const { username, uid, groups } = request.userInfo;
  return {
    id: stamp.id,
    key: `admission/${request.uid}`,
    phase: 'point',
    time: stamp.time,
    actor: { kind: 'customer_admin', name: username, ...given({ uid }) },
    // Admission is not told the address; the join with the API server's own audit log supplies it.
    source: { ip: 'unknown: kubernetes-api' },
    target: targetOf(request),
    change: { paths },
    requester: { username, ...given({ uid, groups: groups?.slice(0, 32) }) },
    ...decisionOf(refusedFor),
  };
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
  if (!refusedFor) return { type: 'admission.requested', decision: { effect: 'allow' } };
  const message = refusedFor.join('; ').slice(0, 2000);
  return { type: 'admission.rejected', decision: { effect: 'deny' }, message };
}

/** The fields that have a value; a record has no empty ones. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(present) as { [K in keyof T]?: NonNullable<T[K]> };
}
