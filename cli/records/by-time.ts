/** Puts what was found in the order in which it happened. All of it must be there first, so that it is bounded. */
import { CannotTell } from '../command.ts';
import type { FoundLine } from './find-records.ts';

/** Some megabytes. */
const mostSorted = 10_000;

/** One page, by the time of the act; what has the same time stays in the order of the records. What is no record comes first. */
export async function* byTime(
  pages: AsyncIterable<readonly FoundLine[]>,
  newestFirst: boolean,
): AsyncIterable<readonly FoundLine[]> {
  const found: { readonly at: number; readonly line: FoundLine }[] = [];
  for await (const page of pages) {
    if (found.length + page.length > mostSorted) {
      throw new CannotTell(
        `--by-time puts at most ${mostSorted} records in order, and more were found; leave it out, or give --since, --until or --limit`,
      );
    }
    for (const line of page) found.push({ at: timeOf(line), line });
  }
  const sign = newestFirst ? -1 : 1;
  yield found.toSorted((one, other) => sign * Math.sign(one.at - other.at) || 0).map(({ line }) => line);
}

function timeOf({ record }: FoundLine): number {
  const at = record === undefined ? Number.NaN : Date.parse(record.time);
  return Number.isNaN(at) ? Number.MIN_SAFE_INTEGER : at;
}
