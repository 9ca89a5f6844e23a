/** A real terminal for a program: a pseudo-terminal, made by util-linux's `script`, at which the test types and reads. */
import { spawn } from 'node:child_process';

export interface AtTerminal {
  /** Everything that was shown so far, without carriage returns. */
  screen(): string;
  /** Types; Enter is `\n`, Ctrl-C is `\u0003`. */
  type(text: string): void;
  /** Returns when the text is on the screen, so many times; throws when the program ends before. */
  until(text: string, times?: number): Promise<void>;
  /** The exit code. */
  readonly ended: Promise<number>;
}

export interface TerminalWish {
  readonly env: Readonly<Record<string, string>>;
  readonly columns?: number;
}

/** Starts a program whose stdin, stdout and stderr are a terminal. */
export function atTerminal(words: readonly string[], { env, columns = 100 }: TerminalWish): AtTerminal {
  const quoted = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${columns} && exec ${quoted}`, '/dev/null'], { env });
  let shown = '';
  const waiting: (() => void)[] = [];
  const look = (): void => {
    for (const each of waiting) each();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8').replaceAll('\r', '');
    look();
  });
  child.stdin.on('error', () => undefined);
  let isOver = false;
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      isOver = true;
      look();
      resolve(code ?? -1);
    });
  });
  return {
    screen: () => shown,
    type: (text) => child.stdin.write(text),
    until: async (text, times = 1) =>
      new Promise((resolve, reject) => {
        const each = (): void => {
          if (shown.split(text).length > times) resolve();
          else if (isOver) reject(new Error(`ended without "${text}":\n${shown}`));
        };
        waiting.push(each);
        each();
      }),
    ended,
  };
}
