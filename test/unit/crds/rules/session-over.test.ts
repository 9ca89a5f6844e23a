import { describe, expect, it } from 'vitest';
import { decide, endOfSession } from '../../../../crds/rules/access.ts';
import { askOn } from '../../../kit/objects/ask.ts';

describe('the end of a session, asked without its person', () => {
  it('is what the decision says, where that ends a session', () => {
    const ended = askOn('session');
    for (const change of [
      { grant: undefined },
      { policy: undefined },
      { user: undefined },
      { matrix: undefined },
    ]) {
      const ask = { ...ended, ...change };
      const decision = decide(ask);
      expect(endOfSession(ask)?.reason).toBe(decision.allow ? undefined : decision.reason);
    }
    expect(endOfSession(ended)).toBeUndefined();
  });

  it('is not hidden by what refuses a request and lets the session live', () => {
    const elsewhere = { ...askOn('session'), backend: undefined, address: undefined };
    expect(decide(elsewhere)).toMatchObject({ allow: false, reason: 'AddressUnknown' });
    expect(endOfSession(elsewhere)).toBeUndefined();
    expect(endOfSession({ ...elsewhere, matrix: undefined })?.reason).toBe('NoMatrix');
  });
});
