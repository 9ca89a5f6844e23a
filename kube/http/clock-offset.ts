/**
 * Measures how far the API server's clock is from ours. Each response's Date header (whole seconds) bounds the difference;
 * the bounds of many responses together are much narrower than a second.
 */

export interface DateSeen {
  /** The Date header. */
  readonly header: string;
  /** Our wall clock when the request left and when its response arrived, epoch milliseconds. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

export class ClockOffset {
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;

  /** Takes in one response. An unreadable header is ignored. */
  observe({ header, sentAt, receivedAt }: DateSeen): void {
    const stamp = Date.parse(header);
    if (Number.isNaN(stamp) || receivedAt < sentAt) return;
    // The server wrote `stamp` at some moment in [stamp, stamp + 1 s), between our sending and receiving.
    const least = stamp - receivedAt;
    const most = stamp + 1000 - sentAt;
    if (least > this.#most || most < this.#least) {
      // One of the clocks was set, or they drifted apart: only the newest response counts.
      this.#least = least;
      this.#most = most;
      return;
    }
    this.#least = Math.max(this.#least, least);
    this.#most = Math.min(this.#most, most);
  }

  /**
   * By how much the server's clock is ahead for certain, in milliseconds; below zero where it may be behind. The middle of
   * the bounds would be up to half a second more, and by that much access would end before its end.
   */
  certainlyAheadMs(): number | undefined {
    return Number.isFinite(this.#least) ? Math.floor(this.#least) : undefined;
  }

  /** Server time minus our time in milliseconds, as well as it is known; undefined before the first response. */
  offsetMs(): number | undefined {
    return Number.isFinite(this.#least) ? Math.round((this.#least + this.#most) / 2) : undefined;
  }
}
