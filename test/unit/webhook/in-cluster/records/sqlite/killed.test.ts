import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killedStore } from '../../../../../kit/records/killed-store.ts';
import { aFolder } from '../../../../../kit/records/store-file.ts';

it('a store that is killed with -9 at any point of an append has every record that was acknowledged, and verifies', async () => {
  const kills = 24;
  const { acknowledged, lost, verification } = await killedStore(join(aFolder(), 'records.db'), kills);
  expect(acknowledged).toBeGreaterThanOrEqual(kills);
  expect(lost).toEqual([]);
  expect(verification).toMatchObject({ state: 'good', openIntents: 0 });
}, 120_000);
