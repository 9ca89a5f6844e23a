/** The last of what the records of an installation say about one grant, where the caller may read them; else why not. */
import type { StoredRecord } from '../../crds/audit/record.ts';
import { readStoredRecord } from '../../crds/audit/stored-record.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { within } from '../../process/deadline.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { type CommandInput, isExpected, type Terminal } from '../command.ts';
import { openInstallation } from './installation-source.ts';
import type { RecordSource } from './record-source.ts';
import { fittedRecords } from './record-table.ts';

export interface LastRecordsWish {
  readonly client: KubeClient;
  /** Where the release is. */
  readonly releaseNamespace: string;
  readonly grantUid: string;
  readonly most: number;
}

/** The records, oldest first, or in words why they were not read. */
export type LastRecords =
  | { readonly records: readonly StoredRecord[]; readonly searched: number }
  | { readonly notRead: string };

/** A screen is waited for: what takes longer is left out. */
const longestMs = 10_000;
/** Of a long log without a search only the end is looked through: so many records of what was done. */
const enough = 1000;
/** And with those that tell of reading so many: who reads much must not push what was done off the screen. */
const mostSearched = 10_000;
/** As many as the records give in one page. */
const pageLines = 1000;

/** Never rejects. */
export async function lastRecords(wish: LastRecordsWish, terminal: Terminal): Promise<LastRecords> {
  const late = (): Error => new Error('the records did not answer in time');
  try {
    return await within(read(wish, terminal), { ms: longestMs, late });
  } catch (error) {
    return { notRead: isExpected(error) ? error.message : errorWithCauses(error) };
  }
}

async function read(
  { client, releaseNamespace, grantUid, most }: LastRecordsWish,
  terminal: Terminal,
): Promise<LastRecords> {
  const source = await openInstallation(client, onlyNamespace(releaseNamespace), terminal);
  try {
    return await recordsAbout(source, grantUid, most);
  } finally {
    await source.close();
  }
}

interface Found {
  readonly records: readonly StoredRecord[];
  /** How many were looked through. */
  readonly searched: number;
}

/** The last that a log says of one grant: by its search, and where it has none page by page from its end. */
export async function recordsAbout(
  source: Pick<RecordSource, 'head' | 'lines' | 'search'>,
  grantUid: string,
  most: number,
): Promise<Found> {
  const wish = { wanted: { grant: grantUid }, newestFirst: true, after: 0, limit: most };
  const found: StoredRecord[] = [];
  for (let before: number | undefined; ; ) {
    const page = await source.search?.({ ...wish, before, limit: most - found.length });
    if (page === undefined) break;
    found.unshift(...recordsIn(page.lines).toReversed());
    if (!page.more || found.length >= most) return { records: found, searched: page.head.seq };
    before = page.at;
  }
  const { records, searched } = await lookedThrough(source, grantUid);
  return { records: records.slice(-most), searched };
}

async function lookedThrough(source: Pick<RecordSource, 'head' | 'lines'>, grantUid: string): Promise<Found> {
  const end = (await source.head())?.seq ?? 0;
  let start = end;
  let done = 0;
  const found: StoredRecord[] = [];
  while (start > 0 && done < enough && end - start < mostSearched) {
    const before = start;
    start = Math.max(0, start - pageLines);
    const page = await pageOf(source, start, before - start);
    done += page.filter(({ type }) => type !== 'audit.read').length;
    found.unshift(...page.filter(({ grant }) => grant?.uid === grantUid));
  }
  return { records: found, searched: end - start };
}

async function pageOf(
  source: Pick<RecordSource, 'lines'>,
  after: number,
  count: number,
): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  let left = count;
  for await (const line of source.lines(after)) {
    records.push(...recordsIn([line]));
    left -= 1;
    if (left === 0) break;
  }
  return records;
}

function recordsIn(lines: readonly string[]): StoredRecord[] {
  return lines.flatMap((line) => {
    const stored = readStoredRecord(JSON.parse(line));
    return stored.ok ? [stored.record] : [];
  });
}

/** The options of the commands that read records, of which only the place of the release is given. */
function onlyNamespace(namespace: string): CommandInput {
  return {
    arguments: [],
    option: (name) => (name === 'namespace' ? namespace : undefined),
    flag: () => false,
    list: () => [],
  };
}

/** The records in lines that fit, without titles. */
export function recordLines(records: readonly StoredRecord[], width: number, zone: string): string[] {
  const [, ...lines] = fittedRecords(width, zone)(records).trimEnd().split('\n');
  return lines;
}
