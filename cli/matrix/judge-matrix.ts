/** What would be refused in a matrix, whatever the cluster has? By its schema, and by the rules of admission. Pure. */
import type { Problem } from '../../crds/rules/problem.ts';
import { problemsOf } from '../../crds/rules/problems/index.ts';
import type { WrittenMatrix } from './compile-matrix.ts';
import { shapeOf } from './matrix-shape.ts';

/** A document that was read: a matrix that can be looked at, or none; and all that is wrong with it either way. */
export interface Judged {
  /** Left out where a field is missing or of another type: what the author meant cannot be told. */
  readonly matrix?: WrittenMatrix;
  readonly problems: readonly Problem[];
}

/** Every problem at once, in the order of the document as far as can be. */
export function judgeMatrix(document: unknown): Judged {
  const { problems, isReadable } = shapeOf(document);
  if (!isReadable) return { problems };
  const matrix = document as WrittenMatrix;
  return { matrix, problems: [...problems, ...nameProblems(matrix), ...problemsOf(matrix)] };
}

/** The rules of the schema that compare a name with the revision. */
function nameProblems({ metadata, spec }: WrittenMatrix): Problem[] {
  return [
    ...revisionProblems('metadata.name', metadata.name, spec),
    ...objectName('metadata.name', metadata.name),
    ...revisionProblems('spec.kubernetes.clusterRole', spec.kubernetes?.clusterRole, spec),
  ];
}

function revisionProblems(
  field: string,
  name: string | undefined,
  { system, revision }: WrittenMatrix['spec'],
): Problem[] {
  const end = `-${revision}`;
  if (name === undefined || name.endsWith(end)) return [];
  const start = field === 'metadata.name' ? '' : 'support-access-matrix-';
  return [
    { field, value: name, rule: `must end in ${end}, the revision`, fix: `write ${start}${system}${end}` },
  ];
}

function objectName(field: string, name: string): Problem[] {
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) return [];
  const rule = 'must have lower-case letters, digits, - and . only, with a letter or digit at both ends';
  return [{ field, value: name, rule, fix: 'write for example casepoint-ecase-1' }];
}
