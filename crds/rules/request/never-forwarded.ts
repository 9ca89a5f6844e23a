/**
 * Which headers may no application ask for in `spec.forwardHeaders`? Those that say who a person is, that belong to one hop,
 * that frame a message or its parts, that could mean another request, and those of which the gateway has a word of its own.
 * The manifest of SupportApplication has the same list as a rule, and the gateway goes by this one whatever is stored.
 */

/** Whole names, and beginnings where they end in `-`; in lower case. */
export const neverForwarded: readonly string[] = [
  // Who a person is, and where a request came from or went to.
  'audit-id',
  'client-ip',
  'forwarded',
  'host',
  'impersonate-',
  'origin',
  'referer',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-forwarded-',
  'x-original-',
  'x-real-ip',
  'x-remote-',
  'x-rewrite-',
  'x-support-',
  // One hop.
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-',
  'te',
  'trailer',
  'upgrade',
  // The frame of a message, its parts and its versions, which masking changes.
  'accept-encoding',
  'accept-ranges',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'if-',
  'last-modified',
  'range',
  'transfer-encoding',
  // Another request than the one that was judged.
  'destination',
  'x-http-method',
  'x-http-method-',
  'x-method-',
  // The browser, its cookies and its caches: the gateway's own matter.
  'access-control-',
  'cache-control',
  'clear-site-data',
  'cookie',
  'cookie2',
  'location',
  'referrer-policy',
  'sec-',
  'service-worker',
  'service-worker-',
  'set-cookie',
  'set-cookie2',
  'strict-transport-security',
  'x-content-type-options',
];

/** Whether a header of this name, in whatever case, never passes by an application's word. */
export function isNeverForwarded(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    !/^[a-z0-9-]+$/.test(lower) ||
    neverForwarded.some((entry) => (entry.endsWith('-') ? lower.startsWith(entry) : lower === entry))
  );
}
