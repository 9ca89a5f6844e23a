/** Puts together what the routes need from the parts of the process. It decides nothing. */
import { createBuckets } from '../../process/buckets.ts';
import { createTtlCache } from '../../process/ttl-cache.ts';
import type { GatewayParts } from './assemble.ts';
import { neighbourAt } from './listener/neighbour.ts';
import { servedAt } from './listener/served-hosts.ts';
import { sourceOf } from './listener/source-address.ts';
import { resolveInCluster } from './proxy/resolve-service.ts';
import { createRefuse } from './refusals/refuse.ts';
import type { RouteDeps } from './routes.ts';
import {
  readServiceProviderConfig,
  readServiceProviderKeys,
  type ServiceProviderConfig,
} from './sign-in/service-provider-config.ts';
import { createSignIn, type SignIn } from './sign-in/sign-in.ts';

/** What one address may request without a session: 600 at once, then 20 a second; an office shares one address. */
const anonymousRate = { size: 600, everyMs: 50 };
const monotonic = (): number => performance.now();

export function routeDepsOf(parts: GatewayParts): Omit<RouteDeps, 'proxyPolicy' | 'noteJudged'> {
  const { client, config, triggers, singleUse, refusalCounts } = parts;
  const { policy } = triggers;
  const namespace = config.releaseNamespace;
  const spConfig = createTtlCache<ServiceProviderConfig>({ keepForMs: 5000, clock: monotonic });
  const buckets = createBuckets({ ...anonymousRate, clock: monotonic });
  return {
    ...parts,
    policy,
    signIn: signInOf(parts),
    consume: singleUse.consume,
    refuse: createRefuse({ ...parts, policy, onRefused: refusalCounts.add }),
    readServiceProvider: () => spConfig.get('', () => readServiceProviderConfig(client, namespace)),
    servedAt: (host) => servedAt({ policy: policy(), applications: triggers.applications() }, host),
    mayAsk: (source) => buckets.take(neighbourAt(source)),
    sourceOf: (origin) => sourceOf(policy()?.spec.network, origin),
    resolve: resolveInCluster(config.resolveMap),
  };
}

function signInOf({ client, config, keys, decider, singleUse, now }: GatewayParts): SignIn {
  return createSignIn({
    sealingKeys: () => [keys.keyFor('sign-in-cookie')],
    readKeys: () => readServiceProviderKeys(client, config.releaseNamespace),
    readWorld: (grant) => decider.readSignInWorld(grant),
    consume: singleUse.consume,
    now,
  });
}
