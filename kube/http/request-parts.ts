/**
 * The parts of every request to an API server: the query, the Accept header, and the check of the response's status.
 */
import { KubeError } from '../errors.ts';
import type { WrittenObject } from '../objects.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { retryAfterMs } from './retry.ts';
import type { TransportRequest, TransportResponse } from './transport.ts';

type QueryValue = string | number | boolean | undefined;

/** `?a=1&b=2` with the values that are defined; empty when none is. */
export function query(values: Readonly<Record<string, QueryValue>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/** JSON, or only the metadata. The plain form is not offered as second choice: then secret data could be sent. */
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

/** The body of a 2xx response. Throws `KubeError` for every other status, redirects included. */
export function accepted(request: TransportRequest, response: TransportResponse): string {
  if (response.status >= 200 && response.status < 300) return response.body;
  const wait = retryAfterMs(response.headers['retry-after']);
  throw new KubeError({
    method: request.method,
    path: request.path.split('?', 1)[0] ?? '',
    status: response.status,
    body: response.body,
    retryAfterSeconds: wait === undefined ? undefined : wait / 1000,
  });
}
