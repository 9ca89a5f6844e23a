/** Does the matrix allow this action in this module and sub-module? The last question, and the only one about the request itself. */
import type { Ask, Check, Objection } from '../ask.ts';
import { explain, permits } from '../matrix.ts';

export const requestIsPermitted = {
  name: 'requestIsPermitted',
  surfaces: ['application'],
  objection,
} as const satisfies Check;

function objection({ matrix, target }: Ask): Objection | undefined {
  if (matrix === undefined || target === undefined) return { reason: 'ActionNotAllowed' };
  if (permits(matrix.compiled, target)) return undefined;
  return { reason: 'ActionNotAllowed', detail: explain(matrix.compiled, target) };
}
