/**
 * The connection pools. Separate ones for requests, for those that must be prompt, for watches and for leases, so that
 * neither a burst nor a stuck watch can delay what something ends without.
 */
import { Agent } from 'undici';
import { sameIdentity, type TlsIdentity } from './identity.ts';

export interface PoolsByIdentity {
  /** The pools for this identity; those of another are closed as soon as their requests have ended. */
  for(wanted: TlsIdentity): Pools;
  /** Lets running requests end, and ends streams. */
  close(): Promise<void>;
}

export interface Pools {
  readonly requests: Agent;
  readonly prompt: Agent;
  readonly streams: Agent;
  readonly leases: Agent;
}

/** Keeps one set of pools for the identity in use. A changed CA or client certificate needs new connections. */
export function createPools(): PoolsByIdentity {
  let pools: Pools | undefined;
  let identity: TlsIdentity | undefined;
  return {
    for(wanted: TlsIdentity): Pools {
      const isSame = identity !== undefined && (identity === wanted || sameIdentity(identity, wanted));
      identity = wanted;
      if (pools && isSame) return pools;
      if (pools) void retire(pools).catch(() => undefined);
      pools = {
        requests: newAgent(wanted, { connections: 32 }),
        prompt: newAgent(wanted, { connections: 32 }),
        streams: newAgent(wanted, { connections: null, bodyTimeout: 0 }),
        leases: newAgent(wanted, { connections: 2 }),
      };
      return pools;
    },
    close: async () => {
      const ending = [pools?.requests.close(), pools?.prompt.close(), pools?.leases.close()];
      await Promise.all([...ending, pools?.streams.destroy()]);
    },
  };
}

/** Watches on the old connections go on until the server ends them. */
async function retire(pools: Pools): Promise<void> {
  await Promise.all(Object.values<Agent>({ ...pools }).map((agent) => agent.close()));
}

function newAgent(tls: TlsIdentity, options: Agent.Options): Agent {
  const trust = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  return new Agent({
    // HTTP/2 would put watches and requests on one TCP connection: one stall would stop all of them.
    allowH2: false,
    // Shorter than the 90 s after which an API server closes an idle connection, or we would race with it.
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 60_000,
    connect: { ...trust, timeout: 5_000, keepAlive: true, keepAliveInitialDelay: 15_000 },
    ...options,
  });
}
