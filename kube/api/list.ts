/**
 * Lists a collection as of one moment. Fetched in pages, so that neither side holds all of it as one text.
 */
import { isExpired } from '../errors.ts';
import { accepted, acceptListFor, query, withKind } from '../http/request-parts.ts';
import type { Transport } from '../http/transport.ts';
import type { WrittenObject } from '../objects.ts';
import { type Resource, resourcePath } from '../resources.ts';
import type { ListOptions, ObjectList } from './client.ts';

const pageSize = 500;
/** A page may be long; what the call or the client's settings name is kept. */
const usualPageDeadlineMs = 60_000;

interface Page<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: T[];
}

/** All items, each with its apiVersion and kind, and the collection's resourceVersion to watch from. */
export async function listAll<T>(
  transport: Transport,
  resource: Resource,
  options: ListOptions,
): Promise<ObjectList<T>> {
  try {
    return await inPages<T>(transport, resource, options);
  } catch (error) {
    if (!isExpired(error)) throw error;
    // The snapshot was compacted between two pages. One unpaged response cannot expire (client-go does the same).
    const page = await fetchPage<T>(transport, resource, options);
    return { items: page.items ?? [], resourceVersion: page.metadata.resourceVersion };
  }
}

/** The version of a collection, from a list of one object at most. */
export async function collectionVersion(
  transport: Transport,
  resource: Resource,
  options: ListOptions,
): Promise<string> {
  const page = await fetchPage(transport, resource, { ...options, metadataOnly: true, limit: 1 });
  return page.metadata.resourceVersion;
}

async function inPages<T>(
  transport: Transport,
  resource: Resource,
  options: ListOptions,
): Promise<ObjectList<T>> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const page = await fetchPage<T>(transport, resource, { ...options, limit: pageSize, continue: next });
    for (const item of page.items ?? []) items.push(item);
    next = page.metadata.continue || undefined;
    if (next === undefined) return { items, resourceVersion: page.metadata.resourceVersion };
  }
}

interface PageOptions extends ListOptions {
  readonly limit?: number;
  readonly continue?: string | undefined;
}

async function fetchPage<T>(
  transport: Transport,
  resource: Resource,
  options: PageOptions,
): Promise<Page<T>> {
  const { namespace, labelSelector, fieldSelector, metadataOnly, limit, signal, pool } = options;
  const request = {
    method: 'GET',
    path:
      resourcePath(resource, { namespace }) +
      query({ labelSelector, fieldSelector, limit, continue: options.continue }),
    headers: acceptListFor(metadataOnly),
    deadlineMs: options.deadlineMs,
    usualDeadlineMs: usualPageDeadlineMs,
    signal,
    pool,
  };
  const page = JSON.parse(accepted(request, await transport.send(request))) as Page<T>;
  return { ...page, items: (page.items ?? []).map((item) => withKind(resource, item as WrittenObject) as T) };
}
