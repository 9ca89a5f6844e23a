/**
 * Uses a control plane that runs already, from its address alone: that is how test files in worker processes share one.
 * Must not offer anything that would disturb the others.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAdminRequests } from './admin-requests.ts';
import type { ControlPlane, ControlPlaneAddress } from './control-plane.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { runKubectl } from './kubectl.ts';
import { authorityOf } from './pki.ts';
import { layoutOf } from './program-flags.ts';
import { writeServiceAccountKubeconfig } from './service-account-kubeconfig.ts';

/** File name of the kubeconfig in system:masters. */
export const ADMIN_KUBECONFIG = 'admin.kubeconfig';

/** Makes what tests use of a control plane that is up. */
export async function attachControlPlane(address: ControlPlaneAddress): Promise<ControlPlane> {
  const { directory, url, binaries } = address;
  const layout = layoutOf(directory);
  const read = (path: string): string => readFileSync(path, 'utf8');
  const ca = read(layout.ca);
  const authority = await authorityOf({ certificate: ca, key: read(layout.caKey) });
  const server = { url, ca };
  const admin = createAdminRequests({
    ...server,
    admin: await authority.issueClient({ commonName: 'admin', organizations: ['system:masters'] }),
  });
  const kubeconfig = join(directory, ADMIN_KUBECONFIG);
  const place = { program: binaries.kubectl, kubeconfig, home: join(directory, 'home') };
  return {
    kubeconfig,
    url,
    ca,
    directory,
    binaries,
    admin,
    kubectl: async (args, options) => runKubectl(place, args, options),
    userKubeconfig: async (user, groups = []) => {
      const certificate = await authority.issueClient({ commonName: user, organizations: groups });
      return writeKubeconfig(join(directory, fileNameFor(user)), server, { certificate });
    },
    serviceAccountKubeconfig: async (namespace, name, options) =>
      writeServiceAccountKubeconfig({ directory, server, admin }, { namespace, name }, options),
  };
}

/** A user's name may hold anything, a slash included. */
function fileNameFor(user: string): string {
  const hash = createHash('sha256').update(user).digest('hex').slice(0, 12);
  return `user-${hash}-${randomBytes(4).toString('hex')}.kubeconfig`;
}
