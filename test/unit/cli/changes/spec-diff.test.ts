import { describe, expect, it } from 'vitest';
import { specDiff } from '../../../../cli/changes/spec-diff.ts';

const lines = (before: object | undefined, after: object | undefined): string[] =>
  specDiff(before, after).map(({ sign, text }) => `${sign} ${text}`);

describe('the diff of a spec', () => {
  it('names each field that changes, and nothing that stays', () => {
    expect(lines({ access: 'Disabled', reason: 'why' }, { access: 'Enabled', reason: 'why' })).toEqual([
      '- spec.access: Disabled',
      '+ spec.access: Enabled',
    ]);
    expect(lines({ a: 1 }, { a: 1 })).toEqual([]);
  });

  it('compares lists by their entries', () => {
    const before = { userRefs: [{ name: 'ada' }, { name: 'eve' }], allowedCIDRs: ['203.0.113.0/24'] };
    const after = { userRefs: [{ name: 'ada' }], allowedCIDRs: ['203.0.113.0/24', '2001:db8::/48'] };
    expect(lines(before, after)).toEqual([
      '- spec.userRefs[]: {name: eve}',
      '+ spec.allowedCIDRs[]: 2001:db8::/48',
    ]);
  });

  it('shows a new object as all that it says, and one that goes as all that it said', () => {
    const spec = { reason: 'why', matrixRef: { name: 'ecase-1' } };
    expect(lines(undefined, spec)).toEqual(['+ spec.reason: why', '+ spec.matrixRef.name: ecase-1']);
    expect(lines(spec, undefined)).toEqual(['- spec.reason: why', '- spec.matrixRef.name: ecase-1']);
  });

  it('shows a field that turns from one form into another', () => {
    expect(lines({ a: { b: 1 } }, { a: ['x'] })).toEqual(['+ spec.a[]: x']);
  });
});
