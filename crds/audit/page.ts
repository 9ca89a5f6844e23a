/** From which page did a request come, as its browser says it? Origins and no paths: a path of an application may name a customer's person. */

/** What browsers say in `Sec-Fetch-Site`: how the page that asked stands to what it asks. */
export const fetchSites = ['same-origin', 'same-site', 'cross-site', 'none'] as const;
export type FetchSite = (typeof fetchSites)[number];

/** The headers of a request that tell of its page, as they came. */
export interface PageHeaders {
  readonly origin?: string | undefined;
  readonly referer?: string | undefined;
  readonly site?: string | undefined;
}

/** What is recorded of it; undefined where the browser says nothing, or nothing that a browser says. */
export function pageIn({ origin, referer, site }: PageHeaders) {
  const from = originIn(origin) ?? originIn(referer);
  const known = fetchSites.find((one) => one === site);
  if (from === undefined && known === undefined) return undefined;
  return { ...(from === undefined ? {} : { origin: from }), ...(known === undefined ? {} : { site: known }) };
}

/** `null` is what browsers say of a page that has none, such as one in a sandbox. */
function originIn(text: string | undefined): string | undefined {
  if (text === 'null') return text;
  const url = text === undefined ? null : URL.parse(text);
  return url === null || !/^https?:$/.test(url.protocol) ? undefined : url.origin;
}
