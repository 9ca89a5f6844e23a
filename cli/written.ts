/** What a call has written so far, so that a person who interrupts it is told. */
import type { Terminal } from './command.ts';

interface Written {
  /** What is being written now: sent, and not acknowledged. */
  readonly pending: Set<string>;
  readonly done: string[];
}

const byTerminal = new WeakMap<Terminal, Written>();

function writtenAt(terminal: Terminal): Written {
  const known = byTerminal.get(terminal) ?? { pending: new Set(), done: [] };
  byTerminal.set(terminal, known);
  return known;
}

/** Writes; until the API server has answered it is not known whether it was stored. */
export async function writing<T>(terminal: Terminal, what: string, write: () => Promise<T>): Promise<T> {
  const { pending, done } = writtenAt(terminal);
  pending.add(what);
  const result = await write();
  pending.delete(what);
  done.push(what);
  return result;
}

/** Takes back the notes of writes that the API server has refused. */
export function notWritten(terminal: Terminal): void {
  writtenAt(terminal).pending.clear();
}

/** What was written, in a sentence. */
export function noteOf(terminal: Terminal): string {
  const { pending, done } = writtenAt(terminal);
  const stored = done.length === 0 ? [] : [`Already written: ${done.join('; ')}.`];
  const unknown =
    pending.size === 0 ? [] : [`It is not known whether this was stored: ${[...pending].join('; ')}.`];
  const all = [...stored, ...unknown];
  return all.length === 0 ? 'Nothing was written.' : all.join(' ');
}
