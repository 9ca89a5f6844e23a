/** Calls the plugin inside the test's process, with a terminal that remembers. */
import { run } from '../../../cli/run.ts';

export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the person answers, one answer a question; without it there is no one to ask. */
  readonly answers?: readonly string[];
  readonly columns?: number;
  readonly colours?: boolean;
  /** Whether stderr is a terminal. */
  readonly isWatched?: boolean;
  readonly now?: number;
  readonly zone?: string;
  /** Aborted for Ctrl-C. */
  readonly interrupted?: AbortSignal;
}

/** Runs `kubectl support-access <words>` and returns what a shell would see. */
export async function call(words: readonly string[], options: CallOptions = {}): Promise<Called> {
  let out = '';
  let err = '';
  const answers = [...(options.answers ?? [])];
  const code = await run(words, {
    out: (text) => {
      out += text;
      return Promise.resolve();
    },
    say: (line) => {
      err += `${line}\n`;
    },
    readStdin: () => Promise.resolve(options.stdin ?? ''),
    ...(options.answers === undefined
      ? {}
      : {
          ask: (question: string) => {
            err += `${question}\n`;
            return Promise.resolve(answers.shift() ?? '');
          },
        }),
    ...(options.columns === undefined ? {} : { columns: options.columns }),
    ...(options.colours === undefined ? {} : { colours: options.colours }),
    ...(options.isWatched === undefined ? {} : { isWatched: options.isWatched }),
    ...(options.interrupted === undefined ? {} : { interrupted: options.interrupted }),
    now: () => options.now ?? Date.now(),
    zone: options.zone ?? 'UTC',
    environment: options.environment ?? {},
  });
  return { code, out, err };
}
