/** A real file system whose device fails on demand: ext4 in a file on a small disk, which is full when it is to fail. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { noteNotRun } from '../machine/not-run.ts';
import { aSmallDisk } from './store-file.ts';

export interface FailingDisk {
  readonly folder: string;
  /** Each write that needs a block which was not written before fails with EIO when it is flushed. */
  fail(): void;
  /** As after the device was put right. */
  mend(): void;
  /** Has the system make it read-only, as it does after an error of the device. False where it cannot be had here. */
  makeReadOnly(): boolean;
  /** Mounts a device with the same content in its place, which is the only way back. */
  makeWritable(): void;
  unmount(): void;
  mount(): void;
}

/** Whether the command succeeded. */
const run = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;

/** Undefined where this machine does not allow it. */
export function aFailingDisk(): FailingDisk | undefined {
  const under = aSmallDisk(32_768);
  if (under === undefined) return undefined;
  const [image, folder, ballast] = ['image', 'disk', 'ballast'].map((name) => join(under, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(folder);
  // Without a journal: ext4 goes on after an error, as a device that is put right does.
  const made = run('truncate', '-s', '64M', image) && run('mkfs.ext4', '-q', '-O', '^has_journal', image);
  const mount = (): boolean => run('mount', '-o', 'loop,errors=remount-ro', image, folder);
  if (!made || !mount()) {
    noteNotRun({ what: 'records on a disk that fails', why: 'this machine does not allow loop devices' });
    return undefined;
  }
  onTestFinished(() => void run('umount', '-l', folder));
  return {
    folder,
    fail() {
      const { bavail, bsize } = statfsSync(under);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    },
    mend: () => rmSync(ballast, { force: true }),
    makeReadOnly() {
      const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
      const [device = ''] = mounts.find((line) => line.includes(` ${folder} `))?.split(' ') ?? [];
      const trigger = `/sys/fs/ext4/${device.replace('/dev/', '')}/trigger_fs_error`;
      if (!existsSync(trigger)) return false;
      try {
        writeFileSync(trigger, 'a test');
        return true;
      } catch {
        return false;
      }
    },
    makeWritable() {
      // The system takes no writes to a device on which it found an error: another one with the same content comes in its place.
      run('umount', '-l', folder);
      const copy = `${image}-copy`;
      run('cp', '--sparse=always', image, copy);
      run('mount', '-o', 'loop', copy, folder);
    },
    unmount: () => void run('umount', '-l', folder),
    mount: () => void mount(),
  };
}
