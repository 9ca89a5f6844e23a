/**
 * When was a session last used, and until when may it rest? Written to its status at most once a minute, behind the
 * request: an unwritten minute lets a session idle out early, never live longer. It decides nothing.
 */
import { defaults } from '../../../crds/defaults.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import { kinds } from '../../../crds/kinds.ts';
import { formatTime, parseTime } from '../../../crds/rules/time/time.ts';
import type { KubeClient } from '../../../kube/api/client.ts';

const mostEveryMs = 60_000;

export interface ActivityOptions {
  readonly client: Pick<KubeClient, 'mergePatch'>;
  /** Told what could not be written; no request waits for it. */
  readonly onFailure: (error: unknown) => void;
}

/** How long a session may rest by this policy. */
export function idleSecondsOf(policy: SupportAccessPolicy | undefined): number {
  return policy?.spec.session?.idleSeconds ?? defaults.idleSeconds;
}

/** One use of a session, as it was decided. */
export interface SessionUse {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly world: { readonly policy?: SupportAccessPolicy | undefined };
}

/** Remembers per session when it wrote last, also while the write is on its way. */
export class Activity {
  readonly #options: ActivityOptions;
  readonly #written = new Map<string, number>();

  constructor(options: ActivityOptions) {
    this.#options = options;
  }

  /** Notes that the session was used, and fixes its idle deadline by the policy of that use. */
  touch(session: SupportSession, { now, world: { policy } }: SessionUse): void {
    const idleMs = idleSecondsOf(policy) * 1000;
    // A quarter of a short limit: a person who is busy must not idle out for want of a write.
    const everyMs = Math.min(mostEveryMs, idleMs / 4);
    const { uid, name, namespace, generation: observedGeneration } = session.metadata;
    const stored = parseTime(session.status?.lastActivityTime) ?? Number.NEGATIVE_INFINITY;
    const last = Math.max(stored, this.#written.get(uid) ?? Number.NEGATIVE_INFINITY);
    if (now - last < everyMs) return;
    this.#forgetBefore(now - mostEveryMs);
    this.#written.set(uid, now);
    const status = {
      observedGeneration,
      lastActivityTime: formatTime(now),
      idleExpirationTime: formatTime(now + idleMs),
    };
    this.#options.client
      .mergePatch(kinds.SupportSession, { namespace, name }, { patch: { status }, subresource: 'status' })
      .catch((error: unknown) => this.#options.onFailure(error));
  }

  // Entries older than a minute say nothing that the status does not say.
  #forgetBefore(moment: number): void {
    for (const [uid, at] of this.#written) if (at <= moment) this.#written.delete(uid);
  }
}
