/** The steps of a grant's life and the table of reasons say the same. */
import { expect, it } from 'vitest';
import { grantStates, grantSteps, reasonsOf } from '../../../../crds/rules/grant-life.ts';
import { reasons } from '../../../../crds/rules/reasons.ts';

it('the life of a grant has a step for each record by which a reason closes one, and no other', () => {
  const closing = new Set(Object.values(reasons).map(({ closesAs }) => closesAs));
  const steps = grantSteps.filter(({ from, to }) => from === 'Open' && to !== 'Deleted');
  expect(steps.map(({ record }) => record).toSorted()).toEqual([...closing].toSorted());
  for (const { record } of steps) expect(reasonsOf(record)).not.toEqual([]);
});

it('the life of a grant is one walk, in which each step begins where the one before ended, and reaches each state', () => {
  const walked = grantSteps.map(({ from }) => from).slice(1);
  expect(walked).toEqual(grantSteps.map(({ to }) => to).slice(0, -1));
  expect(new Set(grantSteps.map(({ to }) => to))).toEqual(new Set(Object.keys(grantStates)));
});
