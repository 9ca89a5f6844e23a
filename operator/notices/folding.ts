/**
 * To whom does what go, and when? In quiet times each notice to each recipient at once. In a flood the first few of a minute go at
 * once, and all others of the same kind together, in one message at the end of that minute.
 */
import type { NoticeEvent } from '../../crds/notices/events.ts';
import type { Notice } from '../../crds/notices/notice.ts';
import type { NewEntry } from '../../trail/notice-queue.ts';

/** So many of one kind are told one by one in a window. */
export const toldSingly = 3;
export const windowMs = 60_000;

interface FloodWindow {
  readonly since: number;
  count: number;
}

export interface Folding {
  /** The entries for these notices, each recipient's of a flood folded already. */
  entriesFor(notices: readonly Notice[], recipients: readonly string[], now: number): readonly NewEntry[];
}

/** Remembers this minute only: after a restart a flood begins anew, with a few messages more. */
export function createFolding(): Folding {
  const windows = new Map<NoticeEvent, FloodWindow>();
  const windowOf = (event: NoticeEvent, now: number): FloodWindow => {
    const current = windows.get(event);
    if (current !== undefined && now < current.since + windowMs && now >= current.since) return current;
    const next = { since: now, count: 0 };
    windows.set(event, next);
    return next;
  };
  const placed = (notice: Notice, now: number): Omit<NewEntry, 'recipient'> => {
    const window = windowOf(notice.event, now);
    window.count += 1;
    if (window.count <= toldSingly)
      return { key: `${notice.event}/${notice.record ?? ''}`, folds: false, notice, dueAt: now };
    const key = `${notice.event}/flood-${window.since}`;
    return { key, folds: true, notice, dueAt: window.since + windowMs };
  };
  return {
    entriesFor(notices, recipients, now) {
      const all = new Map<string, Omit<NewEntry, 'recipient'>>();
      for (const notice of notices) {
        const next = placed(notice, now);
        const before = all.get(next.key);
        all.set(
          next.key,
          before === undefined ? next : { ...before, notice: together(before.notice, notice) },
        );
      }
      return [...all.values()].flatMap((entry) =>
        recipients.map((recipient) => ({ ...entry, recipient, key: `${entry.key}/${recipient}` })),
      );
    },
  };
}

function together(first: Notice, next: Notice): Notice {
  const count = (first.folded?.count ?? 1) + 1;
  return { ...first, folded: { count, lastAt: Math.max(first.folded?.lastAt ?? first.at, next.at) } };
}
