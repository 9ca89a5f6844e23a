import { describe, expect, it } from 'vitest';
import { lockNamesFor, lockOnGrant, lockOnUser } from '../../../../crds/rules/locks.ts';

describe('the locks that could stop an ask', () => {
  it('are four when a person is known', () => {
    expect(lockNamesFor({ namespace: 'ecase', grantUid: 'g-1', userUid: 'u-1' })).toEqual([
      'all',
      'ns.ecase',
      'grant.g-1',
      'user.u-1',
    ]);
  });

  it('are three when nobody has been identified', () => {
    expect(lockNamesFor({ namespace: 'ecase', grantUid: 'g-1' })).toEqual(['all', 'ns.ecase', 'grant.g-1']);
  });

  it('are still the right ones after more targets than are remembered', () => {
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < 5000; at++) {
        expect(lockOnGrant(`uid-${at}`)).toBe(`grant.uid-${at}`);
        expect(lockOnUser(`uid-${at}`)).toBe(`user.uid-${at}`);
      }
    }
  });
});
