/**
 * THE list of the source systems' matrices. A new system is a file of data and a line here. Okta's document is about support
 * cases and has no modules or actions, so there is none for it.
 */
import type { SupportPermissionMatrix } from '../generated/support-permission-matrix.ts';
import { casepointCollaboration } from './casepoint-collaboration.ts';
import { casepointEcase } from './casepoint-ecase.ts';
import { code42Administrator } from './code42-administrator.ts';
import { zohoCrm } from './zoho-crm.ts';

/** The spec of each system's newest revision; its object is named `<system>-<revision>`. */
export const matrices: readonly SupportPermissionMatrix['spec'][] = [
  casepointCollaboration,
  casepointEcase,
  code42Administrator,
  zohoCrm,
];

/** The name of the object that carries a matrix. */
export function matrixName({ system, revision }: SupportPermissionMatrix['spec']): string {
  return `${system}-${revision}`;
}
