import { statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createVolumeWatch } from '../../../../../webhook/in-cluster/records/volume.ts';
import { aSmallDisk } from '../../../../kit/records/store-file.ts';

/** A volume of 1,000 blocks of which so many are used, and none is kept back for the system. */
const used = (blocks: number) => ({
  bsize: 4096,
  blocks: 1000,
  bfree: 1000 - blocks,
  bavail: 1000 - blocks,
});

describe('the volume of the records', () => {
  it('is told to fill from 70 % on and to be almost full from 85 % on, and no more only five points below', () => {
    const figures = [0, 699, 700, 651, 650, 649, 690, 701, 849, 850, 801, 849, 799, 699, 651, 649, 1000, 0];
    let blocks = 0;
    const volume = createVolumeWatch(() => used(blocks));
    const levels = figures.map((figure) => {
      blocks = figure;
      return volume.look()?.level;
    });
    const [fine, filling, almost] = ['fine', 'filling', 'almost-full'];
    const untilFilling = [fine, fine, filling, filling, filling, fine, fine, filling, filling];
    const untilAlmost = [almost, almost, almost, filling, filling, filling, fine, almost, fine];
    expect(levels).toEqual([...untilFilling, ...untilAlmost]);
  });

  it('is told in figures that stay until they differ by a point, or the volume was grown', () => {
    let now = used(720);
    const volume = createVolumeWatch(() => now);
    const told = volume.look();
    expect(told).toEqual({ bytes: 4_096_000, freeBytes: 280 * 4096, usedPercent: 72, level: 'filling' });
    now = used(729);
    expect(volume.look()).toBe(told);
    now = used(731);
    expect(volume.look()).toMatchObject({ usedPercent: 73.1 });
    now = { ...used(731), blocks: 4000, bfree: 3269, bavail: 3269 };
    expect(volume.look()).toMatchObject({ bytes: 16_384_000, level: 'fine' });
  });

  it('counts what only the system may take as neither free nor ours, as df does', () => {
    const volume = createVolumeWatch(() => ({ ...used(600), bavail: 200 }));
    expect(volume.look()).toMatchObject({ usedPercent: 75, level: 'filling', freeBytes: 200 * 4096 });
  });

  it('is not told where the file system does not say, as of one that vanished', () => {
    const volume = createVolumeWatch(() => {
      throw new Error('EIO');
    });
    expect(volume.look()).toBeUndefined();
  });

  it('is what the system says of a real one that is filled and cleared', (test) => {
    const folder = aSmallDisk(1024);
    if (folder === undefined) return test.skip();
    const volume = createVolumeWatch(() => statfsSync(folder));
    expect(volume.look()).toMatchObject({ bytes: 1024 * 1024, level: 'fine' });
    const ballast = join(folder, 'ballast');
    const levels = [740, 900].map((kilobytes) => {
      writeFileSync(ballast, Buffer.alloc(kilobytes * 1024));
      return volume.look()?.level;
    });
    truncateSync(ballast);
    expect([...levels, volume.look()?.level]).toEqual(['filling', 'almost-full', 'fine']);
    return undefined;
  });
});
