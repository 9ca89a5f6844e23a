/** The terminal, or what stands in its place, of this process. */
import { createInterface } from 'node:readline';
import { errorWithCauses } from '../process/redaction.ts';
import { CannotTell, type Terminal } from './command.ts';

/** The streams of this process. From here on, a stdout that is closed ends nothing loudly, and Ctrl-C is the command's to explain. */
export function systemTerminal(): Terminal {
  const { stdout, stderr } = process;
  let isClosed = false;
  // Each write is told of its own failure.
  stdout.on('error', () => undefined);
  // That no one reads the words must not make a refusal a success, nor end a change half way: the exit code still says it.
  stderr.on('error', () => undefined);
  return {
    out: async (text) =>
      new Promise((resolve, reject) => {
        stdout.write(text, (error) => {
          // The reader has closed the pipe (`| head`): not a failure of ours, and what was found out is still the exit code.
          if (isPipeClosed(error)) isClosed = true;
          else if (error) reject(new CannotTell(`stdout cannot be written: ${errorWithCauses(error)}`));
          resolve();
        });
      }),
    isClosed: () => isClosed,
    say: (line) => stderr.write(`${line}\n`),
    readStdin,
    // Asked for when they are needed: most calls read no answer and print no time, and Node takes long to find out.
    get ask() {
      return process.stdin.isTTY && stderr.isTTY ? ask : undefined;
    },
    columns: stdout.isTTY && stdout.columns > 0 ? stdout.columns : undefined,
    isWatched: stderr.isTTY,
    colours: mayColour(process.env) && stderr.isTTY,
    interrupted: interruption(),
    now: Date.now,
    get zone() {
      return Intl.DateTimeFormat().resolvedOptions().timeZone;
    },
    environment: process.env,
  };
}

function isPipeClosed(error: NodeJS.ErrnoException | null | undefined): boolean {
  const code = error?.code ?? '';
  return ['EPIPE', 'ERR_STREAM_DESTROYED'].includes(code);
}

/** https://no-color.org: any value that is not empty. */
function mayColour({ NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  return (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The end of the input is no answer. Without a mode of its own for keys, Ctrl-C stays a signal while it is asked. */
async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    return await new Promise((resolve) => {
      lines.once('close', () => resolve(''));
      lines.question(question, resolve);
    });
  } finally {
    lines.close();
  }
}

/** The first Ctrl-C is explained, a second one ends at once. */
function interruption(): AbortSignal {
  const stop = new AbortController();
  process.on('SIGINT', () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
  return stop.signal;
}
