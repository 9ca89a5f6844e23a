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
import type { KubeObject } from '../../../kube/objects.ts';
import { createWatchCache, type WatchCache } from '../../../kube/watch/watch-cache.ts';

export interface TriggersOptions {
  readonly client: KubeClient;
  /** Something that decisions read is another one now. */
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

/** Starts to watch. */
export function startTriggers(options: TriggersOptions): Triggers {
  const { client, onChange, onProblem } = options;
  const policies = createWatchCache<SupportAccessPolicy>(client, kinds.SupportAccessPolicy, { onProblem });
  const applications = createWatchCache<SupportApplication>(client, kinds.SupportApplication, { onProblem });
  const sessions = createWatchCache<SupportSession>(client, kinds.SupportSession, { onProblem });
  // Of all other kinds only the change is wanted, so nothing but their metadata is kept.
  const { SupportAccessPolicy: _p, SupportApplication: _a, SupportSession: _s, ...rest } = kinds;
  const others = Object.values(rest).map((kind) =>
    createWatchCache<KubeObject>(client, kind, { onProblem, transform: metadataOf }),
  );
  policies.onChange(() => options.onPolicyChange());
  sessions.onChange(({ type, object }) => {
    if (type === 'deleted') options.onSessionDeleted(object);
  });
  const caches = [policies, applications, sessions, ...others] as WatchCache<KubeObject>[];
  for (const cache of caches) {
    cache.onChange(onChange);
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

function metadataOf({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata };
}
