/** THE list of the source systems' matrices. A new system is a file of data and a line here. */
import type { SupportPermissionMatrix } from '../generated/support-permission-matrix.ts';
import { casepointEcase } from './casepoint-ecase.ts';

/** The spec of each system's newest revision; its object is named `<system>-<revision>`. */
export const matrices: readonly SupportPermissionMatrix['spec'][] = [casepointEcase];

/** The name of the object that carries a matrix. */
export function matrixName({ system, revision }: SupportPermissionMatrix['spec']): string {
  return `${system}-${revision}`;
}
