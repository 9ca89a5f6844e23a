/** Which of these names was meant? Pure. */

/**
 * The name that is nearest to what was typed, where one is near enough to be a slip: another case, a letter or two, or a part
 * of the name. Undefined where none is, or where two are equally near.
 */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const most = Math.max(1, Math.min(3, Math.floor(typed.length / 3)));
  const small = typed.toLowerCase();
  const near = names
    .map((name) => ({ name, distance: distanceTo(small, name.toLowerCase()) }))
    .filter((each) => each.distance <= most)
    .sort((one, other) => one.distance - other.distance);
  const [first, second] = near;
  return first !== undefined && first.distance !== second?.distance ? first.name : undefined;
}

function distanceTo(typed: string, name: string): number {
  if (typed === name) return 0;
  return isPart(typed, name) ? 1 : distance(typed, name);
}

const shortestPart = 3;

function isPart(typed: string, name: string): boolean {
  return typed.length >= shortestPart && (name.startsWith(typed) || typed.startsWith(name));
}

/** Letters added, left out, replaced, or swapped with their neighbour (optimal string alignment). */
function distance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = at(rows, i - 1, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const shortest = Math.min(at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, replaced);
      const swapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row.push(swapped ? Math.min(shortest, at(rows, i - 2, j - 2) + 1) : shortest);
    }
    rows.push(row);
  }
  return at(rows, one.length, other.length);
}

const at = (rows: readonly number[][], i: number, j: number): number =>
  rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
