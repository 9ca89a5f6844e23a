/** What a call has written so far, so that a person who interrupts it is told. */
import type { Terminal } from './command.ts';

interface Written {
  /** What is being written now: sent, and not acknowledged. */
  pending: string | undefined;
  readonly done: string[];
}

const byTerminal = new WeakMap<Terminal, Written>();

function writtenAt(terminal: Terminal): Written {
  const known = byTerminal.get(terminal) ?? { pending: undefined, done: [] };
  byTerminal.set(terminal, known);
  return known;
}

/** Writes; until the API server has answered it is not known whether it was stored. */
export async function writing<T>(terminal: Terminal, what: string, write: () => Promise<T>): Promise<T> {
  const written = writtenAt(terminal);
  written.pending = what;
  const result = await write();
  written.pending = undefined;
  written.done.push(what);
  return result;
}

/** Takes back the note of a write that the API server has refused. */
export function notWritten(terminal: Terminal): void {
  writtenAt(terminal).pending = undefined;
}

/** What was written, in a sentence. */
export function noteOf(terminal: Terminal): string {
  const { pending, done } = writtenAt(terminal);
  const unknown = pending === undefined ? [] : [`It is not known whether this was stored: ${pending}.`];
  if (done.length > 0) return [`Already written: ${done.join('; ')}.`, ...unknown].join(' ');
  return pending === undefined ? 'Nothing was written.' : unknown.join(' ');
}
