/** What a write changes in a spec, line by line. Pure. */

export interface DiffLine {
  readonly sign: '+' | '-';
  /** `spec.access: Enabled`. */
  readonly text: string;
}

/**
 * The lines that are taken out and put in, field by field in the order of the fields. A list is compared by its entries,
 * so that one address more is one line.
 */
export function specDiff(before: object | undefined, after: object | undefined, path = 'spec'): DiffLine[] {
  const [old, next] = [(before ?? {}) as Fields, (after ?? {}) as Fields];
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  return names.flatMap((name) => valueDiff(old[name], next[name], `${path}.${name}`));
}

type Fields = Readonly<Record<string, unknown>>;

function valueDiff(old: unknown, next: unknown, path: string): DiffLine[] {
  if (Array.isArray(old) || Array.isArray(next)) return listDiff(listOf(old), listOf(next), path);
  if (isFields(old) || isFields(next))
    return specDiff(isFields(old) ? old : undefined, isFields(next) ? next : undefined, path);
  if (old === next) return [];
  return [
    ...(old === undefined ? [] : [{ sign: '-', text: `${path}: ${shown(old)}` } as const]),
    ...(next === undefined ? [] : [{ sign: '+', text: `${path}: ${shown(next)}` } as const]),
  ];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function listDiff(old: readonly unknown[], next: readonly unknown[], path: string): DiffLine[] {
  const [before, after] = [old.map(shown), next.map(shown)];
  const line = (sign: '+' | '-') => (entry: string) => ({ sign, text: `${path}[]: ${entry}` });
  return [
    ...before.filter((entry) => !after.includes(entry)).map(line('-')),
    ...after.filter((entry) => !before.includes(entry)).map(line('+')),
  ];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in one line, as YAML would have it where that is short. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isFields(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${name}: ${shown(each)}`)
    .join(', ')}}`;
}
