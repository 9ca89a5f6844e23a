/**
 * Which of many people does a text name? What there is to look for is laid out once, so that a text costs the same however many
 * people there are: a text of support's own must not keep the gateway busy.
 */

/** A person, and the names by which a text can mean them. */
export interface PersonNames {
  readonly person: string;
  /** Names that count as a whole value only: others may have the same first name. */
  readonly whole: readonly string[];
  /** What is theirs alone, and counts wherever it stands in a value: `Ada <ada@vendor.example>`. */
  readonly anywhere: readonly string[];
}

/** A shorter name is found in too much, and counts as a whole value only. */
const shortestAnywhere = 3;

/** Finds the person whom a text names; undefined where it names none of them. */
export function findsPeople(people: readonly PersonNames[]): (text: string) => string | undefined {
  const whole = new Map<string, string>();
  const anywhere = new Map<string, string>();
  /** How long the names are that begin with these characters: only so much is taken from a text and looked up. */
  const lengths = new Map<string, Set<number>>();
  for (const each of people) {
    for (const name of each.whole) if (!whole.has(name)) whole.set(name, each.person);
    for (const name of each.anywhere.filter(({ length }) => length >= shortestAnywhere)) {
      if (!anywhere.has(name)) anywhere.set(name, each.person);
      const beginning = name.slice(0, shortestAnywhere);
      lengths.set(beginning, (lengths.get(beginning) ?? new Set()).add(name.length));
    }
  }
  const standsAt = (text: string, at: number): string | undefined => {
    for (const length of lengths.get(text.slice(at, at + shortestAnywhere)) ?? []) {
      const person = isEdge(text, at + length) ? anywhere.get(text.slice(at, at + length)) : undefined;
      if (person !== undefined) return person;
    }
    return undefined;
  };
  return (text) => {
    // A list of people is often one value.
    for (const part of [text, ...text.split(/[,;|\n\t]/)]) {
      const person = whole.get(part.trim());
      if (person !== undefined) return person;
    }
    for (let at = 0; at + shortestAnywhere <= text.length; at += 1) {
      const person = isEdge(text, at - 1) ? standsAt(text, at) : undefined;
      if (person !== undefined) return person;
    }
    return undefined;
  };
}

/** A name stands as a word of its own: `cp-1` is not in `cp-12`. */
function isEdge(text: string, at: number): boolean {
  return !/^[\p{L}\p{N}]$/u.test(text[at] ?? '');
}
