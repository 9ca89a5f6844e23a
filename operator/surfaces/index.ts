/** THE list of what exists while access is open, in the order in which it is made. Adding one: a file and a line here. */
import { account } from './account.ts';
import { binding } from './binding.ts';
import { credential } from './credential.ts';
import { network } from './network.ts';
import { sso } from './sso.ts';
import type { GrantSurface, InstallationSurface } from './surface.ts';

export const surfaces = [account, binding, credential, network, sso] as const satisfies readonly (
  | GrantSurface
  | InstallationSurface
)[];

export const grantSurfaces: readonly GrantSurface[] = surfaces.filter((surface) => surface.scope === 'grant');

export const installationSurfaces: readonly InstallationSurface[] = surfaces.filter(
  (surface) => surface.scope === 'installation',
);
