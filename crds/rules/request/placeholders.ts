/** What stands in a request for the placeholders of its route? For the records: "which job was opened". */

/** The names of the placeholders of a template, in their order. */
export function placeholdersIn(template: string): string[] {
  return [...template.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
}

/**
 * The values of those placeholders, decoded. A canonical path that the template matches is asked about; where a lenient application
 * takes it for another one, segments still stand at the same places.
 */
export function placeholderValues(
  template: string,
  path: string,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const segments = path.split('/');
  const found = template.split('/').flatMap((part, at): [string, string][] => {
    const name = part.startsWith('{') ? part.slice(1, -1) : undefined;
    const value = segments[at];
    return name === undefined || value === undefined || !names.includes(name)
      ? []
      : [[name, decodeURIComponent(value)]];
  });
  return Object.fromEntries(found);
}
