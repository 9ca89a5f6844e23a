/** Waits for something that others do, and says so when it takes longer than a second. */
import type { Terminal } from '../command.ts';

export interface Wait {
  /** "until the operator has closed it". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly terminal: Terminal;
}

const everyMs = 200;
const firstWordMs = 1_000;
const nextWordMs = 10_000;

/** The first answer of `look` that is one; undefined when the time is over. */
export async function waitFor<T>(
  { what, timeoutMs, terminal }: Wait,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const startedAt = performance.now();
  let nextWord = firstWordMs;
  for (;;) {
    const found = await look();
    const passed = performance.now() - startedAt;
    if (found !== undefined || passed >= timeoutMs) return found;
    if (passed >= nextWord) {
      const seconds = Math.round(passed / 1000);
      terminal.say(
        `Waiting ${what}${nextWord === firstWordMs ? '' : ` (${seconds} s)`} ... Ctrl-C ends only the waiting.`,
      );
      nextWord += nextWordMs;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(everyMs, timeoutMs - passed)));
  }
}
