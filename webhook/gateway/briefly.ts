/** Reads something at most once in a while: for what strangers may ask for as often as they like. Never for decisions. */

export interface BrieflyOptions {
  readonly keepForMs: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** The value of `read`, kept for a while and shared by all who ask meanwhile; a failure is not kept. */
export function briefly<T>(read: () => Promise<T>, { keepForMs, clock }: BrieflyOptions): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (kept !== undefined && clock() < kept.until) return kept.value;
    const reading = { value: read(), until: clock() + keepForMs };
    kept = reading;
    reading.value.catch(() => {
      if (kept === reading) kept = undefined;
    });
    return reading.value;
  };
}
