/**
 * Where an application names an address of its own in a header, the browser is led to a path that the gateway serves: its own
 * host leads around the gateway, and a path in a form that is refused leads nowhere. Addresses of others stay as they are.
 */
import type { IncomingMessage } from 'node:http';
import { isProblem } from '../../../crds/rules/problem.ts';
import { canonicalPath } from '../../../crds/rules/request/canonical-path.ts';
import type { PathForm } from '../../../crds/rules/request/path-forms.ts';
import type { ProxyPolicy } from './policy.ts';
import type { ProxiedRequest } from './request.ts';

/** Where the answer is, by whose addresses its own are known. */
export interface OwnPlace {
  /** The address that was asked for, as the browser sees it. */
  readonly base: string;
  /** Origins that mean this application. */
  readonly origins: readonly string[];
  /** What of paths it allows. */
  readonly pathForms: readonly PathForm[];
}

/** An address as it is passed on, or why it cannot be. */
type Addressed = { readonly address: string } | { readonly rule: string };

export function placeOf({
  authority,
  upstreamOrigins,
  policy,
  exchange,
}: Pick<ProxiedRequest, 'authority' | 'upstreamOrigins'> & {
  readonly policy: Pick<ProxyPolicy, 'pathForms'>;
  readonly exchange: { readonly request: Pick<IncomingMessage, 'url'> };
}): OwnPlace {
  return {
    base: `https://${authority}${exchange.request.url ?? '/'}`,
    origins: [`https://${authority}`, `http://${authority}`, ...upstreamOrigins],
    pathForms: policy.pathForms,
  };
}

/** What a redirect would have to be whose path the gateway would refuse; undefined where it can be passed on. */
export function redirectRule(
  { headers: { location } }: Pick<IncomingMessage, 'headers'>,
  place: OwnPlace,
): string | undefined {
  const read = location === undefined ? undefined : addressed(location, place);
  return read !== undefined && 'rule' in read ? `must not redirect to a path that ${read.rule}` : undefined;
}

/** Headers whose value is one address. */
const addressLines: readonly string[] = [
  'content-location',
  'hx-push-url',
  'hx-redirect',
  'hx-replace-url',
  'location',
  'x-inertia-location',
  'x-pjax-url',
  'x-up-location',
];

/** The value of a header with addresses as they are passed on; undefined where one cannot be. */
export function onThisHost(name: string, value: string, place: OwnPlace): string | undefined {
  if (addressLines.includes(name)) return addressOf(value, place);
  if (name === 'link') return linked(value, place);
  // The seconds, and perhaps an address: `5; url=/jobs`, in whatever form browsers take.
  const [, before, address] = /^([^;,]*[;,]\s*(?:url\s*=\s*)?)(\S.*)$/i.exec(value) ?? [];
  if (name !== 'refresh' || before === undefined || address === undefined) return value;
  const passed = addressOf(address.replace(/^(["'])(.*?)(?:\1.*)?$/, '$2'), place);
  return passed === undefined ? undefined : `${before}${passed}`;
}

function linked(value: string, place: OwnPlace): string {
  return value.replaceAll(/<([^<>]*)>/g, (whole, address: string) => {
    const passed = addressOf(address, place);
    return passed === undefined ? whole : `<${passed}>`;
  });
}

function addressOf(address: string, place: OwnPlace): string | undefined {
  const read = addressed(address, place);
  return 'rule' in read ? undefined : read.address;
}

function addressed(address: string, { base, origins, pathForms }: OwnPlace): Addressed {
  // Node reads header bytes one by one; browsers read them as UTF-8.
  const url = URL.parse(Buffer.from(address, 'latin1').toString('utf8'), base);
  if (url === null || !origins.includes(url.origin)) return { address };
  // Two slashes at the beginning would be another host.
  const asked = `${url.pathname.replace(/^\/+/, '/')}${url.search}`;
  // Of matrix parameters nothing but a session is commonly left, which the cookie says as well.
  const read = canonicalPath(asked, [...pathForms, 'MatrixParameters', 'EmptySegments']);
  if (isProblem(read)) return { rule: read.rule };
  const isAllowed = read.forms.every((form) => pathForms.includes(form));
  const query = read.query === undefined ? '' : `?${read.query}`;
  const target = isAllowed ? read.target : `${read.path}${query}`;
  const isAsItCame = target === asked && URL.parse(address) === null;
  return { address: isAsItCame ? address : `${target}${url.hash}` };
}
