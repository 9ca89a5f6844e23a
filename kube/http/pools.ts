/**
 * The connection pools. Separate ones for requests, for those that must be prompt, for watches and for leases, so that
 * neither a burst nor a stuck watch can delay what something ends without.
 */
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { sameIdentity, type TlsIdentity } from './identity.ts';

export interface PoolsByIdentity {
  /** The pools for this identity; those of another are closed as soon as their requests have ended. */
  for(wanted: TlsIdentity): Pools;
  /** Lets running requests end, and ends streams. */
  close(): Promise<void>;
  /** Ends everything now, on the connections of earlier identities too. */
  destroy(): Promise<void>;
}

export interface Pools {
  readonly requests: Dispatcher;
  readonly prompt: Dispatcher;
  readonly streams: Dispatcher;
  readonly leases: Dispatcher;
}

/**
 * Keeps one set of pools for the identity in use. A changed CA or client certificate needs new connections. A proxy only passes
 * TLS on: it can neither read nor change what is said to the server.
 */
export function createPools(proxy?: URL): PoolsByIdentity {
  let pools: Pools | undefined;
  let identity: TlsIdentity | undefined;
  const retiring = new Set<Pools>();
  const retire = (old: Pools): void => {
    retiring.add(old);
    const forget = (): boolean => retiring.delete(old);
    // Watches on the old connections go on until the server ends them.
    void Promise.all(agentsOf(old).map((agent) => agent.close())).then(forget, forget);
  };
  return {
    for(wanted: TlsIdentity): Pools {
      const isSame = identity !== undefined && (identity === wanted || sameIdentity(identity, wanted));
      identity = wanted;
      if (pools && isSame) return pools;
      if (pools) retire(pools);
      pools = {
        requests: newAgent({ tls: wanted, proxy }, { connections: 32 }),
        prompt: newAgent({ tls: wanted, proxy }, { connections: 32 }),
        streams: newAgent({ tls: wanted, proxy }, { connections: null, bodyTimeout: 0 }),
        leases: newAgent({ tls: wanted, proxy }, { connections: 2 }),
      };
      return pools;
    },
    close: async () => {
      const ending = [pools?.requests.close(), pools?.prompt.close(), pools?.leases.close()];
      await Promise.all([...ending, pools?.streams.destroy()]);
    },
    destroy: async () => {
      const all = [...retiring, ...(pools ? [pools] : [])].flatMap(agentsOf);
      pools = undefined;
      await Promise.all(all.map((agent) => agent.destroy()));
    },
  };
}

function agentsOf(pools: Pools): Dispatcher[] {
  return Object.values<Dispatcher>({ ...pools });
}

interface Way {
  readonly tls: TlsIdentity;
  readonly proxy: URL | undefined;
}

function newAgent({ tls, proxy }: Way, options: Agent.Options): Dispatcher {
  const trust = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  const socket = { timeout: 5_000, keepAlive: true, keepAliveInitialDelay: 15_000 };
  const all: Agent.Options = {
    // HTTP/2 would put watches and requests on one TCP connection: one stall would stop all of them.
    allowH2: false,
    // Shorter than the 90 s after which an API server closes an idle connection, or we would race with it.
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 60_000,
    ...options,
  };
  if (proxy === undefined) return new Agent({ ...all, connect: { ...trust, ...socket } });
  return new ProxyAgent({
    ...all,
    uri: proxy.href,
    proxyTls: socket,
    requestTls: { ...trust, timeout: socket.timeout, allowH2: false },
  });
}
