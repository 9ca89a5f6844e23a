/** Says at a terminal that a command still works, once nothing was heard of it for a second: one timer for all commands. */
import type { Progress, Terminal } from './command.ts';

const firstWordMs = 1_000;
const nextWordMs = 10_000;

/** A terminal that says what is waited for; `end` stops it. */
export interface Watched {
  readonly terminal: Terminal;
  readonly end: () => void;
}

/** Whatever is said, printed or asked begins the second anew. Where no one looks at stderr, nothing is added. */
export function watched(terminal: Terminal, command: string): Watched {
  if (terminal.isWatched !== true) return { terminal, end: () => undefined };
  const silence = createSilence(terminal, `Working on "${command}"`);
  const own = {
    say: (line: string) => {
      silence.broken();
      terminal.say(line);
    },
    out: async (text: string) => {
      silence.broken();
      return terminal.out(text);
    },
    // Found out only when it is asked for, as below it.
    get ask() {
      const { ask } = terminal;
      return ask && (async (question: string) => silence.pausing(async () => ask(question)));
    },
    progress: { waiting: silence.waiting, pausing: silence.pausing },
  };
  const whole = Object.create(terminal, Object.getOwnPropertyDescriptors(own)) as Terminal;
  return { terminal: whole, end: silence.end };
}

interface Silence extends Progress {
  readonly broken: () => void;
  readonly end: () => void;
}

function createSilence(terminal: Terminal, working: string): Silence {
  let says = { first: `${working} ... Ctrl-C ends it.`, later: working };
  let since = performance.now();
  let next = firstWordMs;
  let timer: NodeJS.Timeout | undefined;
  /** How many have the terminal to themselves. */
  let held = 0;
  const begin = (): void => {
    clearTimeout(timer);
    if (held > 0) return;
    since = performance.now();
    next = firstWordMs;
    schedule();
  };
  const schedule = (): void => {
    // It must not keep the process.
    timer = setTimeout(word, since + next - performance.now()).unref();
  };
  const word = (): void => {
    const passed = `${Math.round(next / 1000)} s`;
    terminal.say(next === firstWordMs ? says.first : `${says.later} (${passed}) ...`);
    next += nextWordMs;
    schedule();
  };
  const hold = (): void => {
    clearTimeout(timer);
    held += 1;
  };
  const release = (): void => {
    held -= 1;
    begin();
  };
  begin();
  return {
    broken: begin,
    // What was abandoned may still speak; it begins nothing anew.
    end: hold,
    async waiting(what, wait) {
      const before = says;
      says = { first: `Waiting ${what} ... Ctrl-C ends only the waiting.`, later: `Waiting ${what}` };
      begin();
      return wait().finally(() => {
        says = before;
      });
    },
    async pausing(act) {
      hold();
      return act().finally(release);
    },
  };
}
