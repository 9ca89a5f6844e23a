/**
 * Raw requests to the API server as whomever a kubeconfig of the kit names. Independent of `kube/`: what is under test
 * must not vouch for itself.
 */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

export interface CallResponse {
  readonly status: number;
  readonly text: string;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Default application/json. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

export type Caller = (method: string, path: string, options?: CallOptions) => Promise<CallResponse>;

export const mergePatch = 'application/merge-patch+json';
export const jsonPatch = 'application/json-patch+json';
export const applyPatch = 'application/apply-patch+yaml';

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
}

/** Requests to the API server as the user of one kubeconfig. */
export function callerOf(kubeconfig: string): Caller {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  const agent = new Agent({
    keepAlive: true,
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  });
  const token = user['tokenFile'] ? readFileSync(user['tokenFile'], 'utf8') : undefined;
  return async (method, path, { body, contentType = 'application/json', headers: more = {} } = {}) =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const headers = {
        ...more,
        // with no length given, Node would send a DELETE's body unframed, into the next request
        ...(payload ? { 'content-type': contentType, 'content-length': payload.length } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      const url = new URL(path, cluster['server']);
      const sending = request(url, { method, agent, headers, timeout: 20_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(answer(response, Buffer.concat(chunks).toString())));
      });
      sending.on('error', reject);
      sending.end(payload);
    });
}

const decoded = (data: string | undefined): Buffer | undefined =>
  data === undefined ? undefined : Buffer.from(data, 'base64');

function answer({ statusCode = 0, headers }: IncomingMessage, text: string): CallResponse {
  try {
    return { status: statusCode, text, headers, body: JSON.parse(text) };
  } catch {
    return { status: statusCode, text, headers, body: undefined };
  }
}
