/** What a masker is: how one response is treated, and how its bytes and header values are masked. */

/** The streaming masker of one response. */
export interface MaskingStream {
  /** What can be sent of the response so far. Throws `NotMaskable` where it turns out that it cannot be read. */
  push(chunk: Buffer): Buffer;
  end(): Buffer;
  /** How many of each class were masked so far. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What decides how a response is treated; every line of a header that came more than once, joined by commas. */
export interface ContentHeaders {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly transferEncoding?: string | undefined;
  /** Whether what has no charset is UTF-8 all the same. */
  readonly isUtf8?: boolean;
  /** How many lines of Content-Type there were. */
  readonly contentTypes?: number;
}

/** How one response is treated: passed, masked, or refused because it cannot be looked into. */
export type MaskingPlan =
  /** Where it is opened, its first bytes say whether it is what its type says; else it is masked. */
  | { readonly kind: 'pass'; open?(): MaskingStream }
  | { readonly kind: 'mask'; open(): MaskingStream }
  | { readonly kind: 'refuse'; readonly rule: string };

export interface Masker {
  plan(headers: ContentHeaders): MaskingPlan;
  /** A header's value without what has to be masked. */
  text(value: string): { readonly value: string; readonly counts: Readonly<Record<string, number>> };
}

/** A response that cannot be read as its type says. Nothing more of it may be sent. */
export class NotMaskable extends Error {
  override readonly name = 'NotMaskable';
  /** What would have to be so; for the records. */
  readonly rule: string;

  constructor(rule: string) {
    super(`the response cannot be masked: it ${rule}`);
    this.rule = rule;
  }
}

/** Counts by class, added up. */
export function sumOf(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
