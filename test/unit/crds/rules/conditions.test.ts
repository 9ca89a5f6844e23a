import { describe, expect, it } from 'vitest';
import { type Condition, conditionOf, setCondition } from '../../../../crds/rules/conditions.ts';
import { instant } from '../../../kit/objects/ask.ts';

const before = instant('2026-12-01T08:00:00Z');
const now = instant('2026-12-01T12:00:00.789Z');
const active = {
  type: 'Active',
  status: 'True',
  reason: 'Open',
  message: 'open',
  observedGeneration: 1,
} as const;

describe('setting a condition', () => {
  const conditions = setCondition([], active, before);

  it('adds it with the time of now, in whole seconds', () => {
    expect(conditions).toEqual([{ ...active, lastTransitionTime: '2026-12-01T08:00:00Z' }]);
  });

  it('moves the transition time when the status changes', () => {
    const changed = setCondition(conditions, { ...active, status: 'False', reason: 'Expired' }, now);
    expect(conditionOf(changed, 'Active')?.lastTransitionTime).toBe('2026-12-01T12:00:00Z');
  });

  it('does not move the transition time when only reason, message and generation change', () => {
    const changed = setCondition(
      conditions,
      { ...active, reason: 'Enforced', message: 'other', observedGeneration: 2 },
      now,
    );
    expect(conditionOf(changed, 'Active')).toEqual({
      ...active,
      reason: 'Enforced',
      message: 'other',
      observedGeneration: 2,
      lastTransitionTime: '2026-12-01T08:00:00Z',
    });
  });

  it('leaves the other conditions and the order alone', () => {
    const others: Condition[] = [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Enforced',
        message: '',
        lastTransitionTime: '2026-11-01T00:00:00Z',
      },
      ...conditions,
      {
        type: 'Foreign',
        status: 'Unknown',
        reason: 'Else',
        message: '',
        lastTransitionTime: '2026-11-01T00:00:00Z',
      },
    ];
    const changed = setCondition(others, { ...active, status: 'False', reason: 'Locked' }, now);
    expect(changed.map(({ type }) => type)).toEqual(['Ready', 'Active', 'Foreign']);
    expect([changed[0], changed[2]]).toEqual([others[0], others[2]]);
  });

  it('gives an equal list when nothing changed, so that nothing need be written', () => {
    expect(setCondition(conditions, active, now)).toEqual(conditions);
  });

  it('does not alter the list that it was given', () => {
    const frozen = Object.freeze(conditions.map((condition) => Object.freeze({ ...condition })));
    expect(() => setCondition(frozen, { ...active, status: 'False', reason: 'Locked' }, now)).not.toThrow();
  });
});
