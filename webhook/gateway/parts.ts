/** Everything that lives as long as the gateway's process. */
import type { KubeClient } from '../../kube/api/client.ts';
import { type LatestClock } from '../../kube/latest-clock.ts';
import type { Log } from '../../process/logging.ts';
import type { Waiting } from '../../process/waiting.ts';
import { type InstanceLease } from '../../trail/instance-lease.ts';
import type { Trail } from '../../trail/trail.ts';
import type { GatewayConfig } from '../config.ts';
import { type Triggers } from './decisions/change-triggers.ts';
import type { GatewayDecider } from './decisions/decision.ts';
import { type HopPods } from './decisions/hop-pods.ts';
import type { SessionEnds } from './decisions/session-ends.ts';
import type { Certificates } from './listener/certificates.ts';
import { type CertificateLoader } from './listener/told-certificates.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { OpenResponses } from './proxy/cut.ts';
import type { TlsFaults } from './proxy/upstream-tls.ts';
import type { RecordsCa } from './records/records-ca.ts';
import { type FollowedKeys } from './sessions/followed-keys.ts';
import { type SessionStore } from './sessions/session-store.ts';
import { type NearMisses } from './sign-in/near-misses.ts';
import { type SingleUse } from './single-use/single-use.ts';

export interface GatewaySettings {
  readonly client: KubeClient;
  readonly config: GatewayConfig;
  readonly log: Log;
  readonly waiting: Pick<Waiting, 'until'>;
  readonly metrics: GatewayMetrics;
}

/** Everything that lives as long as the process. */
export interface GatewayParts extends GatewaySettings {
  readonly keys: FollowedKeys;
  readonly now: LatestClock;
  readonly trail: Trail;
  readonly nearMisses: NearMisses;
  readonly instanceLease: InstanceLease;
  readonly recordsCa: RecordsCa;
  readonly openResponses: OpenResponses;
  readonly sessions: SessionStore;
  readonly singleUse: SingleUse;
  readonly sessionEnds: SessionEnds;
  readonly decider: GatewayDecider;
  readonly triggers: Triggers;
  readonly certificates: Certificates;
  /** Reads the certificates anew, and tells the operator of them. */
  readonly certificateLoader: CertificateLoader;
  readonly hopPods: HopPods;
  /** How TLS with applications goes. */
  readonly tlsFaults: TlsFaults;
  readonly onFailure: (what: string, error: unknown) => void;
}
