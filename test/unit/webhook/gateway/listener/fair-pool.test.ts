import { describe, expect, it } from 'vitest';
import { createFairPool } from '../../../../../webhook/gateway/listener/fair-pool.ts';

function aPool(ofOne: number, ofAll: number) {
  const pool = createFairPool({ ofOne, ofAll });
  const dropped: string[] = [];
  const add = (client: string, name: string) => pool.add(client, () => dropped.push(name));
  return { pool, dropped, add };
}

describe('a pool', () => {
  it('drops the oldest of the client that has too many', () => {
    const { pool, dropped, add } = aPool(2, 100);
    for (const name of ['a1', 'a2', 'a3']) add('a', name);
    add('b', 'b1');
    expect([dropped, pool.size]).toEqual([['a1'], 3]);
  });

  it('drops of the client that has most where all together are too many', () => {
    const { pool, dropped, add } = aPool(10, 5);
    for (const name of ['a1', 'a2', 'a3', 'a4']) add('a', name);
    for (const name of ['b1', 'c1', 'd1']) add(name.charAt(0), name);
    expect([dropped, pool.size]).toEqual([['a1', 'a2'], 5]);
  });

  it('has room again when something leaves, once', () => {
    const { pool, dropped, add } = aPool(2, 100);
    const leave = add('a', 'a1');
    add('a', 'a2');
    leave();
    leave();
    add('a', 'a3');
    expect([dropped, pool.size]).toEqual([[], 2]);
    add('a', 'a4');
    leave();
    expect([dropped, pool.size]).toEqual([['a2'], 2]);
  });
});
