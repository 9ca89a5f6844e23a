/** Is the matrix there, and the same as when consent was given? A matrix of that name with other content is another one. */
import type { SupportAccessGrant } from '../../generated/support-access-grant.ts';
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';
import type { MatrixHead } from '../matrix/matrix.ts';

export const matrixIsPinned = {
  name: 'matrixIsPinned',
  entryPoints: [
    'opening',
    'person',
    'anonymous',
    'sign-in',
    'session',
    'application',
    'kube-api',
    'kubernetes',
  ],
  check,
} as const satisfies Check;

function check({ matrix, grant }: Ask): CheckResult {
  const wanted = grant?.spec.matrixRef.name;
  if (matrix === undefined || matrix.deletionTimestamp !== undefined || matrix.name !== wanted) {
    return {
      reason: 'NoMatrix',
      detail: `SupportPermissionMatrix ${wanted} does not exist; create it, or make a grant for another matrix.`,
    };
  }

  if (isPinned(matrix, grant)) return untilChanged;
  const what = `Consent was not given to this content of SupportPermissionMatrix ${matrix.name}`;
  return {
    reason: 'MatrixChanged',
    detail: `${what} (UID ${matrix.uid}); raise spec.consent to consent to it.`,
  };
}

function isPinned({ name, uid, hash }: MatrixHead, grant: SupportAccessGrant | undefined): boolean {
  const pin = grant?.status?.pins?.matrix;
  return pin !== undefined && pin.name === name && pin.uid === uid && pin.hash === hash;
}
