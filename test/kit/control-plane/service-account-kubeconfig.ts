/**
 * Signs a ServiceAccount in as a mounted token would: a file that is replaced before the token ends. Must not give it
 * any rights.
 */
import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminRequests } from './admin-requests.ts';
import type { ServiceAccountKubeconfig, TokenOptions } from './control-plane.ts';
import { type Server, writeKubeconfig } from './kubeconfig.ts';

export interface TokenPlace {
  readonly directory: string;
  readonly server: Server;
  readonly admin: AdminRequests;
}

/** Requests a token for one ServiceAccount, writes it and a kubeconfig, and renews it at 80% of its life. */
export async function writeServiceAccountKubeconfig(
  place: TokenPlace,
  account: { readonly namespace: string; readonly name: string },
  options: TokenOptions = {},
): Promise<ServiceAccountKubeconfig> {
  const { expirationSeconds = 3600 } = options;
  const stem = join(
    place.directory,
    `${account.namespace}.${account.name}.${randomBytes(4).toString('hex')}`,
  );
  const tokenFile = `${stem}.token`;
  const renew = async (): Promise<void> => {
    const token = await requestToken(place.admin, account, { ...options, expirationSeconds });
    // Renamed into place: a reader sees the old token or the new one, never half of one.
    writeFileSync(`${tokenFile}.new`, token, { mode: 0o600 });
    renameSync(`${tokenFile}.new`, tokenFile);
  };
  await renew();
  const kubeconfig = writeKubeconfig(`${stem}.kubeconfig`, place.server, { tokenFile });
  // The control plane may be paused or gone at that moment; the next turn tries again.
  const timer = setInterval(() => void renew().catch(() => {}), expirationSeconds * 800);
  timer.unref();
  return { kubeconfig, tokenFile, renew, stop: () => clearInterval(timer) };
}

async function requestToken(
  admin: AdminRequests,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { audience, expirationSeconds }: TokenOptions,
): Promise<string> {
  const spec = { expirationSeconds, ...(audience === undefined ? {} : { audiences: [audience] }) };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status, text, body } = await admin.send('POST', path, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec },
  });
  if (status !== 201) throw new Error(`No token for ${namespace}/${name}: ${status} ${text}`);
  return (body as { status: { token: string } }).status.token;
}
