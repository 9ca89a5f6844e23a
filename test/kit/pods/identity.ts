/** A support identity of an open grant in the cluster: a token as the gateway gets it, and what the API server says to it. */

import { request } from 'node:https';
import { credentialName } from '../../../crds/identities.ts';
import { uidOf } from '../people/customer.ts';
import type { PodInstallation } from './installed.ts';

export const identities = 'support-access-identities';

export interface Identity {
  readonly name: string;
  readonly token: string;
  /** The status of a GET with the token. */
  get(path: string): Promise<number>;
  /** Asks as the cluster's administrator for one more token; what kubectl says when there is none. */
  refusalOfAnother(): Promise<string>;
}

/** The only identity of a grant, with a token of ten minutes. */
export async function identityOf(installation: PodInstallation, grant: string): Promise<Identity> {
  const { node } = installation;
  const uid = await uidOf(installation, ['-n', 'ecase', `sag/${grant}`]);
  const { stdout } = await node.kubectl([
    'get',
    'serviceaccounts',
    '-n',
    identities,
    '-l',
    `supportaccess.dev/grant-uid=${uid}`,
    '-o',
    'json',
  ]);
  const [account] = (JSON.parse(stdout) as { items: { metadata: { name: string; uid: string } }[] }).items;
  if (account === undefined) throw new Error(`the grant ${grant} has no account`);
  const gateway = await node.serviceAccountKubeconfig('support-access', 'support-access-gateway');
  gateway.stop();
  const words = ['create', 'token', account.metadata.name, '-n', identities, '--duration=10m'];
  const bound = ['--bound-object-kind=Secret', `--bound-object-name=${credentialName(account.metadata)}`];
  const { stdout: token } = await node.kubectl([...words, ...bound], { kubeconfig: gateway.kubeconfig });
  return {
    name: account.metadata.name,
    token: token.trim(),
    get: async (path) => statusWith(token.trim(), node, path),
    refusalOfAnother: async () => (await node.kubectl(words, { expectFailure: true })).stderr,
  };
}

async function statusWith(
  token: string,
  { url, ca }: { readonly url: string; readonly ca: string },
  path: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    request(new URL(path, url), { ca, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}
