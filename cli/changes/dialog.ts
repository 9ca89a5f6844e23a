/** What a person is shown before a change is written, and the question. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { type Terminal, UsageError } from '../command.ts';
import { usualWidth, wrapped } from '../output/fitted.ts';
import { mayHaveWritten, noteOf } from '../written.ts';
import type { PlannedChange } from './change.ts';
import { specDiff } from './spec-diff.ts';

/** Shows what the change is and what opens or closes by it. */
export function show({ title, before, after, words, diffOf }: PlannedChange, terminal: Terminal): void {
  const width = terminal.columns ?? usualWidth;
  const say = (text: string): void => terminal.say(escapeUnsafe(text));
  say(`${title}:`);
  for (const { sign, text } of specDiff(before, after, diffOf)) {
    const [first = '', ...rest] = wrapped(text, Math.max(20, width - 4), '    ');
    const line = [`  ${sign} ${escapeUnsafe(first)}`, ...rest.map((each) => `    ${escapeUnsafe(each)}`)];
    for (const each of line) terminal.say(coloured(each, sign, terminal.colours === true));
  }
  for (const sentence of words) for (const line of wrapped(sentence, width)) say(line);
}

const escape = '\u001b';

function coloured(line: string, sign: '+' | '-', colours: boolean): string {
  return colours ? `${escape}[${sign === '+' ? '32' : '31'}m${line}${escape}[0m` : line;
}

/** Asks, with No as what Enter means. Where there is no one to ask it is a No that says how to go on. */
export async function isConfirmed(
  { question }: Pick<PlannedChange, 'question'>,
  yes: boolean,
  terminal: Terminal,
): Promise<boolean> {
  if (yes) return true;
  if (terminal.ask === undefined) {
    throw new UsageError(
      'a person must confirm it, and there is no terminal to ask at, so nothing was written; add --yes, which does it without asking',
    );
  }
  const answer = (await terminal.ask(`${question} [y/N] `)).trim().toLowerCase();
  if (answer === 'y' || answer === 'yes') return true;
  terminal.say(mayHaveWritten(terminal) ? noteOf(terminal) : 'Nothing was changed.');
  return false;
}
