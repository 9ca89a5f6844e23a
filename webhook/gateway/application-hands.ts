/** What the application door is handed: the shared parts, and the links back to the support host. */

import type { ApplicationDoorHands } from '../application-proxy/passage.ts';
import type { ResolveService } from '../application-proxy/resolve-service.ts';
import type { Streams } from '../application-proxy/stream-registry.ts';
import { emailMasker } from '../masking/content-policy.ts';
import { endsSession } from '../sessions/ending-reasons.ts';
import { ourCookiePrefix } from '../sessions/session-cookie.ts';
import { enterUrl } from './enter-door.ts';
import type { GatewayHands } from './hands.ts';
import { signInLink } from './sign-in-door.ts';

const headTimeoutMs = 60_000;

export function applicationHands({
  gateway,
  streams,
  resolve,
}: {
  readonly gateway: GatewayHands;
  readonly streams: Streams;
  readonly resolve: ResolveService;
}): ApplicationDoorHands {
  const { decider, sessions, trail, refuse, now, onFailure } = gateway;
  return {
    decider,
    sessions,
    trail,
    refuse,
    now,
    onFailure,
    streams,
    resolve,
    masker: emailMasker,
    endsSession,
    enterUrl,
    signInUrl: (grant) => signInLink(gateway, grant),
    authority: (host) => {
      const port = gateway.policy()?.spec.gateway.port ?? 443;
      return port === 443 ? host : `${host}:${port}`;
    },
    ourCookies: ourCookiePrefix,
    headTimeoutMs,
  };
}
