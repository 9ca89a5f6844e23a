/**
 * The small parts that every request to an API server is made of: the query, the Accept header, an answer's refusal.
 * Sends nothing.
 */
import { KubeError } from '../errors.ts';
import type { WrittenObject } from '../objects.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { retryAfterMs } from './retry.ts';
import type { TransportAnswer, TransportRequest } from './transport.ts';

type QueryValue = string | number | boolean | undefined;

/** `?a=1&b=2` with whatever is defined, or nothing. */
export function query(values: Readonly<Record<string, QueryValue>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/** JSON, or only the metadata of whatever it is. Without the plain form as second choice: data must not travel. */
export function acceptFor(metadataOnly: boolean | undefined): Record<string, string> {
  const kind = metadataOnly ? ';as=PartialObjectMetadata;g=meta.k8s.io;v=v1' : '';
  return { accept: `application/json${kind}` };
}

/** The Accept header of a collection read as metadata only. */
export function acceptListFor(metadataOnly: boolean | undefined): Record<string, string> {
  const kind = metadataOnly ? ';as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' : '';
  return { accept: `application/json${kind}` };
}

/** The object with the resource's apiVersion and kind, which the items of a typed list, for one, do not carry. */
export function withKind<T extends WrittenObject>(resource: Resource, object: T): T {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

/** The body of an answer that says yes. Throws `KubeError` for every other status, redirects included. */
export function accepted(request: TransportRequest, answer: TransportAnswer): string {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  const wait = retryAfterMs(answer.headers['retry-after']);
  throw new KubeError({
    method: request.method,
    path: request.path.split('?', 1)[0] ?? '',
    status: answer.status,
    body: answer.body,
    retryAfterSeconds: wait === undefined ? undefined : wait / 1000,
  });
}
