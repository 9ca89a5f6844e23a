/** Writes kubeconfig files for the tests' own users. Must not hold credentials of anything but a throw-away cluster. */
import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Credential } from './pki.ts';

export interface Server {
  readonly url: string;
  /** PEM of the CA that signed the server's certificate. */
  readonly ca: string;
}

export type Identification = { readonly certificate: Credential } | { readonly tokenFile: string };

/** Writes one kubeconfig with one context (mode 0600) and returns its path. */
export function writeKubeconfig(path: string, server: Server, identification: Identification): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'test', cluster: { server: server.url, 'certificate-authority-data': base64(server.ca) } },
    ],
    users: [{ name: 'test', user: userEntry(identification) }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return path;
}

function userEntry(identification: Identification): Record<string, string> {
  if ('tokenFile' in identification) return { tokenFile: identification.tokenFile };
  const { certificate, key } = identification.certificate;
  return { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
