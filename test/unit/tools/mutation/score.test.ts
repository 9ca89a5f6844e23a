import { expect, it } from 'vitest';
import type { Mutant } from '../../../../tools/mutation/mutants.ts';
import { type Fate, report, scoreOf } from '../../../../tools/mutation/score.ts';

const mutant: Mutant = {
  path: 'a.ts',
  line: 3,
  kind: 'operator',
  start: 0,
  end: 5,
  before: 'a < b',
  after: 'a <= b',
  context: '',
};
const fates = (...all: readonly Fate[]) => all.map((fate) => ({ mutant, fate }));

it('counts killed among killed and survived', () => {
  const tried = fates('killed', 'killed', 'killed', 'survived', 'equivalent', 'does not compile', 'not run');
  const left = { equivalent: 1, doesNotCompile: 1, notRun: 1 };
  expect(scoreOf(tried)).toEqual({ killed: 3, survived: 1, ...left, share: 0.75 });
});

it('has no good score where nothing was tried', () => {
  expect(scoreOf([]).share).toBe(0);
  expect(scoreOf(fates('equivalent', 'not run')).share).toBe(0);
});

it('names each survivor below the figures', () => {
  expect(report('room', fates('killed', 'survived', 'equivalent', 'does not compile', 'not run'))).toEqual([
    'room: 50 % (1 of 2 noticed, 1 equivalent, 1 do not compile, 1 not run: out of time)',
    '  a.ts:3  a < b  ->  a <= b',
  ]);
});
