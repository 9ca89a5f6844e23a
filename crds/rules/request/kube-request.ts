/**
 * What does the API server take a request for? Its own reading of method, path and query (RequestInfo of k8s.io/apiserver), by
 * which it authorises and audits. A reader that differs would judge one thing and forward another. It judges nothing.
 */
import { type Problem, printable } from '../problem.ts';

/** A request as the API server reads it; a text that does not apply is empty, as in Go. */
export interface KubeRequest {
  /** Whether it is about objects; else about a path, such as discovery. */
  readonly isResource: boolean;
  /** The verb of RBAC; of what is about no objects the method in lower case. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Decoded, without the query. */
  readonly path: string;
}

const verbOf: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** In old paths the first segment after the version is the verb. */
const verbsInPaths: readonly string[] = ['proxy', 'watch'];
/** What may follow the name of a namespace and is still about the namespace itself. */
const ofNamespaces: readonly string[] = ['status', 'finalize'];

/** How the API server reads it; a problem where it reads nothing, or where our reading of a selector would be a guess. */
export function kubeRequestOf(method: string, target: string): KubeRequest | Problem {
  const [rawPath = '', ...queries] = target.split('?');
  const path = decoded(rawPath);
  if (path === undefined) return notRead(target, 'must be percent-encoded correctly');
  const [prefix, ...afterPrefix] = segmentsOf(path);
  const grouped = prefix === 'apis';
  const [group = '', version = '', ...rest] = grouped ? afterPrefix : ['', ...afterPrefix];
  const isResource = (grouped || prefix === 'api') && rest.length > 0;
  if (!isResource) return { ...noObjects, verb: method.toLowerCase(), path };
  return aboutObjects({ method, target, query: queries.join('?') }, { group, version, rest, path });
}

const noObjects = {
  isResource: false,
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
} as const;

interface Came {
  readonly method: string;
  readonly target: string;
  readonly query: string;
}

interface Split {
  readonly group: string;
  readonly version: string;
  readonly rest: readonly string[];
  readonly path: string;
}

function aboutObjects({ method, target, query }: Came, split: Split): KubeRequest | Problem {
  const { rest, ...place } = split;
  const [first = ''] = rest;
  if (!verbsInPaths.includes(first)) return aboutParts({ ...place, verb: verbOf[method] ?? '' }, rest, query);
  if (rest.length < 2) return notRead(target, 'must name a resource after "watch" or "proxy"');
  return aboutParts({ ...place, verb: first }, rest.slice(1), query);
}

function aboutParts(
  asked: Omit<Split, 'rest'> & { readonly verb: string },
  after: readonly string[],
  query: string,
): KubeRequest | Problem {
  const { namespace, parts } = withoutNamespace(after);
  const [resource = '', name = '', third = ''] = parts;
  const subresource = asked.verb === 'proxy' ? '' : third;
  const read = { ...asked, isResource: true, resource, subresource, namespace, name };
  return name === '' ? aboutMany(read, query) : read;
}

/** Without a name it is about all of them, or about those that the query selects. */
function aboutMany(read: KubeRequest, query: string): KubeRequest | Problem {
  if (read.verb === 'delete') return { ...read, verb: 'deletecollection' };
  if (read.verb !== 'get') return read;
  const name = selectedName(query);
  if (typeof name !== 'string') return name;
  return { ...read, verb: isWatch(query) ? 'watch' : 'list', name };
}

function withoutNamespace(parts: readonly string[]): { namespace: string; parts: readonly string[] } {
  const [first, namespace = '', third] = parts;
  if (first !== 'namespaces') return { namespace: '', parts };
  const goesOn = third !== undefined && !ofNamespaces.includes(third);
  return { namespace, parts: goesOn ? parts.slice(2) : parts };
}

/** Slashes around the whole say nothing; those inside part, also where nothing stands between them. */
function segmentsOf(path: string): string[] {
  const trimmed = path.replace(/^\/+/, '').replace(/\/+$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The values of one parameter as Go reads them: what it cannot decode, and what has a semicolon, it drops. */
function valuesOf(query: string, wanted: string): string[] {
  return query.split('&').flatMap((pair) => {
    if (pair.includes(';')) return [];
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    const [key, said] = [name, value].map((text) => decoded(text.replaceAll('+', ' ')));
    return key === wanted && said !== undefined ? [said] : [];
  });
}

/** Whatever is said but "false" and "0", also nothing, is a yes. */
function isWatch(query: string): boolean {
  const [said] = valuesOf(query, 'watch');
  return said !== undefined && !/^(?:false|0)$/i.test(said);
}

const numbers = ['limit', 'timeoutSeconds'] as const;
const integer = /^[+-]?\d{1,18}$/;
const label = '[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';
const key = `(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?${label}`;
const values = `\\(${label}(?:,${label})*\\)`;
const term = `(?:!?${key}|${key}(?:==?|!=)(?:${label})?|${key} (?:not)?in ${values})`;
const plainLabels = new RegExp(`^${term}(?:,${term})*$`);
const plainFields = /^[A-Za-z][A-Za-z.]*(?:==?|!=)[^\\,=!]*(?:,[A-Za-z][A-Za-z.]*(?:==?|!=)[^\\,=!]*)*$/;

/**
 * Which one object a list or watch is bound to by its field selector. The API server drops all parameters where it cannot read
 * one of them, so that a selector which we cannot tell for certain has no reading.
 */
function selectedName(query: string): string | Problem {
  const [fields = ''] = valuesOf(query, 'fieldSelector');
  const odd = oddSelection(query, fields);
  if (odd !== undefined) return odd;
  const named = fields.split(',').map((each) => /^metadata\.name==?(.*)$/.exec(each)?.[1]);
  const name = named.find((each) => each !== undefined) ?? '';
  return name === '.' || name === '..' || /[/%]/.test(name) ? '' : name;
}

function oddSelection(query: string, fields: string): Problem | undefined {
  const [labels = ''] = valuesOf(query, 'labelSelector');
  if (numbers.some((name) => valuesOf(query, name).some((said) => !integer.test(said))))
    return notRead(query, 'must give limit and timeoutSeconds as whole numbers');
  if (labels !== '' && !plainLabels.test(labels)) return notRead(labels, ...plainLabel);
  return fields === '' || plainFields.test(fields) ? undefined : notRead(fields, ...plainField);
}

const plainLabel = [
  'must be a label selector in its plain form',
  'write, for example, app=web,tier!=db',
] as const;
const plainField = [
  'must be a field selector in its plain form',
  'write, for example, metadata.name=web-1',
] as const;

function notRead(value: string, rule: string, fix = 'write it as kubectl does'): Problem {
  return { field: 'path', value: printable(value), rule, fix };
}
