/** What is recorded and reported about a matrix: that it was made or is gone, and whether its ClusterRole is in place. */
import { expect, it } from 'vitest';
import { type MatrixWorld, planMatrix } from '../../../../operator/matrix/plan.ts';
import { noon, readingPods } from '../../../kit/objects/grant-world.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import { withMetadata } from '../../../kit/objects/object.ts';

const role = 'ClusterRole support-access-matrix-ecase-1';

const remedy = 'apply the output of `kubectl support-access matrix compile`';

const enforced = { status: 'True', reason: 'Enforced' };
const missing = { status: 'False', reason: 'ClusterRoleMissing' };

const statusOf = (world: Omit<MatrixWorld, 'gone'>, now = noon) =>
  planMatrix({ ...world, gone: false }, now).status;

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
  const { conditions } = statusOf({ object: matrix, clusterRole });
  const lastTransitionTime = '2026-12-01T12:00:00Z';
  const common = { type: 'Ready', observedGeneration: 1, lastTransitionTime };
  expect(conditions).toEqual([expect.objectContaining({ ...common, ...expected })]);
});

it('keeps the time of a condition that did not change, and moves it when it did', () => {
  const before = statusOf({ object: aMatrix(readingPods), clusterRole: 'Exact' });
  const object = { ...aMatrix(readingPods, withMetadata({ generation: 2 })), status: before };
  const same = statusOf({ object, clusterRole: 'Exact' }, noon + 60_000);
  expect(same.conditions[0]?.lastTransitionTime).toBe('2026-12-01T12:00:00Z');
  expect(same.observedGeneration).toBe(2);
  const broken = statusOf({ object, clusterRole: 'Missing' }, noon + 60_000);
  expect(broken.conditions[0]?.lastTransitionTime).toBe('2026-12-01T12:01:00Z');
});

it.each([
  ['is there, and was not reported', false, undefined, ['matrix.created']],
  ['was reported', false, 1, []],
  ['is gone, so that a backup that brings it back is known for one', true, 1, ['matrix.deleted']],
])('a matrix that %s is recorded once, and cited', (_, gone, observedGeneration, types) => {
  const status = observedGeneration === undefined ? undefined : { observedGeneration, conditions: [] };
  const object = { ...aMatrix(), ...(status && { status }) };
  const { drafts, mustBeDurable } = planMatrix({ object, gone, clusterRole: 'NotNeeded' }, noon).record;
  expect(drafts.map(({ type }) => type)).toEqual(types);
  const cited = { kind: 'SupportPermissionMatrix', uid: object.metadata.uid, ...(gone && { gone }) };
  for (const { cites } of drafts) expect(cites).toMatchObject([cited]);
  expect(mustBeDurable).toBe(true);
});
