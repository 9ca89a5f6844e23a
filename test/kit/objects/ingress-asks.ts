/** How ingresses ask the gateway about requests, byte by byte in memory: what each of them sends by its own documentation. */
import { request } from 'node:http';
import { cookieValue, sessionCookieName } from '../../../webhook/gateway/sessions/session-cookie.ts';
import { anApplication } from './application.ts';
import { adasProof, memoryKeys } from './memory-gateway.ts';

const { host } = anApplication().spec;

/** What a client asked of the ingress. */
export interface OriginalAsk {
  readonly method?: string;
  readonly target?: string;
  readonly host?: string;
  /** Without Ada's cookie. */
  readonly anonymous?: true;
  /** More lines, or others in the place of those of that name; null leaves one out. */
  readonly lines?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly path?: string;
}

/** What the ingress got of the gateway. */
export interface IngressResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** How each ingress says what the request was. */
export const ingressWays = {
  nginx: ({ method, target, host: to }: Required<Pick<OriginalAsk, 'method' | 'target' | 'host'>>) => ({
    'x-original-method': method,
    'x-original-url': `https://${to}${target}`,
  }),
  traefik: forwarded,
  caddy: forwarded,
  envoy: () => ({ 'x-forwarded-proto': 'https' }),
} as const;

function forwarded({ method, target, host: to }: Required<Pick<OriginalAsk, 'method' | 'target' | 'host'>>) {
  return {
    'x-forwarded-method': method,
    'x-forwarded-proto': 'https',
    'x-forwarded-host': to,
    'x-forwarded-uri': target,
  };
}

export type IngressName = keyof typeof ingressWays;
/** All of them. */
export const ingressNames = Object.keys(ingressWays) as IngressName[];

/** Asks the inner listener at this port as that ingress would. */
export async function askAsIngress(
  port: number,
  ingress: IngressName,
  original: OriginalAsk,
): Promise<IngressResponse> {
  const { method = 'GET', target = '/jobs', anonymous, lines = {} } = original;
  const to = original.host ?? host;
  const inPlace = ingress === 'envoy';
  const prefix = original.path ?? `/authz/${ingress}`;
  const cookie = `${sessionCookieName}=${cookieValue(memoryKeys, adasProof, to)}`;
  const all: Record<string, string | readonly string[] | null> = {
    host: inPlace ? to : 'gateway.internal',
    accept: 'application/json',
    ...(anonymous ? {} : { cookie }),
    ...ingressWays[ingress]({ method, target, host: to }),
    ...lines,
  };
  const headers = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().flatMap((each) => [name, each]),
  );
  const { promise, resolve, reject } = Promise.withResolvers<IngressResponse>();
  request(
    {
      host: '127.0.0.1',
      port,
      method: inPlace ? method : 'GET',
      path: inPlace ? `${prefix}${target}` : prefix,
      headers,
      setHost: false,
      agent: false,
    },
    (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    },
  )
    .on('error', reject)
    .end();
  return promise;
}
