/** Reads all records, verifies them on the way, and prints the story of the grants that were named as a page. */
import { CannotTell, type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { recordIn } from './find-records.ts';
import { withSource } from './open-source.ts';
import { readStory } from './story.ts';
import { storyPage } from './story-page.ts';
import { parseHead, verifyWhileReading } from './verify-source.ts';

/** More than anyone reads on a page; what has more is told by `records print`. */
const mostRecords = 20_000;

/** `records story`, by the plugin of this version. */
export async function tellStory(input: CommandInput, terminal: Terminal, version: string): Promise<ExitCode> {
  const names = input.arguments;
  const head = input.option('head');
  const given = head === undefined ? undefined : parseHead(head);
  return withSource(input, terminal, async (source) => {
    const reading = readStory(names);
    const verified = await verifyWhileReading(source, given, (line) => {
      const record = recordIn(line);
      if (record !== undefined) reading.add(record);
      if (reading.count() > mostRecords) throw new CannotTell(tooLong(names));
    });
    if (reading.count() === 0) throw new CannotTell(nothing(names));
    const isFaulty = verified.code === exitCodes.bad || verified.code === exitCodes.incomplete;
    const { zone, now } = terminal;
    const from = placeOf(input);
    const page = { story: reading.story(), names, verified: { says: verified.says, isFaulty }, from };
    await terminal.out(storyPage({ ...page, madeAt: now(), zone, version }));
    terminal.say(verified.says);
    // A story of records that do not hold is told, and is no good end.
    return isFaulty ? verified.code : exitCodes.good;
  });
}

function placeOf(input: CommandInput): string {
  const [file, url] = [input.option('file'), input.option('url')];
  if (file !== undefined) return file === '-' ? 'a copy of the records' : `the file ${file}`;
  return url === undefined ? 'the installation in the cluster' : `the records at ${url}`;
}

function nothing(names: readonly string[]): string {
  return `no record is about ${names.join(' or ')}; name a grant as NAME or NAMESPACE/NAME, for example ecase/case-4711`;
}

function tooLong(names: readonly string[]): string {
  return `more than ${mostRecords} records are about ${names.join(' and ')}, which is no page to read; use records print --grant ${names[0] ?? ''} instead`;
}
