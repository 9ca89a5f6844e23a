/**
 * When was a session last used? Written to its status at most once a minute, behind the request: an unwritten minute
 * lets a session idle out early, never live longer. It decides nothing.
 */
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import { kinds } from '../../../crds/kinds.ts';
import { formatTime, parseTime } from '../../../crds/rules/time/time.ts';
import type { KubeClient } from '../../../kube/api/client.ts';

const everyMs = 60_000;

export interface ActivityOptions {
  readonly client: Pick<KubeClient, 'mergePatch'>;
  /** Told what could not be written; no request waits for it. */
  readonly onFailure: (error: unknown) => void;
}

/** Remembers per session when it wrote last, also while the write is on its way. */
export class Activity {
  readonly #options: ActivityOptions;
  readonly #written = new Map<string, number>();

  constructor(options: ActivityOptions) {
    this.#options = options;
  }

  /** Notes that the session was used at `now` (epoch milliseconds). */
  touch(session: SupportSession, now: number): void {
    const { uid, name, namespace } = session.metadata;
    const stored = parseTime(session.status?.lastActivityTime) ?? Number.NEGATIVE_INFINITY;
    const last = Math.max(stored, this.#written.get(uid) ?? Number.NEGATIVE_INFINITY);
    if (now - last < everyMs) return;
    this.#forgetBefore(now - everyMs);
    this.#written.set(uid, now);
    const patch = { status: { lastActivityTime: formatTime(now) } };
    this.#options.client
      .mergePatch(kinds.SupportSession, { namespace, name }, { patch, subresource: 'status' })
      .catch((error: unknown) => this.#options.onFailure(error));
  }

  // Entries older than a minute say nothing that the status does not say.
  #forgetBefore(moment: number): void {
    for (const [uid, at] of this.#written) if (at <= moment) this.#written.delete(uid);
  }
}
