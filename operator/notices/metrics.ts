/** How the notices fare: a rising age of the oldest means that people are not told. */
import type { MetricDefinitions, MetricsOf } from '../../process/metrics.ts';
import type { NoticeState } from './follow.ts';

export const noticeMetrics = {
  noticesWaiting: {
    type: 'gauge',
    name: 'supportaccess_notices_waiting',
    help: 'Notices to one recipient each that are queued and not delivered yet.',
  },
  noticesOldest: {
    type: 'gauge',
    name: 'supportaccess_notices_oldest_timestamp_seconds',
    help: 'Since when the oldest notice waits, in seconds since 1970. Nothing is said where none waits.',
  },
  noticesDelivered: {
    type: 'counter',
    name: 'supportaccess_notices_delivered_total',
    help: 'Notices that the mail server or a webhook took.',
  },
  noticesFailed: {
    type: 'counter',
    name: 'supportaccess_notices_failed_total',
    help: 'Tries that failed and are made again.',
  },
  noticesGivenUp: {
    type: 'counter',
    name: 'supportaccess_notices_given_up_total',
    help: 'Notices that will never be delivered: refused for good, or tried for as long as the policy says.',
  },
} as const satisfies MetricDefinitions;

/** Has the queue asked at each scrape; nothing is said before this process leads. */
export function measureNotices(
  metrics: MetricsOf<typeof noticeMetrics>,
  state: () => NoticeState | undefined,
): void {
  metrics.noticesWaiting.read(() => state()?.waiting);
  metrics.noticesOldest.read(() => {
    const since = state()?.oldestSince;
    return since === undefined ? undefined : Math.floor(since / 1000);
  });
  metrics.noticesDelivered.read(() => state()?.delivered);
  metrics.noticesFailed.read(() => state()?.failed);
  metrics.noticesGivenUp.read(() => state()?.givenUp);
}
