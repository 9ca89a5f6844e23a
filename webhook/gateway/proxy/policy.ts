/**
 * What an entry point of the gateway lets pass between a client and what it proxies to. The engine has no list of its
 * own, so that each entry point (an application today, the Kubernetes API later) says all of it in one value.
 */
import type { PathForm } from '../../../crds/rules/request/path-forms.ts';
import type { Masker } from '../masking/masker.ts';
import type { SealedTags } from '../masking/pseudonyms.ts';
import type { SealedValues } from '../masking/restore.ts';

/** Names of headers in lower case. What is on neither list is dropped. */
export interface HeaderLists {
  readonly passed: readonly string[];
  /** Pass only where responses are not masked, because they concern sizes, parts or versions of the unmasked body. */
  readonly passedUnmasked: readonly string[];
}

export interface ProxyPolicy {
  readonly requestHeaders: HeaderLists;
  readonly responseHeaders: HeaderLists;
  /** Set on every response, whatever upstream says. */
  readonly ownResponseHeaders: Readonly<Record<string, string>>;
  /** Whether cookies that are not ours pass, in both directions. */
  readonly cookies: boolean;
  /**
   * Whether a request may change to any protocol. Only ever where nothing is masked, and only on a listener that
   * takes such requests by the event `upgrade`: after `request`, Node goes on reading the client's bytes as requests, so
   * that what is sent through the tunnel would be served as well. Today's listener refuses all but WebSocket.
   */
  readonly upgrades: boolean;
  /** Whether a WebSocket handshake passes; its messages are masked as responses are. */
  readonly webSockets: boolean;
  /** Whether binary messages pass, in which nothing can be masked. Where nothing is masked they always do. */
  readonly binaryPasses: boolean;
  /** Whether the client waits for the head of what has no end of its own: it must not wait for the first of it. */
  readonly headAtOnce?: boolean;
  /**
   * Whether 102 Processing reaches the client. 100 is the gateway's own answer, and 103 is always dropped: it has a
   * browser load things before the response was looked at.
   */
  readonly informational: boolean;
  /** Forms of paths that are served beyond the usual ones. */
  readonly pathForms: readonly PathForm[];
  /** Undefined where nothing is masked. */
  readonly masker: Masker | undefined;
  /** Opens what stands in place of values for this session; undefined where nothing leads back. */
  readonly sealedValues?: SealedValues | undefined;
  /** Hides tags of bodies that are masked; without it none of these has one. */
  readonly sealedTags?: SealedTags | undefined;
  /** By what tags of masked bodies are marked. */
  readonly tagMark: string;
  /** Largest body of a request, bytes. */
  readonly bodyLimit: number;
  /** How long the head of the response may take once the body was sent, milliseconds. */
  readonly headTimeoutMs: number;
  /** How long the body of a request may stand still, milliseconds; in all it may take any time. */
  readonly bodyIdleMs: number;
}

/** The headers of these lists, each with the value that `valueOf` finds for it. */
export function listedHeaders<T>(
  { passed, passedUnmasked }: HeaderLists,
  masked: boolean,
  valueOf: (name: string) => T | undefined,
): Record<string, T> {
  const kept: Record<string, T> = {};
  for (const name of masked ? passed : [...passed, ...passedUnmasked]) {
    const value = valueOf(name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
