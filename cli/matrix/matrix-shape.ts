/**
 * Checks that a file has the shape of a matrix. The API server checks it by the schema, but here nothing has been applied
 * yet, and a misspelt field would silently be left out.
 */
import {
  count,
  type Findings,
  listOf,
  objectOf,
  oneOf,
  type Reader,
  type RecordProblem,
  text,
} from '../../crds/audit/shape.ts';

const name = text(253);
const names = listOf(text(253), 256);
const access = oneOf('Read', 'Limited');

// Metadata is Kubernetes' own; only what must be there is checked.
const metadata: Reader = (value, field, { problems }) => {
  const given = (value as { readonly name?: unknown } | null)?.name;
  if (typeof given !== 'string' || given === '')
    problems.push({ field: `${field}.name`, rule: 'must be given' });
  return value;
};

const policyRule = objectOf({
  required: { apiGroups: names, resources: names, verbs: names },
  optional: { resourceNames: names },
});

const subModule = objectOf({ required: { name, access }, optional: { actions: names } });

const spec = objectOf({
  required: {
    system: name,
    revision: count,
    masking: oneOf('Enabled', 'Disabled'),
    modules: listOf(
      objectOf({
        required: { name },
        optional: { access, actions: names, subModules: listOf(subModule, 256) },
      }),
      256,
    ),
  },
  optional: {
    title: text(1024),
    description: text(4096),
    maskedClasses: listOf(oneOf('EmailAddress'), 16),
    appliesTo: objectOf({ optional: { versions: name, editions: names } }),
    disabledActions: listOf(
      objectOf({ required: { module: name, action: name }, optional: { subModule: name } }),
      256,
    ),
    kubernetes: objectOf({ required: { clusterRole: name, rules: listOf(policyRule, 256) } }),
  },
});

const matrix = objectOf({
  required: {
    apiVersion: oneOf('supportaccess.dev/v1beta1'),
    kind: oneOf('SupportPermissionMatrix'),
    metadata,
    spec,
  },
});

/** Everything by which a parsed document is not a matrix. */
export function shapeProblems(document: unknown): readonly RecordProblem[] {
  const findings: Findings = { problems: [], truncated: false };
  matrix(document, '', findings);
  return findings.problems;
}
