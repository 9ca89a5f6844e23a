/** Makes the keys of one control plane and writes them where its programs look for them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, createAuthority, type Hosts, newTokenSigningKey } from './pki.ts';
import type { Layout } from './program-flags.ts';

/** Writes all keys; the API server's certificate is for these hosts. */
export async function writeKeys(layout: Layout, hosts: Hosts): Promise<Authority> {
  const write = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o600 });
  const authority = await createAuthority('support-access test control plane');
  // A CA of its own: who has its signature may claim any identity, so it cannot be the clients' CA.
  const frontProxyAuthority = await createAuthority('support-access test front proxy');
  const server = await authority.issueServer('kube-apiserver', hosts);
  const frontProxy = await frontProxyAuthority.issueClient({ commonName: 'front-proxy-client' });
  mkdirSync(join(layout.directory, 'home'));
  write(layout.ca, authority.certificate);
  write(layout.caKey, authority.key);
  write(layout.serverCertificate, server.certificate);
  write(layout.serverKey, server.key);
  write(layout.frontProxyCa, frontProxyAuthority.certificate);
  write(layout.frontProxyCertificate, frontProxy.certificate);
  write(layout.frontProxyKey, frontProxy.key);
  write(layout.tokenKey, newTokenSigningKey());
  return authority;
}
