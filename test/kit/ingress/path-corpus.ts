/**
 * Ways to write the path of a request so that two programs may read it differently: what attackers of proxies have used, around
 * one path that may be read and one that may not be reached (T-P1). Raw targets, exactly as they go over the wire.
 */

/** What stands between a permitted segment and the forbidden one. */
const steps = [
  '/..',
  '/../..',
  '/.',
  '/%2e%2e',
  '/%2E%2e',
  '/.%2e',
  '/%2e.',
  '/%252e%252e',
  '/..%2f',
  '/..%252f',
  '/..;',
  '/..;x=1',
  '/..%3b',
  '/..\\',
  '/..%5c',
  '/\\..',
  '/%5c..',
  '/..%00',
  '/..%09',
  '/..%20',
  '/.. ',
  '/..%c0%af',
  '/%c0%ae%c0%ae',
  '/%e0%80%ae%e0%80%ae',
  '/%uff0e%uff0e',
  '/%ef%bc%8e%ef%bc%8e',
  '//..',
  '/..//',
  '/...',
  '/....//',
  '/x/../..',
];

/** What may stand before or after a name. */
const marks = [
  '//',
  '/./',
  '/%2f',
  '/;',
  '/;x=1/',
  '/%3b',
  '/%00',
  '/%20',
  '/%09',
  '/\\',
  '/%5c',
  '/?',
  '/#',
  '/%23',
  '/%3f',
  '/.',
  '/~',
  '/%',
  '/%2',
  '/%zz',
  '/%25',
  '/%2525',
];

/** Letter case, suffixes, and encodings of letters. */
const spellings = (name: string): string[] => [
  name.toUpperCase(),
  `${name}.json`,
  `${name}.`,
  `${name};x=1`,
  `${name}%20`,
  `${name}%00`,
  `${name}%2f`,
  `${name}/`,
  `${name}//`,
  `${name}#x`,
  `${name}%23`,
  `${name}%3f`,
  `%${(name.codePointAt(0) ?? 0).toString(16)}${name.slice(1)}`,
  `%25${(name.codePointAt(0) ?? 0).toString(16)}${name.slice(1)}`,
  `${name}\u00ad`,
  `${name}%c2%ad`,
];

/** The corpus, for a segment that may be read and one that no route leads to. */
export function pathCorpus(open: string, closed: string): readonly string[] {
  return [
    ...new Set([
      `/${open}`,
      `/${open}/1`,
      `/${open}?page=2&x=%2e%2e`,
      `/${closed}`,
      ...steps.flatMap((step) => [
        `/${open}${step}/${closed}`,
        `/${closed}${step}/${open}`,
        `/${open}/1${step}/${closed}`,
      ]),
      ...marks.flatMap((mark) => [
        `${mark}${closed}`,
        `/${open}${mark}${closed}`,
        `/${open}${mark}`,
        `${mark}${open}`,
      ]),
      ...spellings(open).map((name) => `/${name}`),
      ...spellings(closed).map((name) => `/${name}`),
      ...spellings(open).map((name) => `/${name}/../${closed}`),
      `/${open}?/../${closed}`,
      `/${open}#/../${closed}`,
      `/${open}/%2e%2e%2f${closed}`,
      `/${open}/x%2f..%2f..%2f${closed}`,
      `/support-access/../${open}`,
      `/${open}/../support-access/whoami`,
      `https://other.example.com/${open}`,
      `//other.example.com/${open}`,
    ]),
  ];
}
