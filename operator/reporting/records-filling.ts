/** The condition that is there only while the volume of the records fills: it is to be grown before it is full. */
import type { Condition } from '../../crds/rules/conditions.ts';
import { setCondition } from '../../crds/rules/conditions.ts';
import type { RecordsVolume } from '../../trail/wire.ts';

export const recordsFilling = 'RecordsFilling';

interface WithConditions {
  readonly metadata: { readonly generation?: number };
  readonly status: { readonly conditions: readonly Condition[] };
}

/** The conditions with this one from 70 % on, with the figures and the way out, and without it otherwise. */
export function withRecordsFilling(
  { metadata, status: { conditions } }: WithConditions,
  { volume, now }: { readonly volume: RecordsVolume | undefined; readonly now: number },
): readonly Condition[] {
  if (volume === undefined || volume.level === 'fine')
    return conditions.filter(({ type }) => type !== recordsFilling);
  const reason = volume.level === 'filling' ? 'VolumeFilling' : 'VolumeAlmostFull';
  const message = `The volume of the records is ${Math.floor(volume.usedPercent)} % used, ${inWords(volume.freeBytes)} of ${inWords(volume.bytes)} are free. When it is full, nothing opens and no request passes; what closes still closes. Make the claim of the webhook larger, for example by kubectl edit pvc support-access-records; what is added is used at once, without a restart`;
  const observedGeneration = metadata.generation ?? 0;
  const wanted = { type: recordsFilling, status: 'True', reason, message, observedGeneration } as const;
  return setCondition(conditions, wanted, now);
}

/** As people and claims say it: 2.8 GiB. */
function inWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const amount = bytes / 1024 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
}
