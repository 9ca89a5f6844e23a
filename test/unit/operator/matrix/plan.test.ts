/** What is reported about a matrix: whether its ClusterRole is in place. */
import { expect, it } from 'vitest';
import { planMatrix } from '../../../../operator/matrix/plan.ts';
import { noon, readingPods } from '../../../kit/objects/grant-world.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import { withMetadata } from '../../../kit/objects/object.ts';

const role = 'ClusterRole support-access-matrix-ecase-1';

const remedy = 'apply the output of `kubectl support-access matrix compile`';

const enforced = { status: 'True', reason: 'Enforced' };
const missing = { status: 'False', reason: 'ClusterRoleMissing' };

it.each([
  ['NotNeeded', aMatrix(), enforced],
  ['Exact', aMatrix(readingPods), enforced],
  ['Missing', aMatrix(readingPods), { ...missing, message: `${role} does not exist; ${remedy}` }],
  [
    'Different',
    aMatrix(readingPods),
    { ...missing, message: `${role} does not hold exactly the rules of the matrix; ${remedy}` },
  ],
] as const)('a matrix whose ClusterRole is %s', (clusterRole, matrix, expected) => {
  const { conditions } = planMatrix({ matrix, clusterRole }, noon);
  const lastTransitionTime = '2026-12-01T12:00:00Z';
  const common = { type: 'Ready', observedGeneration: 1, lastTransitionTime };
  expect(conditions).toEqual([expect.objectContaining({ ...common, ...expected })]);
});

it('keeps the time of a condition that did not change, and moves it when it did', () => {
  const before = planMatrix({ matrix: aMatrix(readingPods), clusterRole: 'Exact' }, noon);
  const matrix = { ...aMatrix(readingPods, withMetadata({ generation: 2 })), status: before };
  const same = planMatrix({ matrix, clusterRole: 'Exact' }, noon + 60_000);
  expect(same.conditions[0]?.lastTransitionTime).toBe('2026-12-01T12:00:00Z');
  expect(same.observedGeneration).toBe(2);
  const broken = planMatrix({ matrix, clusterRole: 'Missing' }, noon + 60_000);
  expect(broken.conditions[0]?.lastTransitionTime).toBe('2026-12-01T12:01:00Z');
});
