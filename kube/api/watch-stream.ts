/**
 * One watch connection to a collection, as a sequence of events. It ends when the connection ends; the reflector
 * decides how to go on.
 */
import type { Readable } from 'node:stream';
import { KubeError } from '../errors.ts';
import { accepted, acceptFor, query, withKind } from '../http/request-parts.ts';
import type { Transport } from '../http/transport.ts';
import { isStatus, type KubeObject, type Status } from '../objects.ts';
import { type Resource, resourcePath } from '../resources.ts';
import { linesOf } from './lines.ts';

export interface WatchOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly metadataOnly?: boolean | undefined;
  /** Changes after this version. Without it the server first sends everything as ADDED. */
  readonly resourceVersion?: string | undefined;
  /** After how many seconds the server ends the connection in good order. */
  readonly timeoutSeconds?: number | undefined;
  /** Ends the watch, at any time. */
  readonly signal: AbortSignal;
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export type WatchStream<T extends KubeObject> = AsyncIterable<WatchEvent<T>>;

interface RawEvent {
  readonly type: string;
  readonly object: KubeObject | Status;
}

/**
 * Opens the connection. Throws `KubeError` when the server refuses it, and, while iterating, for an ERROR event
 * (410 when the resourceVersion is too old) or the error that broke the connection.
 */
export async function openWatch<T extends KubeObject>(
  transport: Transport,
  resource: Resource,
  options: WatchOptions,
): Promise<WatchStream<T>> {
  const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, metadataOnly, signal } =
    options;
  const selected = { labelSelector, fieldSelector, resourceVersion, timeoutSeconds };
  const request = {
    method: 'GET',
    path:
      resourcePath(resource, { namespace }) + query({ watch: true, allowWatchBookmarks: true, ...selected }),
    headers: acceptFor(metadataOnly),
    signal,
  };
  const { status, headers, body } = await transport.open(request);
  if (status !== 200) accepted(request, { status, headers, body: await textOf(body) });
  return eventsIn<T>(body, resource);
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function* eventsIn<T extends KubeObject>(
  body: Readable,
  resource: Resource,
): AsyncGenerator<WatchEvent<T>> {
  for await (const line of linesOf(body)) yield parseEvent<T>(JSON.parse(line) as RawEvent, resource);
}

function parseEvent<T extends KubeObject>({ type, object }: RawEvent, resource: Resource): WatchEvent<T> {
  if (type === 'ERROR' || isStatus(object)) throw errorIn(object as Status, resource);
  switch (type) {
    case 'BOOKMARK':
      return { type, resourceVersion: object.metadata.resourceVersion };
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: withKind(resource, object) as T };
    default:
      throw new TypeError(`watch of ${resource.plural}: event type ${type} is not known`);
  }
}

function errorIn(status: Status, resource: Resource): KubeError {
  const path = resourcePath(resource);
  return new KubeError({ method: 'WATCH', path, status: status.code ?? 500, body: JSON.stringify(status) });
}
