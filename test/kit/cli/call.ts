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
}

/** Runs `kubectl support-access <words>` and returns what a shell would see. */
export async function call(words: readonly string[], options: CallOptions = {}): Promise<Called> {
  let out = '';
  let err = '';
  const code = await run(words, {
    out: (text) => {
      out += text;
      return Promise.resolve();
    },
    say: (line) => {
      err += `${line}\n`;
    },
    readStdin: () => Promise.resolve(options.stdin ?? ''),
    environment: options.environment ?? {},
  });
  return { code, out, err };
}
