/** THE list of what exists while access is open, in the order in which it is made. Adding one: a file and a line here. */
import { account } from './account.ts';
import { binding } from './binding.ts';
import { credential } from './credential.ts';
import { network } from './network.ts';
import type { GrantOutput, InstallationOutput } from './output.ts';
import { sso } from './sso.ts';

export const outputs = [account, binding, credential, network, sso] as const satisfies readonly (
  | GrantOutput
  | InstallationOutput
)[];

export const grantOutputs: readonly GrantOutput[] = outputs.filter((output) => output.scope === 'grant');

export const installationOutputs: readonly InstallationOutput[] = outputs.filter(
  (output) => output.scope === 'installation',
);
