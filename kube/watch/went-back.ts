/**
 * Did the server's data go back to an earlier state, as when a backup of its store is put back? Versions of a collection only grow,
 * and a copy that was followed up to a version knows every object as it was then.
 */
import { isEarlierVersion, type KubeObject, numberOf } from '../objects.ts';

/** Of which versions a new list is, and the copy that it is to replace. */
export interface ListedAt {
  readonly listed: string;
  /** Up to which version the copy was true; undefined where there was none. */
  readonly reached: string | undefined;
}

/**
 * Whether a list shows an earlier state. Its version says so, unless the server has written beyond what was reached meanwhile, or its
 * versions were raised on purpose: then an object does that is older than what was reached, and another one than the copy has.
 * What alone was made since the backup, and is gone, looks as if it had been deleted.
 */
export function wentBack<T extends KubeObject>(
  items: readonly T[],
  { listed, reached }: ListedAt,
  held: (item: T) => T | undefined,
): boolean {
  if (reached === undefined) return false;
  if (isEarlierVersion(listed, reached)) return true;
  const then = numberOf(reached);
  return items.some((item) => {
    const { uid, resourceVersion } = item.metadata;
    const version = numberOf(resourceVersion);
    if (then === undefined || version === undefined || version > then) return false;
    const known = held(item)?.metadata;
    return known?.uid !== uid || known.resourceVersion !== resourceVersion;
  });
}
