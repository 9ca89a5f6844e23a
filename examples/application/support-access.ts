/**
 * How the application asks about support, in one file: whether a request is of a person of support, what that person may do,
 * and who all of them are. It needs nothing but HTTPS; docs/reviews.md says what is asked.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** What a person wants to do, in the words of the vendor's matrix. */
export interface Wish {
  readonly module: string;
  readonly subModule?: string;
  readonly action: string;
}

/** One of the people of support, as the directory has them. */
export interface SupportPerson {
  readonly displayName: string;
  readonly userId: string;
  /** By which the application knows people too. */
  readonly nameID: string;
  readonly email?: string;
  readonly licensed: boolean;
  readonly assignable: boolean;
  readonly hidden: boolean;
}

export interface SupportAccess {
  /** What the person of a request may do, in the order of the wishes; all of it where the request is not of support. */
  may(request: IncomingMessage, wishes: readonly Wish[]): Promise<readonly boolean[]>;
  /** Everyone of support whom a grant of this namespace names. Rejects when that is not known. */
  people(): Promise<readonly SupportPerson[]>;
}

export interface SupportAccessSettings {
  /** https://support-access-gateway-inner.support-access.svc:8444 */
  readonly url: string;
  /** A projected token of the pod's ServiceAccount with the audience support-access-reviews; the kubelet renews it. */
  readonly tokenFile: string;
  /** The authority that signed the gateway's certificate, PEM. */
  readonly caFile: string;
  /** A name in that certificate, where the URL has another. */
  readonly serverName?: string;
  /** Name of the SupportApplication. */
  readonly application: string;
}

/** The settings as a pod has them in its environment; undefined where support access is not installed. */
export function supportAccessSettings(
  env: Readonly<Record<string, string | undefined>>,
): SupportAccessSettings | undefined {
  const url = env['SUPPORT_ACCESS_URL'];
  if (url === undefined) return undefined;
  return {
    url,
    tokenFile: env['SUPPORT_ACCESS_TOKEN_FILE'] ?? '/var/run/support-access/token',
    caFile: env['SUPPORT_ACCESS_CA_FILE'] ?? '/etc/support-access/ca.crt',
    application: env['SUPPORT_ACCESS_APPLICATION'] ?? 'ecase',
  };
}

/** The handle of the session, where a request is of support. Only the gateway may reach us, so the header is its own. */
function sessionOf({ headers }: IncomingMessage): string | undefined {
  const handle = headers['x-support-session'];
  return typeof handle === 'string' && headers['x-support-user-type'] !== undefined ? handle : undefined;
}

export function createSupportAccess(settings: SupportAccessSettings): SupportAccess {
  return {
    async may(request, wishes) {
      const session = sessionOf(request);
      if (session === undefined) return wishes.map(() => true);
      if (wishes.length === 0) return [];
      // These fields alone: another one would be refused.
      const reviews = wishes.map(({ module, subModule, action }) => ({ session, module, subModule, action }));
      const body = { application: settings.application, reviews };
      const { results } = (await call(settings, 'POST', { path: '/v1/reviews/batch', body })) as {
        results: { allowed: boolean }[];
      };
      // Never kept: a moment later it may be no.
      return wishes.map((_, at) => results[at]?.allowed === true);
    },
    async people() {
      const { items } = (await call(settings, 'GET', { path: '/v1/directory' })) as {
        items: SupportPerson[];
      };
      return items;
    },
  };
}

/** One call; what is no answer is an error, and its caller takes it for a no. */
async function call(
  { url, tokenFile, caFile, serverName }: SupportAccessSettings,
  method: 'GET' | 'POST',
  { path, body }: { readonly path: string; readonly body?: object },
): Promise<unknown> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const request = httpsRequest(
    new URL(path, url),
    {
      method,
      ca: readFileSync(caFile),
      ...(serverName === undefined ? {} : { servername: serverName }),
      timeout: 10_000,
      headers: {
        authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`,
        ...(serverName === undefined ? {} : { host: serverName }),
        ...(sent === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
      },
    },
    (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`support access answered ${response.statusCode}: ${text}`));
      });
    },
  );
  request.on('timeout', () => request.destroy(new Error('support access did not answer in time')));
  request.on('error', reject).end(sent);
  return promise;
}
