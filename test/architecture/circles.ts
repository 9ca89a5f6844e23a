/** Finds import circles: among files, and among the entries (files and subfolders) of each folder. */
import type { SourceFile } from '../kit/architecture/source-files.ts';

type Importing = Pick<SourceFile, 'path' | 'ours'>;

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Import circles among files, each as the sorted list of its files. */
export function cyclesIn(files: readonly Importing[]): string[][] {
  return circles(new Map(files.map((file) => [file.path, new Set(file.ours)])));
}

/**
 * Circles in which a subfolder takes part. At each folder its files and subfolders are the nodes, so a file above a
 * folder may compose it and another may serve it, but no single one may do both.
 */
export function folderCirclesIn(files: readonly Importing[]): string[][] {
  const levels = new Map<string, Map<string, Set<string>>>();
  for (const file of files) {
    for (const to of file.ours) {
      const { parent, from, into } = meeting(file.path, to);
      if (from === into) continue;
      const level = levels.get(parent) ?? new Map<string, Set<string>>();
      levels.set(parent, level);
      level.set(from, (level.get(from) ?? new Set<string>()).add(into));
    }
  }
  return [...levels.values()]
    .flatMap(circles)
    .filter((circle) => circle.some((entry) => !entry.endsWith('.ts')));
}

/** The folder in which both files lie, and the entry of it that leads to each. */
function meeting(a: string, b: string): { parent: string; from: string; into: string } {
  const [left, right] = [a.split('/'), b.split('/')];
  let depth = 0;
  while (left[depth] === right[depth] && depth < left.length - 1) depth += 1;
  const upTo = (parts: readonly string[]) => parts.slice(0, depth + 1).join('/');
  return { parent: left.slice(0, depth).join('/'), from: upTo(left), into: upTo(right) };
}

/** The groups of nodes that reach each other, each sorted, so that a complaint is stable. */
function circles(graph: Graph): string[][] {
  const reached = new Map([...graph.keys()].map((node) => [node, reachableFrom(node, graph)]));
  const inCircle = [...graph.keys()].filter((node) => reached.get(node)?.has(node));
  const groups = inCircle.map((node) =>
    inCircle.filter((other) => reached.get(node)?.has(other) && reached.get(other)?.has(node)).sort(),
  );
  return [...new Map(groups.map((group) => [group.join(), group])).values()];
}

/** Everything that can be reached by at least one step. */
function reachableFrom(start: string, graph: Graph): Set<string> {
  const reached = new Set<string>();
  const waiting = [start];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const to of graph.get(node) ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      waiting.push(to);
    }
  }
  return reached;
}
