/** Looks at a cluster in which nothing of the product is yet: may it be installed here, and what is still missing? */
import { apiGroup } from '../../crds/kinds.ts';
import { programs } from '../../crds/names.ts';
import { isForbidden } from '../../kube/errors.ts';
import { Deployments } from '../../kube/resources.ts';
import { findOrNothing } from '../cluster/find.ts';
import { names, networkPolicies, place, storage } from './before-cluster.ts';
import { installerRights } from './before-rights.ts';
import type { CheckDeps, InstallationCheck } from './finding.ts';
import { admissionApi, clock, serverVersion } from './server.ts';

/** THE list of what is looked at before an installation, in the order of the table. */
export const checksBefore: readonly InstallationCheck[] = [
  serverVersion,
  admissionApi,
  installerRights,
  place,
  names,
  storage,
  networkPolicies,
  clock,
];

/** Whether neither a kind nor a program of the product is there. An installation that is broken has one of them. */
export async function isNothingInstalled(deps: CheckDeps): Promise<boolean> {
  const { status } = await deps.client.raw('GET', `/apis/${apiGroup}`);
  if (status !== 404) return false;
  const ref = { namespace: deps.namespace, name: programs.operator };
  try {
    return (await findOrNothing(deps, Deployments, ref)) === undefined;
  } catch (error) {
    // Without its kinds nothing of it works, whatever else is there that the caller may not see.
    if (isForbidden(error)) return true;
    throw error;
  }
}
