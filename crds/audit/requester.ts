/**
 * Who asked for a write, and how surely that is known: what a review says is one thing, what was stored is another. A
 * write is named by what the stored object itself shows, so that both sides name it alike.
 */
import { canonicalize, recordHash } from './canonical.ts';

/**
 * How surely a requester is known.
 * - `proved`: the API server, which had shown its client certificate, said so, and it was stored.
 * - `claimed`: a caller without a certificate said so, no other caller said otherwise, and it was stored.
 * - `unknown`: nothing of the sort; then no name stands beside it.
 */
export const certainties = ['proved', 'claimed', 'unknown'] as const;
export type Certainty = (typeof certainties)[number];

export interface Requester {
  readonly certainty: Certainty;
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
}

export const unknownRequester: Requester = { certainty: 'unknown' };

/** A write as the stored object shows it. */
export interface StoredWrite {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** Hash of what was stored: the spec, and of a lock the reason to lift it. */
  readonly fingerprint: string;
  readonly gone: boolean;
}

interface WrittenObject {
  readonly kind: string;
  readonly metadata: {
    readonly name?: string | undefined;
    readonly namespace?: string | undefined;
    readonly uid?: string | undefined;
    readonly generation?: number | undefined;
    readonly deletionTimestamp?: string | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  };
  readonly spec?: unknown;
}

/** The annotation by which a lock is about to be lifted. */
export const unlockReason = 'supportaccess.dev/unlock-reason';

/**
 * The write that made the object what it is; `gone` when its deletion is meant. An object whose deletion a finalizer holds
 * up counts as gone: what follows are acts of the finalizer's owner.
 */
export function storedWriteOf({ kind, metadata, spec }: WrittenObject, gone = false): StoredWrite {
  const { name = '', namespace, uid = '', generation = 0, deletionTimestamp } = metadata;
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    generation,
    fingerprint: recordHash(canonicalize({ spec: spec ?? null, ...liftingOf({ kind, metadata }) })),
    gone: gone || deletionTimestamp !== undefined,
  };
}

function liftingOf({ kind, metadata: { annotations } }: WrittenObject): { readonly lifting?: string } {
  const lifting = kind === 'SupportAccessLock' ? annotations?.[unlockReason] : undefined;
  return lifting === undefined ? {} : { lifting };
}

/** Names the write; two writes of one object never share a key. */
export function keyOfWrite({ uid, generation, fingerprint, gone }: StoredWrite): string {
  return gone ? `${uid}/gone` : `${uid}/${generation}/${fingerprint.slice(0, 32)}`;
}
