/**
 * Does the matrix allow this action in this module and sub-module? The last question, and the only one about the request itself.
 * Of a file on a Static route it is not asked: there the answer is bound to scripts, styles, fonts and pictures.
 */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';
import { explain, permits } from '../matrix/matrix.ts';

export const requestIsPermitted = {
  name: 'requestIsPermitted',
  entryPoints: ['application'],
  check,
} as const satisfies Check;

function check({ matrix, target }: Ask): CheckResult {
  if (matrix?.compiled === undefined || target === undefined) return { reason: 'ActionNotAllowed' };
  const { compiled } = matrix;
  // What the application may take it for besides must be allowed too: which of them it serves is not known here.
  const refused = [target, ...(target.also ?? [])].find(
    (meaning) => meaning.isStatic !== true && !permits(compiled, meaning),
  );
  return refused === undefined
    ? untilChanged
    : { reason: 'ActionNotAllowed', detail: explain(compiled, refused) };
}
