/** What every process of the product measures of itself and of its calls to the API server. */
import { readdirSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { MetricDefinitions, MetricsOf } from './metrics.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** What client-go calls a request without a response. */
const noResponse = '<error>';
/** Every status that HTTP has a name for. */
export const httpStatuses: readonly string[] = Object.keys(STATUS_CODES);

/** Upper bounds for what takes from a millisecond to the usual deadline of a call. */
export const secondsBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

export const processMetrics = {
  cpu: {
    type: 'counter',
    name: 'process_cpu_seconds_total',
    help: 'Processor time that the process has used, of user and system together.',
  },
  memory: {
    type: 'gauge',
    name: 'process_resident_memory_bytes',
    help: 'Memory that the process holds.',
  },
  start: {
    type: 'gauge',
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since 1970.',
  },
  openFiles: {
    type: 'gauge',
    name: 'process_open_fds',
    help: 'Open files and connections of the process.',
  },
  busy: {
    type: 'counter',
    name: 'nodejs_eventloop_active_seconds_total',
    help: 'How long the one thread of the program was busy; its rate near 1 means that everything waits for it.',
  },
  ready: {
    type: 'gauge',
    name: 'supportaccess_ready',
    help: 'Whether the process is ready (1) or not (0); /readyz says what it waits for.',
  },
  clockOffset: {
    type: 'gauge',
    name: 'supportaccess_clock_offset_seconds',
    help: 'How far the clock of the API server is ahead of the one of this process; below zero, how far behind. Access ends by the later of the two.',
  },
  clockHeldAhead: {
    type: 'gauge',
    name: 'supportaccess_clock_held_ahead_seconds',
    help: 'How far the time by which access ends is ahead of both clocks, because one of them was ahead; it heals within a minute. Nothing is said by a process that ends no access.',
  },
  calls: {
    type: 'counter',
    name: 'rest_client_requests_total',
    help: `Requests to the API server, each try counted, by method and status; \`${noResponse}\` where there was no response.`,
    labels: { method: methods, code: [noResponse, ...httpStatuses] },
  },
  callSeconds: {
    type: 'histogram',
    name: 'rest_client_request_duration_seconds',
    help: 'How long the API server took until the head of its response was there, or the request failed.',
    labels: { verb: methods },
    buckets: secondsBuckets,
  },
} as const satisfies MetricDefinitions;

type OwnMetrics = MetricsOf<typeof processMetrics>;

/** One try of a request to the API server. */
export interface MeasuredCall {
  readonly method: string;
  /** Undefined where there was no response. */
  readonly status: number | undefined;
  readonly ms: number;
}

/** What only the process knows of itself. */
export interface MeasuredProcess {
  readonly isReady: () => boolean;
  /** The API server's clock minus ours. */
  readonly clockOffsetMs: () => number | undefined;
  /** Of the clock by which access ends; left out where none does. */
  readonly heldAheadMs?: () => number | undefined;
}

/** Has the metrics of the process itself read at each scrape. */
export function measureProcess(
  { cpu, memory, start, openFiles, busy, ready, clockOffset, clockHeldAhead }: OwnMetrics,
  { isReady, clockOffsetMs, heldAheadMs }: MeasuredProcess,
): void {
  const startedAt = Date.now() / 1000 - process.uptime();
  cpu.read(() => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  memory.read(() => process.memoryUsage.rss());
  start.read(() => startedAt);
  openFiles.read(() => readdirSync('/proc/self/fd').length);
  busy.read(() => performance.eventLoopUtilization().active / 1000);
  ready.read(() => (isReady() ? 1 : 0));
  const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);
  clockOffset.read(() => seconds(clockOffsetMs()));
  if (heldAheadMs !== undefined) clockHeldAhead.read(() => seconds(heldAheadMs()));
}

/** Counts the calls of a client of the API server. */
export function measureCalls({
  calls,
  callSeconds,
}: Pick<OwnMetrics, 'calls' | 'callSeconds'>): (call: MeasuredCall) => void {
  return ({ method, status, ms }) => {
    calls.add({ method, code: status === undefined ? noResponse : String(status) });
    callSeconds.observe({ verb: method }, ms / 1000);
  };
}
