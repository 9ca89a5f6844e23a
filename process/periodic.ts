/** Runs tasks again and again, each never twice at a time; a task that fails is run again at its next turn. */

export interface PeriodicTask {
  /** Names it in the log. */
  readonly name: string;
  /** Counted from the end of a run to the start of the next. */
  readonly everyMs: number;
  /** Before the first run; default 0, at once. */
  readonly firstAfterMs?: number;
  readonly run: () => Promise<unknown>;
}

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
    } catch (error) {
      onFailure(error);
    }
    turnAfter(everyMs);
  };
  if (firstAfterMs > 0) turnAfter(firstAfterMs);
  else void turn();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
