import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killedStore } from '../../../../../kit/records/killed-store.ts';
import { aFolder } from '../../../../../kit/records/store-file.ts';

it('of 1,000 processes that are killed with -9 at any point of an append, none loses a record that was acknowledged', async () => {
  const kills = 250;
  // Two at a time, on files of their own: each kill finds the file as the one before left it.
  const found = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const two = Array.from({ length: 2 }, () => killedStore(join(aFolder(), 'records.db'), kills));
    found.push(...(await Promise.all(two)));
  }
  expect(found.map((one) => one.kills).reduce((sum, one) => sum + one)).toBe(1000);
  for (const { acknowledged, lost, verification } of found) {
    expect(acknowledged).toBeGreaterThanOrEqual(kills);
    expect(lost).toEqual([]);
    expect(verification).toMatchObject({ state: 'good', openIntents: 0 });
  }
}, 1_800_000);
