/**
 * Shows of the API server's discovery what the rules of the matrix give, and nothing more. It reads each document whole: there
 * is nothing to be streamed in it, and one that it does not know is not passed on.
 */
import type { PolicyRule } from '../../../../crds/rules/matrix/kubernetes-rights.ts';
import { servedVerbs } from '../../../../crds/rules/request/kube-discovery.ts';
import { brokenRule } from '../../masking/content-policy.ts';
import { type Masker, type MaskingStream, NotMaskable } from '../../masking/masker.ts';

/** Discovery of a cluster with a thousand kinds has some hundred kilobytes. */
const largestDocument = 16 * 1024 * 1024;

/** Stands in the place of a masker: discovery holds no data of people, and all of it is looked into. */
export function discoveryFilter(rules: readonly PolicyRule[]): Masker {
  return {
    plan: (headers) => {
      const rule = brokenRule(headers);
      return rule === undefined
        ? { kind: 'mask', open: () => new WholeDocument((text) => filtered(text, rules)) }
        : { kind: 'refuse', rule };
    },
    text: (value) => ({ value, counts: {} }),
  };
}

class WholeDocument implements MaskingStream {
  readonly counts = {};
  readonly #chunks: Buffer[] = [];
  readonly #change: (text: string) => string;
  #length = 0;

  constructor(change: (text: string) => string) {
    this.#change = change;
  }

  push(chunk: Buffer): Buffer {
    this.#length += chunk.length;
    if (this.#length > largestDocument) throw new NotMaskable(`must have at most ${largestDocument} bytes`);
    this.#chunks.push(chunk);
    return Buffer.alloc(0);
  }

  end(): Buffer {
    return Buffer.from(this.#change(Buffer.concat(this.#chunks).toString('utf8')));
  }
}

interface Resource {
  readonly name: string;
  readonly verbs: readonly string[];
}

interface DiscoveredResource {
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly subresources?: readonly { readonly subresource: string; readonly verbs: readonly string[] }[];
}

/** The kinds of documents of discovery, as far as they are read. */
type Document =
  | { readonly kind: 'APIVersions' }
  | { readonly kind: 'APIGroup'; readonly name: string }
  | { readonly kind: 'APIGroupList'; readonly groups: readonly { readonly name: string }[] }
  | {
      readonly kind: 'APIResourceList';
      readonly groupVersion: string;
      readonly resources: readonly Resource[];
    }
  | {
      readonly kind: 'APIGroupDiscoveryList';
      readonly items: readonly {
        readonly metadata?: { readonly name?: string };
        readonly versions?: readonly { readonly resources?: readonly DiscoveredResource[] }[];
      }[];
    }
  | { readonly kind: 'Status' };

function filtered(text: string, rules: readonly PolicyRule[]): string {
  try {
    return JSON.stringify(shown(JSON.parse(text) as Document, rules));
  } catch {
    // Not JSON, or a document without the fields of its kind: nothing of it can be told apart.
    throw new NotMaskable('must be a document of discovery');
  }
}

function shown(document: Document, rules: readonly PolicyRule[]): object {
  const isNamed = (group: string): boolean => rules.some(({ apiGroups }) => apiGroups.includes(group));
  switch (document.kind) {
    case 'APIVersions':
      return { ...document, serverAddressByClientCIDRs: [] };
    case 'APIGroup':
      return withoutAddresses(document);
    case 'APIGroupList':
      return {
        ...document,
        groups: document.groups.filter(({ name }) => isNamed(name)).map(withoutAddresses),
      };
    case 'APIResourceList':
      return { ...document, resources: resourcesIn(document, rules) };
    case 'APIGroupDiscoveryList':
      return {
        ...document,
        items: document.items
          .filter(({ metadata }) => isNamed(metadata?.name ?? ''))
          .map((item) => discovered(item, rules)),
      };
    case 'Status':
      return document;
    default:
      throw new NotMaskable('must be a document of discovery');
  }
}

/** Where the API server is reached from within the cluster is of no use outside of it. */
function withoutAddresses(group: object): object {
  const { serverAddressByClientCIDRs: _addresses, ...rest } = group as Readonly<Record<string, unknown>>;
  return rest;
}

function resourcesIn(
  { groupVersion, resources }: Extract<Document, { kind: 'APIResourceList' }>,
  rules: readonly PolicyRule[],
): Resource[] {
  const group = groupVersion.includes('/') ? (groupVersion.split('/', 1)[0] ?? '') : '';
  return resources
    .map((each) => ({ ...each, verbs: servedVerbs(rules, { group, resource: each.name }, each.verbs) }))
    .filter(({ verbs }) => verbs.length > 0);
}

type Item = Extract<Document, { kind: 'APIGroupDiscoveryList' }>['items'][number];

function discovered(item: Item, rules: readonly PolicyRule[]): object {
  const group = item.metadata?.name ?? '';
  const versions = (item.versions ?? []).map((version) => ({
    ...version,
    resources: (version.resources ?? []).flatMap((each) => discoveredResource(each, { group, rules })),
  }));
  return { ...item, versions };
}

function discoveredResource(
  each: DiscoveredResource,
  { group, rules }: { readonly group: string; readonly rules: readonly PolicyRule[] },
): object[] {
  const verbs = servedVerbs(rules, { group, resource: each.resource }, each.verbs);
  const subresources = (each.subresources ?? [])
    .map((below) => {
      const resource = `${each.resource}/${below.subresource}`;
      return { ...below, verbs: servedVerbs(rules, { group, resource }, below.verbs) };
    })
    .filter((below) => below.verbs.length > 0);
  const { subresources: _all, ...rest } = each;
  if (verbs.length === 0 && subresources.length === 0) return [];
  return [{ ...rest, verbs, ...(subresources.length === 0 ? {} : { subresources }) }];
}
