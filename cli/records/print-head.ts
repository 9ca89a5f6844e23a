/** Prints where a log ends: from what its source remembers, or from the last line of a plain copy. */
import { recordHash } from '../../crds/audit/canonical.ts';
import type { Head } from '../../crds/audit/verify.ts';
import { CannotTell, type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { withSource } from './open-source.ts';
import type { RecordSource } from './record-source.ts';

/** Prints the head of what the options name. */
export async function printHead(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withSource(input, terminal, async (source) => {
    const head = (await source.head()) ?? (await lastOf(source));
    if (head === undefined || head.seq === 0)
      throw new CannotTell('there are no records yet; write something first, such as a grant');
    await terminal.out(`${head.seq}:${head.hash}\n`);
    return exitCodes.good;
  });
}

async function lastOf(source: RecordSource): Promise<Head | undefined> {
  let last: Head | undefined;
  for await (const line of source.lines(0)) {
    const seq = Number(/"seq":"([1-9][0-9]{0,14})"/.exec(line)?.[1] ?? 0);
    last = { seq, hash: recordHash(line) };
  }
  return last;
}
