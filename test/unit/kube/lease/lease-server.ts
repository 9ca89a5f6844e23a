import type { KubeClient } from '../../../../kube/api/client.ts';
import { KubeError, ServerUnreachable } from '../../../../kube/errors.ts';
import type { Lease } from '../../../../kube/lease/lease-record.ts';

/** One Lease in memory with optimistic updates, as an API server stores it; it can be made to fail or to hang. */
export function aLeaseServer() {
  let stored: Lease | undefined;
  let version = 0;

  function store(lease: Partial<Lease> & Pick<Lease, 'metadata'>): Lease {
    version += 1;
    const metadata = { ...lease.metadata, uid: 'uid', resourceVersion: String(version) };
    stored = JSON.parse(JSON.stringify({ ...lease, metadata })) as Lease;
    return stored;
  }

  function refusal(status: number, reason: string): KubeError {
    const body = JSON.stringify({ kind: 'Status', reason });
    return new KubeError({ method: 'PUT', path: '/lease', status, body });
  }

  /** A way to the server that can be cut without the others noticing. */
  function aWay() {
    let weather: 'fine' | 'away' | 'hangs' = 'fine';
    async function arrive(): Promise<void> {
      if (weather === 'away') throw new ServerUnreachable('lease', 'ECONNREFUSED');
      if (weather === 'hangs') await new Promise(() => {});
    }
    const client = {
      get: async () => {
        await arrive();
        if (!stored) throw refusal(404, 'NotFound');
        return structuredClone(stored);
      },
      create: async (_: unknown, lease: Lease) => {
        await arrive();
        if (stored) throw refusal(409, 'AlreadyExists');
        return structuredClone(store(lease));
      },
      update: async (_: unknown, lease: Lease) => {
        await arrive();
        if (!stored) throw refusal(404, 'NotFound');
        const isStale = lease.metadata.resourceVersion !== stored.metadata.resourceVersion;
        if (isStale) throw refusal(409, 'Conflict');
        return structuredClone(store(lease));
      },
    };
    const set = (now: typeof weather) => {
      weather = now;
    };
    return { client: client as unknown as KubeClient, set };
  }

  return {
    aWay,
    spec: () => stored?.spec,
    write: (change: (lease: Lease) => Lease) => stored && store(change(stored)),
    remove: () => {
      stored = undefined;
    },
  };
}
