/**
 * How full is the volume of the records? Told from 70 % on, and again from 85 % on, so that it is grown before it is full. A figure
 * that goes to and fro at one of these is told once: a step is left only five points below where it began.
 */
import type { RecordsVolume, VolumeLevel } from '../../../trail/wire.ts';

/** What `statfs` says of a volume, in blocks of `bsize` bytes. */
export interface VolumeFigures {
  readonly bsize: number;
  readonly blocks: number;
  /** Free at all, with what only the system's own user may take. */
  readonly bfree: number;
  /** Free for us. */
  readonly bavail: number;
}

export interface VolumeWatch {
  /** How full it is now; undefined where that cannot be read, which its next write then tells. */
  look(): RecordsVolume | undefined;
}

/** From this percentage on, the fullest first. */
const steps: readonly { readonly level: VolumeLevel; readonly from: number }[] = [
  { level: 'almost-full', from: 85 },
  { level: 'filling', from: 70 },
];
const leftBelow = 5;

/** One that remembers what it said last. `read` asks the file system, and may throw. */
export function createVolumeWatch(read: () => VolumeFigures): VolumeWatch {
  let told: RecordsVolume | undefined;
  return {
    look() {
      const now = figuresOf(read);
      if (now === undefined) return undefined;
      const level = levelOf(now.usedPercent, told?.level);
      // Each other figure is a write of a status: one point of difference is news, a few bytes are none.
      const isNews =
        told === undefined ||
        told.level !== level ||
        told.bytes !== now.bytes ||
        Math.abs(now.usedPercent - told.usedPercent) >= 1;
      if (isNews) told = { ...now, level };
      return told;
    },
  };
}

/** Used as `df` says it: of what we could ever have. */
function figuresOf(read: () => VolumeFigures): Omit<RecordsVolume, 'level'> | undefined {
  try {
    const { bsize, blocks, bfree, bavail } = read();
    const used = blocks - bfree;
    const usedPercent = used + bavail === 0 ? 100 : (100 * used) / (used + bavail);
    return { bytes: blocks * bsize, freeBytes: bavail * bsize, usedPercent };
  } catch {
    return undefined;
  }
}

function levelOf(usedPercent: number, before: VolumeLevel = 'fine'): VolumeLevel {
  const at = steps.findIndex(({ from }) => usedPercent >= from);
  const was = steps.findIndex(({ level, from }) => level === before && usedPercent >= from - leftBelow);
  const reached = [at, was].filter((step) => step >= 0);
  return steps[Math.min(...reached)]?.level ?? 'fine';
}
