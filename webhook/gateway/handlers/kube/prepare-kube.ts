/**
 * What forwarding to the API server takes beyond the decision: a policy that can be kept, a token of the grant's own account, and
 * where the API server is. It is reached as the gateway's own client reaches it, never through a proxy and never without TLS.
 */
import { isIP } from 'node:net';
import type { KubeClient } from '../../../../kube/api/client.ts';
import type { Decided } from '../../decisions/decision.ts';
import type { ProxyPolicy } from '../../proxy/policy.ts';
import type { Upstream } from '../../proxy/resolve-service.ts';
import type { RequestObjection } from '../../refusals/decided-refusal.ts';
import type { IdentityToken } from '../../sessions/identity-tokens.ts';
import { kubePolicy } from './policy.ts';

export interface PreparedKube {
  readonly policy: ProxyPolicy;
  readonly upstream: Upstream;
  /** Host and port as the API server is asked for it. */
  readonly authority: string;
  /** The path with the query, where the API server lies. */
  readonly target: string;
  readonly token: string;
}

export type PrepareKube =
  | ({ readonly ok: true } & PreparedKube)
  | ({ readonly ok: false } & RequestObjection);

export interface PrepareKubeDeps {
  readonly client: ApiServerPlace;
  readonly identityToken: IdentityToken;
  readonly onFailure: (what: string, error: unknown) => void;
}

type ApiServerPlace = Pick<KubeClient, 'server' | 'proxy' | 'credentials'>;

/** Never rejects: what cannot be had is an objection. */
export async function prepareKube(
  { client, identityToken, onFailure }: PrepareKubeDeps,
  { decided, target }: { readonly decided: Decided; readonly target: string },
): Promise<PrepareKube> {
  const { kubeRequest, world } = decided;
  const { grant, user, matrix } = world;
  if (grant === undefined || user === undefined || matrix === undefined || kubeRequest === undefined)
    return { ok: false, reason: 'StateUnavailable' };
  const inForce = kubePolicy(matrix, kubeRequest);
  if (!inForce.ok) return inForce;
  try {
    const token = await identityToken({ grantUid: grant.metadata.uid, userUid: user.metadata.uid });
    if (token === undefined) return noAccount;
    const { path, ...place } = await placeOf(client);
    return { ok: true, policy: inForce.policy, token, ...place, target: `${path}${target}` };
  } catch (error) {
    onFailure('a request to the API server could not be prepared', error);
    return noToken;
  }
}

const noToken = {
  ok: false,
  reason: 'StateUnavailable',
  detail: 'no token for the account of the grant was to be had',
} as const;

/** The operator is making it, or taking it away; the session lives on where access stays open. */
const noAccount = {
  ok: false,
  reason: 'StateUnavailable',
  detail: 'the ServiceAccount of this person under the grant is not there',
} as const;

async function placeOf(
  client: ApiServerPlace,
): Promise<Pick<PreparedKube, 'upstream' | 'authority'> & { readonly path: string }> {
  const server = new URL(client.server);
  if (client.proxy !== undefined)
    throw new Error('the API server is reached through a proxy, which would see the token');
  if (server.protocol !== 'https:') throw new Error('the API server is reached without TLS');
  const { tls } = await client.credentials();
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const ca = tls.ca === undefined ? {} : { ca: [String(tls.ca)] };
  // TLS names no addresses: without a name Node holds the certificate to the host.
  const serverName = tls.servername ?? (isIP(host) === 0 ? host : '');
  const path = server.pathname.replace(/\/$/, '');
  const upstream = { host, port: Number(server.port || 443), tls: true, serverName, ...ca };
  return { upstream, authority: server.host, path };
}
