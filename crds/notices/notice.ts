/** A notice: one thing that people are told; which words say it, and in which language, is decided later. */
import type { Requester } from '../audit/requester.ts';
import type { NoticeEvent } from './events.ts';

/** Who did it: as surely as it is known, or the product by itself, as when a window ends. */
export type NoticeActor = Pick<Requester, 'certainty' | 'username'> | { readonly certainty: 'product' };

export interface Notice {
  readonly event: NoticeEvent;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
  readonly who: NoticeActor;
  /** The customer, as the policy names them, and the support host: which installation it is. */
  readonly installation: { readonly customer?: string | undefined; readonly host: string };
  readonly what?: {
    readonly kind: string;
    readonly namespace?: string | undefined;
    readonly name: string;
  };
  readonly people?: readonly string[];
  readonly application?: string | undefined;
  readonly matrix?: string | undefined;
  /** Addresses from which people may come. */
  readonly from?: readonly string[];
  /** When it ends by itself, epoch milliseconds. */
  readonly until?: number | undefined;
  /** Why, in the words of who did it or of the product. */
  readonly why?: string | undefined;
  /** The record that proves it. */
  readonly record?: string | undefined;
  /** Where several were folded into one: how many, and when the last one was. */
  readonly folded?: { readonly count: number; readonly lastAt: number };
}
