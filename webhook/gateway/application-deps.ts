/** What the application door is handed: the shared parts, and the links back to the support host. */

import { authorityOf } from '../../crds/rules/request/gateway-urls.ts';
import type { GatewayDeps } from './deps.ts';
import type { ApplicationDeps } from './handlers/application/handler.ts';
import { applicationPolicy } from './handlers/application/policy.ts';
import { enterUrl } from './handlers/enter.ts';
import { signInLink } from './handlers/sign-in.ts';
import type { OpenResponses } from './proxy/cut.ts';
import type { ResolveService } from './proxy/resolve-service.ts';

export function applicationHands({
  gateway,
  openResponses,
  resolve,
}: {
  readonly gateway: GatewayDeps;
  readonly openResponses: OpenResponses;
  readonly resolve: ResolveService;
}): ApplicationDeps {
  const { decider, sessions, trail, refuse, now, onFailure } = gateway;
  return {
    decider,
    sessions,
    trail,
    refuse,
    now,
    onFailure,
    openResponses,
    resolve,
    policy: applicationPolicy,
    enterUrl,
    signInUrl: (grant) => signInLink(gateway, grant),
    authority: (host) => authorityOf({ ...gateway.policy()?.spec.gateway, host }),
  };
}
