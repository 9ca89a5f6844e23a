/** Does the matrix give this write at the API server, in the grant's own namespace? The same list as RBAC's, asked once more. */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';
import { rulesPermit } from '../matrix/kubernetes-writes.ts';
import { printable } from '../problem.ts';

export const writeIsPermitted = {
  name: 'writeIsPermitted',
  entryPoints: ['kubernetes'],
  check,
} as const satisfies Check;

function check({ matrix, grant, write }: Ask): CheckResult {
  const namespace = grant?.metadata.namespace;
  if (write === undefined || namespace === undefined) return { reason: 'ActionNotAllowed' };
  const { operation, resource } = write;
  const what = `${operation} of ${printable(resource)}`;
  if (write.namespace !== namespace) {
    const where = write.namespace === undefined ? 'of the cluster' : `in namespace ${write.namespace}`;
    return {
      reason: 'ActionNotAllowed',
      detail: `${what} ${where} is outside the grant's namespace ${namespace}`,
    };
  }
  if (rulesPermit(matrix?.rules ?? [], write)) return untilChanged;
  return {
    reason: 'ActionNotAllowed',
    detail: `spec.kubernetes.rules of the matrix do not give ${what}`,
  };
}
