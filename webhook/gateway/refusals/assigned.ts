/**
 * Does the address of a request assign something to a person of support: in a parameter of its query, or in a placeholder of its
 * path? The body is looked at on its way (`proxy/body-watches.ts`).
 */
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { printable } from '../../../crds/rules/problem.ts';
import { type AssignmentRule, assignmentRule } from '../../../crds/rules/request/assignment.ts';
import type { CanonicalTarget } from '../../../crds/rules/request/canonical-path.ts';
import { readQuery } from '../../../crds/rules/request/parameters.ts';
import { placeholdersIn, placeholderValues } from '../../../crds/rules/request/placeholders.ts';
import type { Decided } from '../decisions/decision.ts';

/** The rule for the application of a decision; undefined where it assigns by no field. Throws where the people are not known. */
export function assignmentRuleOf(
  { world: { application } }: Pick<Decided, 'world'>,
  people: () => readonly SupportUser[],
): AssignmentRule | undefined {
  return assignmentRule(application?.spec.assignmentFields, people);
}

/** What the customer reads of the assignment that an address would make; undefined where it makes none. */
export function assignedByAddress(
  rule: AssignmentRule | undefined,
  { path, query }: CanonicalTarget,
  route: Decided['route'],
): string | undefined {
  if (rule === undefined) return undefined;
  const meanings = route === undefined ? [] : [route, ...(route.also ?? [])];
  const inPath = meanings.flatMap(({ template }) =>
    Object.entries(placeholderValues(template, path, placeholdersIn(template))),
  );
  const inQuery = readQuery(query).map(({ name, foldedName, value }) => [name ?? foldedName, value] as const);
  for (const [name, value] of [...inPath, ...inQuery]) {
    // Bytes that are no text are read by each application in its own way.
    if (value === undefined && rule.fieldAmong([name]) !== undefined)
      return `the field ${printable(name)} has bytes that are no text`;
    const found = value === undefined ? undefined : rule.find([name], value);
    if (found !== undefined)
      return `the field ${printable(found.field)} names the SupportUser ${found.person}`;
  }
  return undefined;
}
