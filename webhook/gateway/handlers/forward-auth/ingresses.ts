/**
 * THE list of ingresses that may ask, and where each says what the request was that it asks about. Each has one way to say it,
 * which must be there; whatever else a known header says of it must be the same, as an ingress passes on what clients write.
 */
import type { IncomingMessage } from 'node:http';

/** One ingress. */
export interface Ingress {
  readonly name: 'nginx' | 'traefik' | 'caddy' | 'envoy';
  /** The headers without which nothing is answered, in lower case. */
  readonly needs: readonly string[];
  /** It asks below its path with the method, the target and the host of the request itself. */
  readonly asksInPlace?: true;
  /** It passes on no other refusal than 401 and 403, and no page. */
  readonly statusOnly?: true;
}

export const ingresses: readonly Ingress[] = [
  { name: 'nginx', needs: ['x-original-method', 'x-original-url'], statusOnly: true },
  {
    name: 'traefik',
    needs: ['x-forwarded-method', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-uri'],
  },
  {
    name: 'caddy',
    needs: ['x-forwarded-method', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-uri'],
  },
  { name: 'envoy', needs: ['x-forwarded-proto'], asksInPlace: true },
];

/** What an ingress says of a request. */
export type Part = 'method' | 'target' | 'host' | 'scheme';

/** Where programs say what a request was, by the part of it, in lower case. `x-original-url` says three of them. */
export const saidIn: Readonly<Record<Part, readonly string[]>> = {
  method: ['x-original-method', 'x-forwarded-method'],
  target: ['x-original-uri', 'x-forwarded-uri', 'x-rewrite-url'],
  host: ['x-forwarded-host', 'x-original-host'],
  scheme: ['x-forwarded-proto', 'x-forwarded-scheme', 'x-scheme'],
};

/** Headers by which a program may take a request for one with another method: the ingress would pass them on. */
export const otherMethods: readonly string[] = [
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
];

/** All lines that say what the request was; the request itself is judged without them. */
export const tellingLines: readonly string[] = [...Object.values(saidIn).flat(), 'x-original-url', 'host'];

/** All values of one header, as its lines have them. */
export function valuesNamed({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): string[] {
  return rawHeaders.flatMap((each, at) =>
    at % 2 === 0 && each.toLowerCase() === name ? [(rawHeaders[at + 1] ?? '').trim()] : [],
  );
}
