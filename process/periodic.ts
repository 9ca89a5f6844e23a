/** Does something now and again and again, never twice at a time, and goes on when it fails. */

export interface Chore {
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
}

/** Runs at once, then `everyMs` after each end; the returned function stops it. */
export function repeat({ everyMs, run }: Chore, onFailure: (error: unknown) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const turn = async (): Promise<void> => {
    try {
      await run();
    } catch (error) {
      onFailure(error);
    }
    if (stopped) return;
    timer = setTimeout(() => void turn(), everyMs);
    timer.unref();
  };
  void turn();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
