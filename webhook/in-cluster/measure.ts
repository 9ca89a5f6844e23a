/** Has the parts of this process measured: what is counted in them, and what is asked at each scrape. */
import { statSync } from 'node:fs';
import type { VolumeLevel } from '../../trail/wire.ts';
import type { ReviewObserver } from './admission/observed-review.ts';
import type { InClusterMetrics } from './metrics.ts';
import type { RecordStore } from './records/store.ts';
import type { VolumeWatch } from './records/volume.ts';

/** Counts the requests to admission. */
export function observeReviews(metrics: InClusterMetrics): ReviewObserver {
  const inFlight = { decide: 0, record: 0, support: 0, owner: 0, case: 0 };
  metrics.reviewsInFlight.read(() =>
    Object.entries(inFlight).map(([webhook, value]) => ({ labels: { webhook }, value })),
  );
  return {
    began: (webhook) => {
      inFlight[webhook] += 1;
    },
    reviewed: (webhook, outcome) => metrics.reviews.add({ webhook, outcome }),
    failed: () => metrics.reviewPanics.add({}),
    ended: (webhook, { code, ms }) => {
      inFlight[webhook] -= 1;
      metrics.reviewRequests.add({ webhook, code });
      metrics.reviewSeconds.observe({ webhook }, ms / 1000);
    },
  };
}

/** The store with its appends counted, and its sizes asked at each scrape. `path` is that of its file. */
export function measuredStore(store: RecordStore, metrics: InClusterMetrics, path: string): RecordStore {
  let last: number | undefined;
  const note = (seq: number): void => {
    last = Math.max(last ?? 0, seq);
  };
  store.head().then(
    ({ seq }) => note(seq),
    () => undefined, // the next append says it
  );
  metrics.storedRecords.read(() => last);
  metrics.halted.read(() => Number(store.health().state === 'halted'));
  metrics.storeBytes.read(() => sizeOf(path) + sizeOf(`${path}-wal`));
  return {
    ...store,
    async append(request) {
      const beganAt = performance.now();
      const appended = await store.append(request);
      const { writer, records } = request;
      if (appended.ok) {
        metrics.storeSeconds.observe({}, (performance.now() - beganAt) / 1000);
        for (const { seq } of appended.receipts) note(seq);
      }
      (appended.ok ? metrics.stored : metrics.notStored).add({ writer }, records.length);
      return appended;
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Asks the volume at each scrape. */
export function measureVolume(metrics: InClusterMetrics, volume: VolumeWatch): void {
  metrics.volumeBytes.read(() => volume.look()?.bytes);
  metrics.volumeFreeBytes.read(() => volume.look()?.freeBytes);
  metrics.volumeUsed.read(() => {
    const used = volume.look()?.usedPercent;
    return used === undefined ? undefined : used / 100;
  });
  metrics.volumeLevel.read(() => {
    const level = volume.look()?.level;
    return level === undefined ? undefined : levels[level];
  });
}

const levels = { fine: 0, filling: 1, 'almost-full': 2 } as const satisfies Record<VolumeLevel, number>;
