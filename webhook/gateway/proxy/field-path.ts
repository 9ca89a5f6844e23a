/**
 * The names around a value in a body. A path goes on from the one around it, so that many values below many names are told at
 * no more cost than one: no one copies the names, and what was found out of a path is remembered by it.
 */

/** So many names are listed: of a deeper path the records tell no more. */
const mostListed = 9;

/** One name, below the ones around it. */
export class FieldPath {
  readonly name: string;
  readonly around: FieldPath | undefined;
  /** How many names there are. */
  readonly depth: number;
  /** The outermost names, nine at most. */
  readonly outermost: readonly string[];

  constructor(name: string, around?: FieldPath) {
    this.name = name;
    this.around = around;
    this.depth = (around?.depth ?? 0) + 1;
    const outer = around?.outermost ?? [];
    this.outermost = outer.length < mostListed ? [...outer, name] : outer;
  }
}

/** Whether this is true of any name in a path. Of each name it is asked once, however many values stand below it. */
export function anyNameIn(isIt: (name: string) => boolean): (path: FieldPath | undefined) => boolean {
  const known = new WeakMap<FieldPath, boolean>();
  return (path) => {
    // Up to what is known already, and down again.
    const unknown: FieldPath[] = [];
    let at = path;
    while (at !== undefined && !known.has(at)) {
      unknown.push(at);
      at = at.around;
    }
    let found = at !== undefined && known.get(at) === true;
    for (const each of unknown.toReversed()) {
      found ||= isIt(each.name);
      known.set(each, found);
    }
    return found;
  };
}
