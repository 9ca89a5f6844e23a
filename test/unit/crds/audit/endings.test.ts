/** Which records the space takes that is kept for ends, and which only while more than half of it is left. */
import { describe, expect, it } from 'vitest';
import { mayUseReserve } from '../../../../crds/audit/endings.ts';
import { type EventType, events } from '../../../../crds/audit/events.ts';

const types = Object.keys(events) as readonly EventType[];
const taken = (isHalfLeft: boolean): readonly EventType[] =>
  types.filter((type) => mayUseReserve({ type, phase: 'point' }, isHalfLeft));

describe('the space that is kept on a full volume', () => {
  it('takes what readers cause only while more than half is left', () => {
    const last = taken(false);
    expect(taken(true).filter((type) => !last.includes(type))).toEqual(['audit.read', 'audit.exported']);
  });

  it('takes an end, an outcome and what the records say of themselves to the last', () => {
    expect(taken(false)).toEqual(expect.arrayContaining(['session.ended', 'grant.revoked', 'audit.halted']));
    expect(mayUseReserve({ type: 'app.request', phase: 'outcome' }, false)).toBe(true);
  });

  it('takes nothing by which something opens', () => {
    expect(mayUseReserve({ type: 'app.request', phase: 'intent' }, true)).toBe(false);
    expect(taken(true)).not.toContain('grant.activated');
  });
});
