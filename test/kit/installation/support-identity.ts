/** Signs in at the API server as a person of support does who acts there: by the token of the grant's account. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { credentialName } from '../../../crds/identities.ts';
import { ServiceAccounts } from '../../../kube/resources.ts';
import { writeKubeconfig } from '../control-plane/kubeconfig.ts';
import { ownedBy } from './grant-setting.ts';
import { identitiesNamespace } from './install.ts';
import type { Installation } from './installation.ts';

/** A kubeconfig of the grant's only person, with a token that the gateway asks for. */
export async function supportKubeconfig(
  installation: Installation,
  { metadata }: SupportAccessGrant,
): Promise<string> {
  const { admin, controlPlane } = installation;
  const [account] = (await ownedBy(admin, metadata.uid)).accounts;
  if (account === undefined) throw new Error('the grant has no account');
  const ref = { namespace: identitiesNamespace, name: account.metadata.name };
  const gateway = await installation.clientOf('gateway');
  const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name: credentialName(account.metadata) };
  const { status } = await gateway.createSubresource<{ status: { token: string } }>(ServiceAccounts, ref, {
    subresource: 'token',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 600, boundObjectRef },
    },
  });
  const tokenFile = join(controlPlane.directory, `${ref.name}.token`);
  await writeFile(tokenFile, status.token);
  const path = join(controlPlane.directory, `${ref.name}.kubeconfig`);
  return writeKubeconfig(path, controlPlane, { tokenFile });
}
