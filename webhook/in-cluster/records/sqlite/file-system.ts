/**
 * Is this a place where an acknowledged record stays, and one process has the file? Looked at before anything is opened: a file
 * system over the network forgets locks when a server restarts, and acknowledges what another machine has not written.
 */
import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { SupportAccessError } from '../../../../crds/errors.ts';

/**
 * By the numbers of the kernel's `statfs`; each is one that other machines hold the data of. FUSE and 9P are not among them: pods in
 * virtual machines (Kata, gVisor) see local volumes so, and what they lack is found by the lock and the write-ahead log.
 */
const overNetwork: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'SMB (CIFS)'],
  [0x00c36400, 'CephFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x19830326, 'BeeGFS'],
  [0x47504653, 'GPFS'],
]);

const wayOut =
  'use a volume of block storage instead: a StorageClass whose volumes one node mounts (ReadWriteOnce), by webhook.persistence.storageClassName';

/** @throws SupportAccessError `records_halted` where the folder is on a file system that is none of a local volume. */
export function refuseNetworkVolume(
  folder: string,
  typeOf: (folder: string) => number = (path) => statfsSync(path).type,
): void {
  const name = overNetwork.get(typeOf(folder) >>> 0);
  if (name === undefined) return;
  const why = `the folder ${folder} is on ${name}, which may lose locks and writes that it acknowledged, and must be on a local file system`;
  throw new SupportAccessError('records_halted', `${why}; ${wayOut}`);
}

/** Tries what a second process would do. Ends with 5 (SQLite's number for busy) where the lock keeps it out, and with 0 where not. */
const secondProcess = `
const { DatabaseSync } = require('node:sqlite');
try {
  new DatabaseSync(process.argv[1], { timeout: 0 }).exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
} catch (error) {
  process.exitCode = (error.errcode & 0xff) === 5 ? 5 : 1;
}`;
const withinMs = 10_000;

/**
 * Has another process try to take a lock that this one holds.
 * @throws SupportAccessError `records_halted` where it could, or where that cannot be found out.
 */
export function proveLock(lock: string): void {
  const { status, error } = spawnSync(process.execPath, ['-e', secondProcess, lock], {
    // Nothing that was preloaded into this process.
    env: {},
    stdio: 'ignore',
    timeout: withinMs,
  });
  if (status === 5) return;
  const what =
    status === 0
      ? `the lock file ${lock} could be locked by two processes at once, so two could write the records`
      : `it could not be found out whether the lock file ${lock} keeps a second process out (${error?.message ?? `the try ended with ${String(status)}`})`;
  throw new SupportAccessError('records_halted', `${what}; the volume must have locks that lock; ${wayOut}`);
}
