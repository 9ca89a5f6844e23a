/** What each kind adds to the list of controllers: what it watches, where it begins, and the work on one of its keys. */
import type { KubeClient } from '../../kube/api/client.ts';
import type { Lane } from '../../kube/queue/work-queue.ts';
import type { RecordsVolume } from '../../trail/wire.ts';
import type { GatewayNetwork } from '../outputs/gateway-network.ts';
import type { RecordWriter } from '../writes/write-records.ts';
import type { Caches, Namespaces } from './collections.ts';
import type { Key, Watch } from './watch.ts';

/** Has a key looked at; `name` is that of its controller. */
export type Enqueue = (name: string, id: string, lane: Lane) => void;

/** Whether the records are there. */
export interface RecordsReach {
  /** Why not, in words for a person; undefined while they are. */
  readonly problem: () => string | undefined;
  /** How full their volume is, as they said last; undefined where they did not. */
  readonly volume?: () => RecordsVolume | undefined;
  /** Called when one of these has another answer. */
  readonly onChange: (listener: () => void) => void;
}

/** Whether our clock and the API server's agree. */
export interface ClockAgreement {
  /** By how much they do not, in words; undefined while they do. */
  readonly problem: () => string | undefined;
  /** Called when `problem` has another answer. */
  readonly onChange: (listener: () => void) => void;
}

/** Whether people are told what happens. */
export interface NoticesReach {
  /** Why not, in words; undefined while they are. */
  readonly problem: () => string | undefined;
  /** Called when `problem` has another answer. */
  readonly onChange: (listener: () => void) => void;
}

/** Whom an identity provider named almost as they are on file, as the gateways tell. */
export interface NearMissWatch {
  readonly has: (user: string) => boolean;
  /** Called with the names for which `has` has another answer. */
  readonly onChange: (listener: (changed: readonly string[]) => void) => void;
}

/** What every controller is given. */
export interface ControllerContext extends Namespaces {
  readonly client: KubeClient;
  readonly caches: Caches;
  readonly records: RecordWriter;
  /** Without it, the usual one. */
  readonly gatewayNetwork?: GatewayNetwork;
  readonly reach: RecordsReach;
  /** A backup of the cluster was put back while this process ran. */
  readonly isAfterRestore?: boolean;
  /** Without it, nothing is said of the clocks. */
  readonly clockAgreement?: ClockAgreement;
  /** Without it, nothing is said of notices. */
  readonly notices?: NoticesReach;
  /** Without it, nothing is said of near misses. */
  readonly nearMisses?: NearMissWatch;
  /** Epoch milliseconds: the latest moment, by which access ends. */
  readonly now: () => number;
  /** Epoch milliseconds: the earliest moment, by which is done what nothing takes back; before all time where it is not known. */
  readonly surely: () => number;
  readonly enqueue: Enqueue;
}

/**
 * Puts one thing right; the signal gives up when the same key has to be closed. Resolves to when something will change
 * by itself (epoch milliseconds), or to `gone` when there is nothing to look after any more.
 */
export type Handle = (id: string, signal: AbortSignal) => Promise<number | 'gone' | undefined>;

export interface Controller {
  /** The part of a key before the colon. */
  readonly name: string;
  readonly watches: readonly Watch[];
  /** What is looked at when the operator begins to lead: changes before that moment were not followed. */
  readonly firstKeys: (caches: Caches) => readonly Key[];
  /** Called once, before any key is handled. */
  readonly start: (context: ControllerContext) => Handle;
}
