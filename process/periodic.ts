/** Runs tasks again and again, each never twice at a time; a task that fails is run again soon. */

export interface PeriodicTask {
  /** Names it in the log. */
  readonly name: string;
  /** Counted from the end of a run to the start of the next. */
  readonly everyMs: number;
  /** Before the first run; default 0, at once. */
  readonly firstAfterMs?: number;
  readonly run: () => Promise<unknown>;
}

/** After a failure. A task that runs every hour must not leave a fault of a second standing for an hour. */
const againMs = 3000;

/** Starts all of them; the returned function stops them. */
export function startPeriodic(
  tasks: readonly PeriodicTask[],
  onFailure: (name: string, error: unknown) => void,
): () => void {
  const stops = tasks.map((task) => repeat(task, (error) => onFailure(task.name, error)));
  return () => {
    for (const stop of stops) stop();
  };
}

function repeat(
  { everyMs, firstAfterMs = 0, run }: PeriodicTask,
  onFailure: (error: unknown) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const turnAfter = (ms: number): void => {
    if (stopped) return;
    timer = setTimeout(() => void turn(), ms).unref();
  };
  const turn = async (): Promise<void> => {
    try {
      await run();
      turnAfter(everyMs);
    } catch (error) {
      onFailure(error);
      turnAfter(Math.min(everyMs, againMs));
    }
  };
  if (firstAfterMs > 0) turnAfter(firstAfterMs);
  else void turn();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
