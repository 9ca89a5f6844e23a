/** The form of a change: what it will do, in words and as a diff, how it is written, and when it is in force. */
import { isAlreadyExists, isConflict, KubeError, ServerUnreachable } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { ResponseLost } from '../command.ts';

/** A change as it would be made now. */
export interface PlannedChange {
  /** "Disable SupportAccessGrant case-4711 in namespace ecase". */
  readonly title: string;
  /** The spec before and after; undefined where there is none. */
  readonly before: object | undefined;
  readonly after: object | undefined;
  /** What these two are of, where it is no spec: `records`. */
  readonly diffOf?: string | undefined;
  /** What opens or closes by it, a sentence a line. */
  readonly words: readonly string[];
  /** Where it is so already: then nothing is written, and only looked whether it is in force. */
  readonly already?: Already | undefined;
  /** "Close this access?" */
  readonly question: string;
  /** What is written, for a person who interrupts it: "SupportAccessGrant case-4711 disabled". */
  readonly written: string;
  /** Writes it, or has it checked only. A conflict means that it must be planned anew. */
  write(options: WriteMode): Promise<KubeObject>;
  /** After an answer that was lost: the object, where it is as this change leaves it. */
  stored(): Promise<KubeObject | undefined>;
  /** What `-o` prints, where it is not the object that is stored. */
  readonly printed?: readonly KubeObject[] | undefined;
  /** What to wait for: "until access is closed". */
  readonly waitsFor: string;
  /** Whether it is in force; undefined while it is not known yet. */
  look(stored: KubeObject): Promise<InForce | undefined>;
}

/** What is so already. */
export interface Already {
  /** "SupportAccessGrant case-4711 in namespace ecase is disabled already". */
  readonly says: string;
  readonly object: KubeObject;
}

export interface WriteMode {
  readonly dryRun: boolean;
}

/** What became of it. */
export interface InForce {
  /** Whether it is as was asked for: `false` where it was written and something else still keeps it from being so. */
  readonly asWanted: boolean;
  /** For people, a sentence a line. */
  readonly says: readonly string[];
  /** The object as it is by now. */
  readonly object?: KubeObject | undefined;
}

/** Another write came in between: what would be done must be planned anew. */
export class CameBetween extends Error {}

/** Whether a write came to nothing since another came in between; another of that name, made since, is one too. */
export function cameBetween(error: unknown): boolean {
  return error instanceof CameBetween || isConflict(error) || isAlreadyExists(error);
}

/** Whether no answer says what became of a call. */
export function isLost(error: unknown): boolean {
  if (error instanceof ServerUnreachable || error instanceof ResponseLost) return true;
  return error instanceof KubeError && error.status >= 500;
}
