/**
 * Says what is wrong with a write that enables or widens, as far as schema, CEL and policies could not say it: every
 * problem at once, and warnings for what is allowed but probably not meant.
 */
import { type KindName, kinds } from '../../../crds/kinds.ts';
import type { Problem } from '../../../crds/rules/problem.ts';
import { problemsOf } from '../../../crds/rules/problems/index.ts';
import { kindRules } from './kinds/index.ts';
import type { JudgeDeps, WriteFindings } from './kinds/kind-rule.ts';
import type { AdmissionRequest, Cause } from './review.ts';

/**
 * Judges one write of one of our kinds. Rejects for anything else, or for a write without its object: what cannot be
 * judged is not allowed, and the chart's rules send nothing of the sort.
 */
export async function judgeWrite(request: AdmissionRequest, deps: JudgeDeps): Promise<WriteFindings> {
  const { object } = request;
  const kind = request.kind.kind;
  if (!object || !isOurs(kind) || request.kind.group !== kinds[kind].group)
    throw new Error('a write that is not one of our kinds cannot be judged');
  const own = problemsOf(object).map(asCause);
  const { problems, warnings } = await kindRules[kind](object, deps);
  return { problems: [...own, ...problems], warnings };
}

const isOurs = (kind: string): kind is KindName => Object.hasOwn(kinds, kind);

const asCause = (problem: Problem): Cause => ({
  field: problem.field,
  message: `${problem.value === undefined ? '' : `"${problem.value}" `}${problem.rule}; ${problem.fix}`,
});
