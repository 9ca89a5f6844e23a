/** What every channel does: it tries one notice once, and says what came of it. When to try again is not its to say. */
import type { Notice } from '../../crds/notices/notice.ts';

/** What came of one try. `refused` is for good: it will never be taken for this recipient. */
export type Delivery =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'failed' | 'refused'; readonly why: string };

export interface OutgoingNotice {
  /** The same for each try. */
  readonly key: string;
  /** Of a mail: where it goes. */
  readonly address: string;
  readonly notice: Notice;
}

export interface NoticeSender {
  send(entry: OutgoingNotice): Promise<Delivery>;
  close(): void;
}
