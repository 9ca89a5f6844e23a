import { describe, expect, it } from 'vitest';
import { nearestName } from '../../../crds/nearest.ts';

describe('the nearest name', () => {
  it.each([
    ['case-4771', 'case-4711'],
    ['case4711', 'case-4711'],
    ['acse-4711', 'case-4711'],
    ['case-471', 'case-4711'],
    ['CASE-4711', 'case-4711'],
    ['Case-4771', 'case-4711'],
  ])('of %s is %s', (typed, name) => {
    expect(nearestName(typed, ['case-4711', 'other', 'ada'])).toBe(name);
  });

  it('is none where nothing is near, and none of two that are equally near', () => {
    expect(nearestName('zebra', ['case-4711', 'ada'])).toBeUndefined();
    expect(nearestName('case-4710', ['case-4711', 'case-4712'])).toBeUndefined();
    expect(nearestName('a', [])).toBeUndefined();
  });
});
