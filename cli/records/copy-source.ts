/** Records from a copy: one canonical line each, as `records print -o json` writes them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { errorWithCauses } from '../../process/redaction.ts';
import { CannotTell } from '../command.ts';
import { lineOf, type RecordSource } from './record-source.ts';

/** Opens a copy by its path, or one that streams in. It can be read once. */
export function openCopy(from: string | NodeJS.ReadableStream): RecordSource {
  return {
    head: () => Promise.resolve(undefined),
    lines: (after) => linesOf(typeof from === 'string' ? createReadStream(from) : from, after),
    close: () => Promise.resolve(),
  };
}

async function* linesOf(input: NodeJS.ReadableStream, after: number): AsyncIterable<string> {
  // A byte a character, so that what is no text is seen.
  input.setEncoding('latin1');
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let at = 0;
  try {
    for await (const characters of reader) {
      at += 1;
      if (characters === '') continue;
      const line = lineOf(Buffer.from(characters, 'latin1'));
      if (after === 0 || sequenceOf(line, at) > after) yield line;
    }
  } catch (error) {
    throw new CannotTell(`the copy cannot be read: ${errorWithCauses(error)}`);
  }
}

// A line without a sequence number is not skipped: it must be seen, since no record looks so.
function sequenceOf(line: string, at: number): number {
  const found = /"seq":"([1-9][0-9]{0,14})"/.exec(line)?.[1];
  return found === undefined ? Math.max(at, Number.MAX_SAFE_INTEGER) : Number(found);
}
