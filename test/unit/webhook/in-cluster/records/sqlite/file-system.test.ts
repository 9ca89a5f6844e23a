import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  proveLock,
  refuseNetworkVolume,
} from '../../../../../../webhook/in-cluster/records/sqlite/file-system.ts';
import { holdFile } from '../../../../../../webhook/in-cluster/records/sqlite/holder.ts';
import { turnOnWal } from '../../../../../../webhook/in-cluster/records/sqlite/schema.ts';
import { aFolder, aSmallDisk } from '../../../../../kit/records/store-file.ts';

describe('a volume for the records', () => {
  it.each([
    [0x6969, 'NFS'],
    [0xfe534d42, 'SMB'],
    // As a kernel of 32 bits says it.
    [0xff534d42 - 2 ** 32, 'SMB (CIFS)'],
    [0x00c36400, 'CephFS'],
  ])('whose file system is %i is refused in one sentence, with the way out', (type, name) => {
    expect(() => refuseNetworkVolume('/data', () => type)).toThrow(
      `the folder /data is on ${name}, which may lose locks and writes that it acknowledged, and must be on a local file system; use a volume of block storage instead: a StorageClass whose volumes one node mounts (ReadWriteOnce), by webhook.persistence.storageClassName`,
    );
  });

  it.each([
    ['ext4', 0xef53],
    ['xfs', 0x58465342],
    ['btrfs', 0x9123683e],
    ['overlay', 0x794c7630],
    ['virtiofs', 0x65735546],
  ])('may be %s', (_name, type) => {
    expect(() => refuseNetworkVolume('/data', () => type)).not.toThrow();
  });

  it('may be the one of this machine, and a small disk of its own', () => {
    for (const folder of [aFolder(), aSmallDisk(512) ?? aFolder()])
      expect(() => refuseNetworkVolume(folder)).not.toThrow();
  });
});

describe('the lock of the records file', () => {
  it('is proved by another process that it keeps out', () => {
    const held = holdFile(join(aFolder(), 'records.db'));
    onTestFinished(() => held.release());
    expect(() => proveLock(held.lock)).not.toThrow();
  });

  it('that another process can take as well is refused, and so is one that cannot be tried', () => {
    const folder = aFolder();
    const held = holdFile(join(folder, 'records.db'));
    held.release();
    expect(() => proveLock(held.lock)).toThrow(
      /records\.db\.lock could be locked by two processes at once.*use a volume/,
    );
    expect(() => proveLock(folder)).toThrow(
      /it could not be found out whether the lock file .* keeps a second process out \(.*1\)/,
    );
  });
});

describe('the write-ahead log', () => {
  it('is really on, or the file is not opened', () => {
    const path = join(aFolder(), 'records.db');
    // As on a file system that shares no memory between processes.
    const without = new DatabaseSync(new URL(`${pathToFileURL(path).href}?vfs=unix-dotfile`));
    onTestFinished(() => without.close());
    expect(() => turnOnWal(without, path)).toThrow(
      /must have a write-ahead log, and has the journal "delete"/,
    );
    const local = new DatabaseSync(`${path}-2`);
    onTestFinished(() => local.close());
    expect(() => turnOnWal(local, path)).not.toThrow();
  });
});
