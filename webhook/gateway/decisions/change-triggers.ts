/**
 * What changed of what decisions read? Watches all of it and tells each write by itself, in order. What the watches
 * hold names hosts and sessions and may take access away; nothing is allowed from it.
 */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import { kinds } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { systemClock } from '../../../kube/clock.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { changesMoreThanMetadata, changesSpecOrLife } from '../../../kube/watch/metadata-change.ts';
import { createWatchCache, type WatchCache } from '../../../kube/watch/watch-cache.ts';
import { spacedCalls } from './spaced-calls.ts';
import type { SeenChange } from './world-after.ts';

export interface TriggersOptions {
  readonly client: KubeClient;
  /** Each write by itself, in order and before all else: what it ends has to be cut. */
  readonly onSeen: (change: SeenChange) => void;
  /** Something that decisions read is another one now. At once, and then at most ten times a second. */
  readonly onChange: () => void;
  readonly onPolicyChange: () => void;
  /** A session was deleted, by us or by the customer. */
  readonly onSessionDeleted: (session: SupportSession) => void;
  readonly onProblem: (problem: unknown) => void;
}

export interface Triggers {
  readonly isSynced: () => boolean;
  /** As seen last; for names, hosts and links only. */
  readonly policy: () => SupportAccessPolicy | undefined;
  readonly applications: () => readonly SupportApplication[];
  stop(): Promise<void>;
}

/** A stream is judged this long after a change at the latest, milliseconds; the first change of a burst is obeyed at once. */
const judgedApartMs = 100;

/** Starts to watch. */
export function startTriggers(options: TriggersOptions): Triggers {
  const { client, onProblem } = options;
  const onChange = spacedCalls(systemClock, judgedApartMs, options.onChange);
  const policies = createWatchCache<SupportAccessPolicy>(client, kinds.SupportAccessPolicy, { onProblem });
  const applications = createWatchCache<SupportApplication>(client, kinds.SupportApplication, { onProblem });
  const sessions = createWatchCache<SupportSession>(client, kinds.SupportSession, { onProblem });
  const { SupportAccessPolicy: _p, SupportApplication: _a, SupportSession: _s, ...rest } = kinds;
  const others = Object.values(rest).map((kind) => createWatchCache<KubeObject>(client, kind, { onProblem }));
  const caches = [policies, applications, sessions, ...others] as WatchCache<KubeObject>[];
  for (const cache of caches) {
    // A session's status is when it was last active, which each of a thousand sessions writes every minute.
    const matters = cache.resource.kind === 'SupportSession' ? changesSpecOrLife : changesMoreThanMetadata;
    cache.onChange((change) => {
      if (!matters(change)) return;
      options.onSeen(change);
      onChange();
    });
  }
  policies.onChange((change) => {
    if (changesSpecOrLife(change)) options.onPolicyChange();
  });
  sessions.onChange(({ type, object }) => {
    if (type === 'deleted') options.onSessionDeleted(object);
  });
  for (const cache of caches) cache.start();
  return {
    isSynced: () => caches.every((cache) => cache.isSynced),
    policy: () => policies.get(undefined, policyName),
    applications: () => applications.list(),
    async stop() {
      await Promise.all(caches.map((cache) => cache.stop()));
    },
  };
}
