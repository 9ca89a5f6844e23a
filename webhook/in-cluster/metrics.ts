/** THE list of what admission and the records measure. `docs/metrics.md` is made from it. */
import type { Writer } from '../../crds/audit/events.ts';
import { type EntryPath, registrations } from '../../crds/rules/registration.ts';
import type { MetricDefinitions, MetricsOf } from '../../process/metrics.ts';
import { httpStatuses, processMetrics, secondsBuckets } from '../../process/process-metrics.ts';
import { trailMetrics } from '../../trail/metrics.ts';
import { brokenOff, type ReviewOutcome } from './admission/observed-review.ts';
import { publishedKinds } from './admission/start.ts';

const webhook: readonly EntryPath[] = Object.values(registrations).flat();
const outcome: readonly ReviewOutcome[] = ['allowed', 'refused', 'unavailable', 'unreadable'];
const writer: readonly Writer[] = ['admission', 'gateway', 'operator', 'store'];

export const inClusterMetrics = {
  ...processMetrics,
  reviewRequests: {
    type: 'counter',
    name: 'controller_runtime_webhook_requests_total',
    help: `Requests to admission by path and status; \`${brokenOff}\` where the connection ended before the response.`,
    labels: { webhook, code: [brokenOff, ...httpStatuses] },
  },
  reviewSeconds: {
    type: 'histogram',
    name: 'controller_runtime_webhook_latency_seconds',
    help: 'How long the response to a request to admission took.',
    labels: { webhook },
    buckets: secondsBuckets,
  },
  reviewsInFlight: {
    type: 'gauge',
    name: 'controller_runtime_webhook_requests_in_flight',
    help: 'Requests to admission that are being answered.',
    labels: { webhook },
  },
  reviewPanics: {
    type: 'counter',
    name: 'controller_runtime_webhook_panics_total',
    help: 'Requests to admission that failed by a mistake of the program itself; the API server was not answered. Please report it.',
  },
  reviews: {
    type: 'counter',
    name: 'supportaccess_admission_reviews_total',
    help: 'Reviews by path and outcome: allowed, refused with its problems, unavailable (not judged or not recorded), or unreadable.',
    labels: { webhook, outcome },
  },
  halted: {
    type: 'gauge',
    name: 'supportaccess_records_halted',
    help: 'Whether the records take nothing (1) because the volume is full or a write failed, or not (0). While it is 1, nothing opens and no request passes.',
  },
  stored: {
    type: 'counter',
    name: 'supportaccess_records_stored_total',
    help: 'Records that were stored, by who wrote them.',
    labels: { writer },
  },
  notStored: {
    type: 'counter',
    name: 'supportaccess_records_not_stored_total',
    help: 'Records that the store did not take, by who wrote them; most are sent again.',
    labels: { writer },
  },
  storeSeconds: {
    type: 'histogram',
    name: 'supportaccess_records_store_duration_seconds',
    help: 'How long it took until records were durable; they share commits.',
    buckets: secondsBuckets,
  },
  storedRecords: {
    type: 'gauge',
    name: 'supportaccess_records_store_records',
    help: 'Records in the log: the number of the last one.',
  },
  storeBytes: {
    type: 'gauge',
    name: 'supportaccess_records_store_bytes',
    help: 'Size of the log on the volume, with what is not yet merged into its file.',
  },
  volumeBytes: {
    type: 'gauge',
    name: 'supportaccess_records_volume_bytes',
    help: 'Size of the volume of the records.',
  },
  volumeFreeBytes: {
    type: 'gauge',
    name: 'supportaccess_records_volume_available_bytes',
    help: 'What is free on the volume of the records. Without it the records halt; grow the volume before.',
  },
  volumeUsed: {
    type: 'gauge',
    name: 'supportaccess_records_volume_used_ratio',
    help: 'How much of the volume of the records is used, from 0 to 1, as df says it.',
  },
  volumeLevel: {
    type: 'gauge',
    name: 'supportaccess_records_volume_level',
    help: 'Whether the volume of the records fills: 1 from 70 % on, 2 from 85 % on, and back five points below; also the condition `RecordsFilling` of the policy.',
  },
  certificateEnd: {
    type: 'gauge',
    name: 'supportaccess_serving_certificate_end_timestamp_seconds',
    help: 'When the certificate of admission and records ends, in seconds since 1970; it is renewed long before.',
  },
  certificateReads: {
    type: 'counter',
    name: 'certwatcher_read_certificate_total',
    help: 'Looks at the serving certificate, in each of which it is also registered at the API server.',
  },
  certificateReadErrors: {
    type: 'counter',
    name: 'certwatcher_read_certificate_errors_total',
    help: 'Of those, the ones that failed; the old certificate goes on serving.',
  },
  restored: {
    type: 'counter',
    name: 'supportaccess_restored_total',
    help: 'How often what this process had published was wiped or replaced, and was put right: its registration at the API server, or the ConfigMap with its authorities.',
    labels: { kind: publishedKinds },
  },
  ...trailMetrics,
} as const satisfies MetricDefinitions;

export type InClusterMetrics = MetricsOf<typeof inClusterMetrics>;
