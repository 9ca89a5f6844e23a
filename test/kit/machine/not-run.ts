/** The list of what a machine could not run, told at the end of a run. Nothing is skipped in silence. */
import { appendFileSync, readFileSync } from 'node:fs';

export interface NotRun {
  readonly what: string;
  readonly why: string;
}

/** Where the test command collects the list; without it (a single test by hand) the note goes to stderr. */
export const notRunVariable = 'SUPPORT_ACCESS_NOT_RUN_FILE';

/** Notes that something could not be run here, and why. */
export function noteNotRun(entry: NotRun): void {
  const file = process.env[notRunVariable];
  if (file) appendFileSync(file, `${JSON.stringify(entry)}\n`);
  else process.stderr.write(`not run: ${entry.what}: ${entry.why}\n`);
}

/** The entries noted so far, each once. */
export function notRunIn(file: string): NotRun[] {
  const lines = new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean));
  return [...lines].map((line) => JSON.parse(line) as NotRun);
}
