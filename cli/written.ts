/** What a call has written so far, so that a person who interrupts it is told. */
import { KubeError } from '../kube/errors.ts';
import { isExpected, ResponseLost, type Terminal } from './command.ts';

interface Written {
  /** What is being written now: sent, and not acknowledged. */
  readonly pending: Set<string>;
  /** Of that, what may have been stored without an answer: no later refusal says that it was not. */
  readonly lost: Set<string>;
  readonly done: Set<string>;
}

const byTerminal = new WeakMap<Terminal, Written>();

function writtenAt(terminal: Terminal): Written {
  const known = byTerminal.get(terminal) ?? { pending: new Set(), lost: new Set(), done: new Set() };
  byTerminal.set(terminal, known);
  return known;
}

/**
 * Writes; until the API server has answered it is not known whether it was stored. Only its own answer says that it was
 * not: a lost answer, a deadline, or a gateway's error on the way may stand for a write that was stored. `write` is given what
 * to call where it writes again after such an answer; from then on only a write that was answered tells.
 */
export async function writing<T>(
  terminal: Terminal,
  what: string,
  write: (onLost: () => void) => Promise<T>,
): Promise<T> {
  const { pending, lost, done } = writtenAt(terminal);
  const onLost = (): void => void lost.add(what);
  pending.add(what);
  try {
    const result = await write(onLost);
    pending.delete(what);
    lost.delete(what);
    done.add(what);
    return result;
  } catch (error) {
    if (!saysNotStored(error)) onLost();
    if (!lost.has(what)) pending.delete(what);
    throw error;
  }
}

/** Only an answer says it, or what we found before anything was sent. */
function saysNotStored(error: unknown): boolean {
  if (error instanceof KubeError) return error.status < 500;
  return isExpected(error) && !(error instanceof ResponseLost);
}

/** Whether something was written, or may have been. */
export function mayHaveWritten(terminal: Terminal): boolean {
  const { pending, done } = writtenAt(terminal);
  return pending.size + done.size > 0;
}

/** What was written, in a sentence. */
export function noteOf(terminal: Terminal): string {
  const { pending, done } = writtenAt(terminal);
  const stored = done.size === 0 ? [] : [`Already written: ${[...done].join('; ')}.`];
  const unknown =
    pending.size === 0 ? [] : [`It is not known whether this was stored: ${[...pending].join('; ')}.`];
  const all = [...stored, ...unknown];
  return all.length === 0 ? 'Nothing was written.' : all.join(' ');
}
