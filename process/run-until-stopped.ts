/**
 * Runs a program from its settings to its exit code: prints the settings, passes on the signal to stop, and ends the
 * process in an orderly way whatever happens.
 */
import type { Parsed } from './flags.ts';
import type { Log } from './logging.ts';
import { errorWithCauses } from './redaction.ts';

export interface Program<Config> {
  readonly log: Log;
  readonly parsed: Parsed<Config>;
  /** Resolves to the exit code, soon after the signal aborts. */
  readonly run: (config: Config, stopping: AbortSignal) => Promise<number>;
}

/** What the readiness of a program that was told to stop says. */
export const isStopping = 'the process was told to stop';

/** What the program needs of the process; tests hand in their own. */
export interface ProcessEnds {
  once(
    event: 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection',
    listener: (cause: unknown) => void,
  ): unknown;
  exit(code: number): void;
}

/** Exit codes: what `run` says, 1 after an unexpected error, 2 with settings that cannot be used. */
export async function runUntilStopped<Config extends object>(
  { log, parsed, run }: Program<Config>,
  ends: ProcessEnds = process,
): Promise<void> {
  if (!parsed.ok) {
    for (const problem of parsed.problems) log.fatal({ problem }, 'cannot start with these settings');
    ends.exit(2);
    return;
  }
  const fail = (error: unknown): void => {
    log.fatal({ problem: errorWithCauses(error), error }, 'ended by an error');
    ends.exit(1);
  };
  // After an error that no code expected, the state is unknown: an orderly start is safer than going on.
  ends.once('uncaughtException', fail);
  ends.once('unhandledRejection', fail);
  // Once: the second signal of an impatient person ends the process at once.
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    ends.once(name, () => {
      log.info({ signal: name }, 'stopping');
      stopping.abort();
    });
  }
  log.info({ config: parsed.config }, 'starting');
  await run(parsed.config, stopping.signal).then((code) => ends.exit(code), fail);
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
