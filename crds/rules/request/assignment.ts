/**
 * Would a request make a person of support an assignee, an owner or a member (requirements CC-6, EC-13)? An application lists
 * the fields by which it assigns; such a field may name no person of support, whatever the matrix allows. It reads names and
 * values, and knows no bodies.
 */
import type { SupportUser } from '../../generated/support-user.ts';
import { findsPeople, type PersonNames } from './named-people.ts';

/** A field that assigns, and the person whom it names. */
export interface Assignment {
  readonly field: string;
  /** The SupportUser's name. */
  readonly person: string;
}

/** Finds assignments in what a request says, field by field. */
export interface AssignmentRule {
  /** The first of the names by which the application assigns; those that stand around a value come from the outermost one. */
  fieldAmong(names: readonly string[]): string | undefined;
  /** The person of support whom a value names. */
  personIn(value: string): string | undefined;
  /** The assignment that a value below these names would make. */
  find(names: readonly string[], value: string): Assignment | undefined;
}

/** The rule for the fields of one application and the people of support; undefined where it lists no field. */
export function assignmentRule(
  fields: readonly string[] | undefined,
  people: () => readonly SupportUser[],
): AssignmentRule | undefined {
  if (fields === undefined || fields.length === 0) return undefined;
  const known = new Set(fields.map(folded));
  let find: ((text: string) => string | undefined) | undefined;
  const fieldAmong = (names: readonly string[]): string | undefined =>
    names.find((name) => partsOfName(name).some((part) => known.has(part)));
  const personIn = (value: string): string | undefined =>
    (find ??= findsPeople(people().map(namedAs)))(seen(value));
  return {
    fieldAmong,
    personIn,
    find(names, value) {
      const field = fieldAmong(names);
      const person = field === undefined ? undefined : personIn(value);
      return field === undefined || person === undefined ? undefined : { field, person };
    },
  };
}

/** `task[assignee_id]` and `task.assigneeId` are one field, in the spelling of different frameworks. */
function partsOfName(name: string): string[] {
  const parts = name.split(/[[\]./]+/).map(folded);
  return [folded(name), ...parts].filter((part) => part !== '');
}

/** Letters and digits in one letter case: `assigned_to`, `Assigned-To` and `assignedTo` are alike. */
function folded(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** By the object as it was read, which is the same for many requests. */
const namedBefore = new WeakMap<SupportUser, PersonNames>();

function namedAs(user: SupportUser): PersonNames {
  const known = namedBefore.get(user);
  if (known !== undefined) return known;
  const { displayName, userId, nameID, email } = user.spec;
  const anywhere = [userId, nameID, ...(email === undefined ? [] : [email])].map(seen);
  const whole = [seen(user.metadata.name), seen(displayName), ...anywhere];
  const named = { person: user.metadata.name, whole, anywhere };
  namedBefore.set(user, named);
  return named;
}

/** What two spellings of a name have in common to people: letter case, form and white space do not count. */
function seen(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, (character) =>
      character === '\n' || character === '\t' ? character : '',
    )
    .trim();
}
