/**
 * A preallocated file that records why the store halted, even on a full disk, where SQLite cannot. It holds one sentence,
 * no records.
 */
import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';

/** When the store halted (RFC 3339) and why. */
export interface Halt {
  readonly at: string;
  readonly reason: string;
  /** Whether the records tell of it already, and only its end is still to be told. */
  readonly isRecorded?: boolean;
}

export interface HaltNote {
  /** What an earlier run left, if it halted. */
  read(): Halt | undefined;
  /** Best effort: a disk that refuses this too leaves the reason in the log of the process only. */
  write(halt: Halt): void;
  clear(): void;
  close(): void;
}

const size = 1024;

/** Opens the note at `path`, and gives it its block when it is new. */
export function openHaltNote(path: string): HaltNote {
  closeSync(openSync(path, 'a', 0o600));
  const fd = openSync(path, 'r+');
  const fill = (text: string): void => {
    writeSync(fd, text.slice(0, size / 4).padEnd(size), 0, 'utf8');
    fdatasyncSync(fd);
  };
  const read = (): Halt | undefined => {
    const bytes = Buffer.alloc(size * 4);
    const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0)).trim();
    return text === '' ? undefined : parse(text);
  };
  if (read() === undefined) fill('');
  return {
    read,
    write: ({ at, reason, isRecorded = false }) => {
      try {
        fill(`${isRecorded ? recorded : ''}${at} ${reason.replace(/\s+/g, ' ')}`);
      } catch {
        // The store is halted already and says so in its health; the next run only misses the reason.
      }
    },
    clear: () => fill(''),
    close: () => closeSync(fd),
  };
}

/** Stands before what the records tell of already. */
const recorded = 'recorded ';

function parse(text: string): Halt {
  if (text.startsWith(recorded)) return { ...parse(text.slice(recorded.length)), isRecorded: true };
  const [at = '', ...reason] = text.split(' ');
  // A torn note still says that there was a halt; then the time is the only thing unknown.
  return Number.isNaN(Date.parse(at)) ? { at: '', reason: text } : { at, reason: reason.join(' ') };
}
