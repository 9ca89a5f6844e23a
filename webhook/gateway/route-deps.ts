/** Puts together what the routes need from the parts of the process. It decides nothing. */
import { reasons } from '../../crds/rules/reasons.ts';
import { systemClock } from '../../kube/clock.ts';
import { createTtlCache } from '../../process/ttl-cache.ts';
import { servedAt } from './listener/served-hosts.ts';
import { type Origin, type Source, sourceOf } from './listener/source-address.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { GatewayParts } from './parts.ts';
import { createAssert } from './records/assertion.ts';
import { createIconRefusals } from './records/icon-refusals.ts';
import type { MayAsk } from './refusals/decided-refusal.ts';
import { createRefuse, type RequestRefusal } from './refusals/refuse.ts';
import type { RouteDeps } from './routes.ts';
import { assertionKeysFrom } from './sessions/assertion-keys.ts';
import { createIdentityTokens, type IdentityToken } from './sessions/identity-tokens.ts';
import { knownSessions } from './sessions/known-sessions.ts';
import { createPseudonymsFor } from './sessions/session-pseudonyms.ts';
import { createAnonymousCost } from './sign-in/anonymous-cost.ts';
import { readAuthnRequestState } from './sign-in/authn-request-state.ts';
import { evenlyFrom } from './sign-in/even-time.ts';
import {
  readServiceProviderConfig,
  readServiceProviderKeys,
  type ServiceProviderConfig,
} from './sign-in/service-provider-config.ts';
import { createSignIn, type SignIn } from './sign-in/sign-in.ts';

const monotonic = (): number => performance.now();

/** What the start of the listener makes, and what the parts give. */
type MadeAtStart = 'proxyPolicy' | 'noteJudged' | 'leaving' | 'resolve';

export function routeDepsOf(parts: GatewayParts): Omit<RouteDeps, MadeAtStart> {
  const { client, config, triggers, singleUse, metrics } = parts;
  const { policy } = triggers;
  const namespace = config.releaseNamespace;
  const spConfig = createTtlCache<ServiceProviderConfig>({ keepForMs: 5000, clock: monotonic });
  const anonymousCost = createAnonymousCost(monotonic);
  const source = (origin: Origin): Source => sourceOf(parts.hopPods.inForce(policy()?.spec.network), origin);
  const mayAsk: MayAsk = ({ request, origin }, costly) =>
    anonymousCost.mayAsk(source(origin), costly, requestIdOf(parts, request.headers.cookie));
  const { sessions, knows } = knownSessions(
    parts.sessions,
    (each) => triggers.find('SupportSession', each.namespace, each.name) !== undefined,
  );
  return {
    ...parts,
    sessions,
    policy,
    signIn: signInOf(parts),
    sessionsOf: (uid) => triggers.sessions().filter(({ spec }) => spec.userRef.uid === uid),
    consume: singleUse.consume,
    refuse: createRefuse({ ...parts, policy, onRefused: (refusal) => countRefusal(metrics, refusal) }),
    assert: createAssert(assertionKeysFrom(parts.keys), parts.now),
    onSignedIn: () => metrics.signIns.add({ outcome: 'succeeded', reason: 'none' }),
    onMasked: (counts) => {
      for (const [name, count] of Object.entries(counts)) metrics.masked.add({ class: name }, count);
    },
    readServiceProvider: () => spConfig.get('', () => readServiceProviderConfig(client, namespace)),
    identityToken: identityTokenOf(parts),
    supportPeople: triggers.people,
    servedAt: (host) => servedAt({ policy: policy(), applications: triggers.applications() }, host),
    mayAsk,
    mayJudge: (exchange, proof) => knows(proof.session) || mayAsk(exchange, 'session'),
    evenly: () => evenlyFrom(systemClock),
    sourceOf: source,
    iconRefusals: createIconRefusals(monotonic),
    pseudonymsFor: createPseudonymsFor(parts.keys),
  };
}

function identityTokenOf({
  client,
  config: { identitiesNamespace: namespace },
}: GatewayParts): IdentityToken {
  return createIdentityTokens({ client, namespace, now: monotonic });
}

function countRefusal(
  { refusals, signIns }: GatewayMetrics,
  { reason, failedSignIn }: Pick<RequestRefusal, 'reason' | 'failedSignIn'>,
): void {
  refusals.add({ about: reasons[reason].metric });
  if (failedSignIn !== undefined) signIns.add({ outcome: 'failed', reason: failedSignIn });
}

/** Of the AuthnRequest that this browser is on its way with, if its cookie is genuine and in time. */
function requestIdOf({ keys, now }: GatewayParts, cookie: string | undefined): string | undefined {
  const state = readAuthnRequestState(cookie, keys.keysFor('sign-in-cookie'), now());
  return state.ok ? state.value.requestId : undefined;
}

function signInOf({ client, config, keys, decider, singleUse, now }: GatewayParts): SignIn {
  return createSignIn({
    sealingKeys: () => keys.keysFor('sign-in-cookie'),
    readKeys: () => readServiceProviderKeys(client, config.releaseNamespace),
    readWorld: (grant) => decider.readSignInWorld(grant),
    consume: singleUse.consume,
    now,
  });
}
