/** Builds Events that the API server accepts. Pure: limits, names and times of `events.k8s.io/v1`. */
import { createHash } from 'node:crypto';
import { microTime } from '../objects.ts';

/** What an Event is about: one object, by its uid, so that a later one of the same name does not inherit it. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string };
}

export interface EventDraft {
  readonly regarding: Regarding;
  readonly type: 'Normal' | 'Warning';
  /** PascalCase, why; the reason of the condition where there is one. */
  readonly reason: string;
  /** PascalCase verb: what was done, or was tried. */
  readonly action: string;
  /** A sentence for people; cut at 1024 bytes. */
  readonly note: string;
}

export interface Reporter {
  /** Who reports it, such as `supportaccess.dev/operator`. */
  readonly controller: string;
  /** Which of its processes. */
  readonly instance: string;
}

const mostNoteBytes = 1024;

/** Equal for repetitions of the same Event. */
export function eventKey({ regarding, type, reason, action, note }: EventDraft): string {
  return JSON.stringify([regarding.metadata.uid, type, reason, action, note]);
}

/** Events about cluster-wide objects live in `default`, as the API server demands. */
export function eventNamespace({ metadata }: Regarding): string {
  return metadata.namespace ?? 'default';
}

/** The object to create for the first Event of a series, at `now` (epoch milliseconds). */
export function eventObject(draft: EventDraft, reporter: Reporter, now: number) {
  const { regarding, type, reason, action } = draft;
  const { name, namespace, uid } = regarding.metadata;
  return {
    metadata: { name: eventName(draft, reporter, now), namespace: eventNamespace(regarding) },
    eventTime: microTime(now),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, 128),
    regarding: { apiVersion: regarding.apiVersion, kind: regarding.kind, name, namespace, uid },
    type,
    reason,
    action,
    note: cut(draft.note),
  };
}

/** Names of RBAC objects may hold colons, which the name of an Event may not. */
function eventName(draft: EventDraft, reporter: Reporter, now: number): string {
  const plain = draft.regarding.metadata.name.replaceAll(/[^a-z0-9.-]/g, '-').slice(0, 200);
  const hash = createHash('sha256')
    .update(`${eventKey(draft)} ${reporter.instance} ${now}`)
    .digest('hex');
  return `${/^[a-z0-9]/.test(plain) ? plain : `x${plain}`}.${hash.slice(0, 16)}`.replaceAll(/[.-]+\./g, '.');
}

/** Whole characters only: the limit counts bytes, and half a character would not be UTF-8. */
function cut(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= mostNoteBytes) return note;
  let end = mostNoteBytes - 3;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.subarray(0, end).toString('utf8')}...`;
}
