/**
 * Which page made this request, and may it? A browser sends the person's cookie also with what a page of a sibling host
 * makes it send, and what was sent so would be done and recorded as hers. The browser says where a request comes from
 * (Fetch Metadata, Origin, Referer), and no page can change what it says.
 */
import { printable } from '../problem.ts';

/** What a browser says about the page behind a request, as it came; undefined is what was not sent. */
export interface SaidByBrowser {
  /** `Sec-Fetch-Site` */
  readonly site?: string | undefined;
  /** `Sec-Fetch-Mode` */
  readonly mode?: string | undefined;
  /** `Sec-Fetch-Dest` */
  readonly destination?: string | undefined;
  /** `Sec-Purpose`, and `Purpose` of older browsers: a page is fetched before the person goes there. */
  readonly purpose?: string | undefined;
  readonly origin?: string | undefined;
  readonly referer?: string | undefined;
  readonly upgrade?: string | undefined;
}

/** Origins whose pages count: those of the host itself, and those that its application lists. */
export interface TrustedOrigins {
  readonly own: readonly string[];
  readonly listed: readonly string[];
}

/**
 * Who made the request.
 * - `own`: a page of this origin, or the person by hand (an address that was typed, a bookmark).
 * - `listed`: a page of an origin that the application lists.
 * - `silent`: no browser of today, since each of them says something: a program.
 * - `foreign`: another page, one that hides its origin, or headers that contradict each other.
 */
export interface Sender {
  readonly kind: 'own' | 'listed' | 'silent' | 'foreign';
  /** The origin that was named, if one was. */
  readonly origin?: string | undefined;
}

/** What the request would do. */
export interface WouldDo {
  readonly method: string;
  /** Whether its route says that it does something, by any method: any action but `Read`. */
  readonly acts?: boolean;
}

const lookingMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
/** Longest origin that is shown whole: a host has at most 253 characters, and its end says whose it is. */
const longestOrigin = 270;

/** Who made a request that says this about itself. */
export function senderOf(said: SaidByBrowser, { own, listed }: TrustedOrigins): Sender {
  const origin = said.origin ?? (said.referer === undefined ? undefined : originIn(said.referer));
  if (said.site === undefined && origin === undefined) return { kind: 'silent' };
  if (isOwn({ ...said, origin }, own)) return { kind: 'own', origin };
  const isListed = origin !== undefined && listed.includes(origin);
  return { kind: isListed && saidOfOthers.includes(said.site) ? 'listed' : 'foreign', origin };
}

/** What browsers say in `Sec-Fetch-Site` of another origin's page; older ones say nothing. */
const saidOfOthers: readonly (string | undefined)[] = ['same-site', 'cross-site', undefined];

/** Whether everything that was said agrees that it is this very origin, or the person by hand. */
function isOwn({ site, origin }: SaidByBrowser, own: readonly string[]): boolean {
  const isNamed = origin !== undefined && own.includes(origin);
  if (site === undefined) return isNamed;
  // A page with `Referrer-Policy: no-referrer` hides its origin from itself too; a sandboxed one is no `same-origin`.
  if (site === 'same-origin') return isNamed || origin === undefined || origin === 'null';
  return site === 'none' && (isNamed || origin === undefined);
}

/**
 * Why the request must not pass, for the customer, or undefined. What may change something needs a page of this origin or
 * of a listed one. What only looks may also be a link on another page that the person follows; it may not be a part of
 * another page (an image, a frame, a script's call), since the records would say that she had looked.
 */
export function crossSiteObjection(
  wouldDo: WouldDo,
  said: SaidByBrowser,
  trusted: TrustedOrigins,
): string | undefined {
  const sender = senderOf(said, trusted);
  if (sender.kind !== 'foreign') return undefined;
  if (!mayChange(wouldDo, said) && isLink(said)) return undefined;
  return `${cameFrom(said, sender)} spec.allowedOrigins of the application lists origins whose pages may send it.`;
}

/** Where a request came from, in a sentence for the customer's records. */
export function cameFrom({ site }: SaidByBrowser, { kind, origin }: Sender): string {
  if (kind === 'silent') return 'The request does not say which page it came from.';
  const said = site === undefined ? '' : ` (Sec-Fetch-Site: ${printable(site)})`;
  if (origin === undefined || origin === 'null')
    return `The request came from a page that hides its origin${said}.`;

  return `The request came from a page of ${printable(origin, longestOrigin)}${said}.`;
}

function mayChange({ method, acts = false }: WouldDo, { mode, upgrade }: SaidByBrowser): boolean {
  if (!lookingMethods.includes(method) || acts) return true;
  // A WebSocket begins as a GET, carries cookies from any page, and does what its messages say.
  return upgrade !== undefined || mode === 'websocket';
}

/** Whether the person went there: the whole window, by a link or a redirect. A page may have many fetched unseen. */
function isLink({ site, mode, destination, purpose, origin }: SaidByBrowser): boolean {
  if (purpose !== undefined) return false;
  if (site === undefined) return origin === undefined; // an older browser says its origin when a script asks
  return (mode ?? 'navigate') === 'navigate' && (destination ?? 'document') === 'document';
}

/** The origins in a list as an administrator wrote them: with a slash at the end or in capitals they mean the same. */
export function originsIn(list: readonly string[]): readonly string[] {
  return list.map(originIn).filter((origin) => origin !== 'null');
}

/** The origin of an address as browsers write it; `null` where there is none. */
function originIn(address: string): string {
  return URL.parse(address)?.origin ?? 'null';
}
