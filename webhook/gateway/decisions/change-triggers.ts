/**
 * When should open responses be decided again? Watches everything that decisions read and says only that something
 * changed. What the watches hold names hosts and sessions; no decision is made from it.
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

export interface TriggersOptions {
  readonly client: KubeClient;
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
  // Of all other kinds only the change is wanted, so nothing but metadata and status is kept.
  const { SupportAccessPolicy: _p, SupportApplication: _a, SupportSession: _s, ...rest } = kinds;
  const others = Object.values(rest).map((kind) =>
    createWatchCache<KubeObject>(client, kind, { onProblem, transform: withoutSpec }),
  );
  policies.onChange((change) => {
    if (changesSpecOrLife(change)) options.onPolicyChange();
  });
  sessions.onChange(({ type, object }) => {
    if (type === 'deleted') options.onSessionDeleted(object);
  });
  const caches = [policies, applications, sessions, ...others] as WatchCache<KubeObject>[];
  for (const cache of caches) {
    // A session's status is when it was last active, which each of a thousand sessions writes every minute.
    const matters = cache.resource.kind === 'SupportSession' ? changesSpecOrLife : changesMoreThanMetadata;
    cache.onChange((change) => {
      if (matters(change)) onChange();
    });
    cache.start();
  }
  return {
    isSynced: () => caches.every((cache) => cache.isSynced),
    policy: () => policies.get(undefined, policyName),
    applications: () => applications.list(),
    async stop() {
      await Promise.all(caches.map((cache) => cache.stop()));
    },
  };
}

function withoutSpec(object: KubeObject): KubeObject {
  const { spec: _spec, ...kept } = object as KubeObject & { readonly spec?: unknown };
  return kept;
}
