/** Finds the record behind the reference number of a refusal, and says in words what it holds. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { readReference } from '../../crds/audit/reference.ts';
import { isReason, sentenceFor } from '../../crds/rules/reasons.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal, UsageError } from '../command.ts';
import { labelled, usualWidth } from '../output/fitted.ts';
import { formatOf, printData } from '../output/print-object.ts';
import { findRecords } from './find-records.ts';
import { withSource } from './open-source.ts';
import type { RecordSource } from './record-source.ts';
import { targetOf, whoIn } from './record-table.ts';

/** The record to stdout; without one, what that can mean. */
export async function explainReference(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const [text = ''] = input.arguments;
  const reference = readReference(text);
  if (reference === undefined) {
    throw new UsageError(
      `"${escapeUnsafe(text).slice(0, 40)}" must be a reference number of twelve digits and letters from A to F, such as A1B2-C3D4-E5F6`,
    );
  }
  const format = formatOf(input);
  const found = await withSource(input, terminal, async (source) =>
    recordBehind(source, reference, terminal),
  );
  if (found === undefined) {
    terminal.say(
      `No record has the reference number ${reference}. Look at it again; where very many requests were refused at once, they are counted together in one record: look at the time with records print --since.`,
    );
    return exitCodes.bad;
  }
  if (format === 'json' || format === 'yaml') await printData(found, format, terminal);
  else await terminal.out(`${inWords(found, reference, terminal).join('\n')}\n`);
  return exitCodes.good;
}

async function recordBehind(
  source: RecordSource,
  reference: string,
  terminal: Terminal,
): Promise<StoredRecord | undefined> {
  const wish = {
    wanted: { reference },
    newestFirst: false,
    after: 0,
    limit: Number.POSITIVE_INFINITY,
    follow: false,
  };
  for await (const page of findRecords(source, wish, { state: {}, terminal })) {
    const found = page.find(({ record }) => record !== undefined);
    if (found !== undefined) return found.record;
  }
  return undefined;
}

const column = 12;

function inWords(record: StoredRecord, reference: string, { columns }: Terminal): string[] {
  const { time, type, decision, source, grant, target, message, sso, seq } = record;
  const reason = decision?.reason;
  const why = reason !== undefined && isReason(reason) ? `${reason}: ${sentenceFor(reason)}` : reason;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Reference', `${reference}, record ${seq}`],
    ['When', time],
    ['What', target === undefined ? type : `${type}, ${targetOf(target)}`],
    ['Why', why],
    ['Details', message],
    ['Who', whoIn(record)],
    ['From', source?.ip],
    ['Grant', grant && `${grant.namespace}/${grant.name}`],
    ['Received', sso && sides(sso.received)],
    ['Expected', sso && sides(sso.expected)],
  ];
  const width = columns ?? usualWidth;
  return rows.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : labelled(label, [value], { width, column }),
  );
}

function sides(values: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(values)
    .map(([name, all]) => `${name}: ${all.map((value) => JSON.stringify(value)).join(', ') || 'none'}`)
    .join('; ');
}
