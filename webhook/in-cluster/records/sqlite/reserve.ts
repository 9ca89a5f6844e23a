/**
 * Space kept for the day on which the volume is full: a file beside the records that is cut shorter as the records need what it
 * holds. What it frees is for what ends access, for telling that nothing else is taken, and, while more than half is left, for
 * reading.
 */
import { randomFillSync } from 'node:crypto';
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Reserve {
  /** Frees as much as one commit may need, as far as the volume lacks it. */
  yieldSpace(): void;
  /** Takes back what it freed; stays shorter where the volume has no such space. */
  refill(): void;
  /** Whether the volume has no more space than must stay free for the reserve to work. */
  isNeeded(): boolean;
  /** Whether more than half of it is left. */
  isHalfLeft(): boolean;
  close(): void;
}

/** One commit of the store's own records, with what the write-ahead log and the witness take for it. */
const commitBytes = 256 * 1024;
/** Never more than this part of a small volume, for the reserve and for what must stay free. */
const mostOfVolume = 16;
const chunkBytes = 64 * 1024;

/** So much has to be free on this volume, or it counts as full. */
export function leastFreeBytesOn(path: string): number {
  return reserveSizeOn(path, commitBytes);
}

/** So much of what is wanted this volume is large enough for. */
export function reserveSizeOn(path: string, wanted: number): number {
  const { blocks, bsize } = statfsSync(dirname(path));
  return Math.min(wanted, Math.floor((blocks * bsize) / mostOfVolume));
}

/** What is free on the volume of this file. @throws Error where it cannot be read, as of a volume that vanished. */
export function freeBytesOn(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
}

/** Opens the file beside the records at `path`, as long as it was left; `wanted` bytes of 0 keep none. */
export function openReserve(path: string, wanted: number): Reserve | undefined {
  if (wanted === 0) return undefined;
  const size = reserveSizeOn(path, wanted);
  const least = leastFreeBytesOn(path);
  const fd = openSync(`${path}.reserve`, 'a', 0o600);
  const length = (): number => fstatSync(fd).size;
  return {
    yieldSpace() {
      const lacking = least - freeBytesOn(path);
      if (lacking > 0) ftruncateSync(fd, Math.max(0, length() - lacking));
    },
    refill() {
      // Random bytes: a file system that compresses would keep no space for zeros.
      const chunk = Buffer.allocUnsafe(chunkBytes);
      while (length() < size && freeBytesOn(path) >= least + chunkBytes)
        writeSync(fd, randomFillSync(chunk), 0, Math.min(chunkBytes, size - length()));
      fdatasyncSync(fd);
    },
    isNeeded: () => isBelow(path, least),
    isHalfLeft: () => length() * 2 > size,
    close: () => closeSync(fd),
  };
}

/** A volume that cannot be asked is not full for all that is known; the next write tells what is wrong with it. */
function isBelow(path: string, least: number): boolean {
  try {
    return freeBytesOn(path) < least;
  } catch {
    return false;
  }
}
