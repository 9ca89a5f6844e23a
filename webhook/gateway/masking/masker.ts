/** What a masker is: how one response is treated, and how its bytes and header values are masked. Types only. */

/** The streaming masker of one response. */
export interface MaskingStream {
  push(chunk: Buffer): Buffer;
  end(): Buffer;
  /** How many of each class were masked so far. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What decides how a response is treated. */
export interface ContentHeaders {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

/** How one response is treated: passed, masked, or refused because it cannot be looked into. */
export type MaskingPlan =
  | { readonly kind: 'pass' }
  | { readonly kind: 'mask'; open(): MaskingStream }
  | { readonly kind: 'refuse' };

export interface Masker {
  plan(headers: ContentHeaders): MaskingPlan;
  /** A header's value without what has to be masked. */
  text(value: string): { readonly value: string; readonly counts: Readonly<Record<string, number>> };
}
