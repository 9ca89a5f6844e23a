import { describe, expect, it } from 'vitest';
import type { EventDraft } from '../../../../kube/events/event-object.ts';
import type { CacheChange } from '../../../../kube/watch/object-store.ts';
import { publishConditionEvents } from '../../../../operator/observers/condition-events.ts';
import { after } from '../../../kit/objects/grant-life.ts';
import { aWorld, locked, noon } from '../../../kit/objects/grant-world.ts';

/** What is said when the object changes so. */
function said(change: CacheChange<never>): EventDraft[] {
  const events: EventDraft[] = [];
  let tell: (change: CacheChange<never>) => void = () => undefined;
  const followed = {
    onChange: (listener: typeof tell) => {
      tell = listener;
      return () => undefined;
    },
  };
  publishConditionEvents(followed, { record: (event) => events.push(event) });
  tell(change);
  return events;
}

const fresh = aWorld();
const open = after(fresh, noon);
const shut = after(locked('all')(open), noon + 5000);
const change = (type: string, object: unknown, old?: unknown) =>
  ({ type, object, old }) as CacheChange<never>;

describe('the events of a grant', () => {
  it('say that it was opened, with the reason of the condition', () => {
    expect(said(change('updated', open.grant, fresh.grant))).toMatchObject([
      { type: 'Normal', reason: 'Open', action: 'Open' },
    ]);
  });

  it('say that it was closed and why', () => {
    expect(said(change('updated', shut.grant, open.grant))).toMatchObject([
      {
        type: 'Warning',
        reason: 'Locked',
        action: 'Close',
        note: expect.stringMatching(/^SupportAccessLock all is in force;/),
      },
    ]);
  });

  it('say nothing when nothing changed, and nothing of what was there at the start', () => {
    expect(said(change('updated', open.grant, open.grant))).toEqual([]);
    expect(said(change('added', open.grant))).toEqual([]);
    expect(said(change('deleted', open.grant))).toEqual([]);
  });
});
