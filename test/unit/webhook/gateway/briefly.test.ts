import { expect, it } from 'vitest';
import { briefly } from '../../../../webhook/gateway/briefly.ts';

function aRead(...answers: readonly (string | Error)[]) {
  const clock = { now: 0 };
  let reads = 0;
  const read = (): Promise<string> => {
    const answer = answers[reads] ?? 'more';
    reads += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { clock, get: briefly(read, { keepForMs: 5000, clock: () => clock.now }), reads: () => reads };
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
