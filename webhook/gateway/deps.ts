/** What the handlers of the support door work with. Types only; the role puts them together. */
import type { IncomingMessage } from 'node:http';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { Trail } from '../../trail/trail.ts';
import type { Decider } from './decisions/decision.ts';
import type { Origin, Source } from './decisions/source-address.ts';
import type { Exchange } from './listener/exchange.ts';
import type { ServedHost } from './listener/served-hosts.ts';
import type { Refuse } from './refusals/refuse.ts';
import type { GatewayKeys } from './sessions/keys.ts';
import type { SessionStore } from './sessions/session-store.ts';
import type { ServiceProviderConfig } from './sign-in/service-provider-config.ts';
import type { SignIn } from './sign-in/sign-in.ts';
import type { Consume } from './single-use/single-use.ts';

export interface GatewayDeps {
  readonly decider: Decider;
  readonly sessions: SessionStore;
  readonly signIn: SignIn;
  readonly keys: GatewayKeys;
  readonly consume: Consume;
  readonly trail: Pick<Trail, 'append' | 'appendInBackground'>;
  readonly refuse: Refuse;
  /** The policy as the watch saw it last: for names and links, never for decisions. */
  readonly policy: () => SupportAccessPolicy | undefined;
  /** Whose a host is, as the watches saw it last. */
  readonly servedAt: (host: string) => ServedHost | undefined;
  /** The service provider as identity providers know it, as of the last seconds. Never for decisions. */
  readonly readServiceProvider: () => Promise<ServiceProviderConfig>;
  /** The address under that policy, for records of what came before any decision. */
  readonly sourceOf: (origin: Origin) => Source;
  /** Whether this address may ask for something that costs us several questions; each yes counts. */
  readonly mayAsk: (source: Source) => boolean;
  /** Records what the gate refused before anybody could say whose request it was. */
  readonly recordOddRequest: (
    request: Pick<IncomingMessage, 'method' | 'socket'>,
    verdict: { readonly rule: string; readonly status: number },
  ) => void;
  readonly now: () => number;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** One handler of the route table. */
export type Handler = (deps: GatewayDeps, exchange: Exchange, parameters: Parameters) => Promise<void> | void;

/** What stood in place of the placeholders of a route's path. */
export type Parameters = Readonly<Record<string, string>>;
