/** A clock of a process's own, that a test can set while the process runs, where the machine has libfaketime (Debian). */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installFromDebian } from '../machine/debian.ts';
import { noteNotRun } from '../machine/not-run.ts';

export interface SettableClock {
  /** What the process needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Sets it so many seconds behind the machine's, from its next look on. */
  setBack(seconds: number): void;
}

const libraries = '/usr/lib';

function findLibrary(): string | undefined {
  if (!existsSync(libraries)) return undefined;
  const places = readdirSync(libraries).map((name) =>
    join(libraries, name, 'faketime', 'libfaketimeMT.so.1'),
  );
  return places.find((place) => existsSync(place));
}

/** The library that moves a process's clock, installed where it can be; or why there is none. */
function ensureLibrary(): { readonly library: string } | { readonly why: string } {
  const there = findLibrary();
  if (there) return { library: there };
  const why = installFromDebian('libfaketime');
  const library = findLibrary();
  return library ? { library } : { why: `there is no libfaketime, and ${why ?? 'apt-get brought none'}` };
}

/** A clock that is kept in a file of `directory`; undefined where this machine cannot, which is noted for `what`. */
export function aSettableClock(what: string, directory: string): SettableClock | undefined {
  const answer = ensureLibrary();
  if ('why' in answer) {
    noteNotRun({ what, why: answer.why });
    return undefined;
  }
  const file = join(directory, `clock-${what.replaceAll(/\W+/g, '-')}`);
  const setBack = (seconds: number): void => writeFileSync(file, `-${seconds}s\n`);
  setBack(0);
  return {
    env: {
      LD_PRELOAD: answer.library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // Setting a clock moves the wall clock only.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    setBack,
  };
}
