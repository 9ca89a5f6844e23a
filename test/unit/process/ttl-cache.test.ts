import { expect, it } from 'vitest';
import { createTtlCache } from '../../../process/ttl-cache.ts';

function aRead(...answers: readonly (string | Error)[]) {
  const clock = { now: 0 };
  let reads = 0;
  const read = (): Promise<string> => {
    const answer = answers[reads] ?? 'more';
    reads += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const cache = createTtlCache<string>({ keepForMs: 5000, clock: () => clock.now });
  return { clock, get: () => cache.get('one', read), reads: () => reads };
}

it('what is asked for all the time is read once in five seconds', async () => {
  const { clock, get, reads } = aRead('one', 'two');
  expect(await Promise.all([get(), get()])).toEqual(['one', 'one']);
  clock.now = 4999;
  expect(await get()).toBe('one');
  clock.now = 5000;
  expect(await get()).toBe('two');
  expect(reads()).toBe(2);
});

it('what could not be read is read anew', async () => {
  const { get } = aRead(new Error('away'), 'back');
  await expect(get()).rejects.toThrow('away');
  expect(await get()).toBe('back');
});

it('the answer used longest ago goes when there are too many', async () => {
  const cache = createTtlCache<string>({ keepForMs: 1000, clock: () => 0, maxEntries: 2 });
  const say = (text: string) => () => Promise.resolve(text);
  await cache.get('a', say('a'));
  await cache.get('b', say('b'));
  await cache.get('a', say('again'));
  await cache.get('c', say('c'));
  expect(await cache.kept('a')).toBe('a');
  expect(cache.kept('b')).toBeUndefined();
});

it('an answer that was got elsewhere is kept until its time, and not at it', async () => {
  const clock = { now: 0 };
  const cache = createTtlCache<string>({ keepForMs: 1000, clock: () => clock.now });
  cache.keep('a', 'given', 10);
  clock.now = 9;
  expect(await cache.kept('a')).toBe('given');
  clock.now = 10;
  expect(cache.kept('a')).toBeUndefined();
});
