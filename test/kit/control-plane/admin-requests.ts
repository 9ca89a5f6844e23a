/**
 * The kit's own few requests to the API server, as system:masters over a client certificate. Independent of `kube/` on
 * purpose: what is under test must not vouch for itself.
 */
import { Agent, request } from 'node:https';
import type { Credential } from './pki.ts';

export interface AdminResponse {
  readonly status: number;
  /** The answer as text, and parsed where it is JSON. */
  readonly text: string;
  readonly body: unknown;
}

export interface AdminRequests {
  /** One request. `body` is sent as JSON. Rejects when there is no answer within `timeout` ms (default 10,000). */
  send(method: string, path: string, options?: AdminRequestOptions): Promise<AdminResponse>;
  /** Closes the kept connections. */
  close(): void;
}

export interface AdminRequestOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly timeout?: number;
}

/** Requests to one API server as admin. */
export function createAdminRequests(server: { url: string; ca: string; admin: Credential }): AdminRequests {
  const agent = new Agent({
    keepAlive: true,
    ca: server.ca,
    cert: server.admin.certificate,
    key: server.admin.key,
  });
  return {
    send: async (method, path, options = {}) =>
      new Promise((resolve, reject) => {
        const { body, contentType = 'application/json', timeout = 10_000 } = options;
        const signal = AbortSignal.timeout(timeout);
        const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
        // with no length given, Node would send a DELETE's body unframed, into the next request
        const headers = payload ? { 'content-type': contentType, 'content-length': payload.length } : {};
        const sending = request(new URL(path, server.url), { method, agent, headers, signal }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve(answer(response.statusCode ?? 0, Buffer.concat(chunks).toString())),
          );
        });
        sending.on('error', reject);
        sending.end(payload);
      }),
    close: () => agent.destroy(),
  };
}

function answer(status: number, text: string): AdminResponse {
  try {
    return { status, text, body: JSON.parse(text) };
  } catch {
    return { status, text, body: undefined };
  }
}
