import { describe, expect, it } from 'vitest';
import type { EventDraft } from '../../../../kube/events/event-object.ts';
import type { CacheChange } from '../../../../kube/watch/object-store.ts';
import { publishConditionEvents } from '../../../../operator/observers/condition-events.ts';
import { disabled, from, until } from '../../../kit/objects/grant.ts';
import { after } from '../../../kit/objects/grant-life.ts';
import { aWorld, locked, noon, withGrant } from '../../../kit/objects/grant-world.ts';

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
        note: expect.stringMatching(/^SupportAccessLock all exists;/),
      },
    ]);
  });

  it.each([
    ['Disabled', disabled()],
    ['Expired', until('2026-12-01T12:00:01Z')],
    ['NotStarted', from('2026-12-02T08:00:00Z')],
  ] as const)('warn of nothing when it closes as the customer planned: %s', (reason, changed) => {
    const closed = after(withGrant(changed)(open), noon + 5000);
    expect(said(change('updated', closed.grant, open.grant))).toMatchObject([{ type: 'Normal', reason }]);
  });

  it('say nothing when nothing changed, and nothing of what was there at the start', () => {
    expect(said(change('updated', open.grant, open.grant))).toEqual([]);
    expect(said(change('added', open.grant))).toEqual([]);
    expect(said(change('deleted', open.grant))).toEqual([]);
  });
});

describe('the conditions whose changes become events', () => {
  const types = [
    'Active',
    'Ready',
    'CertificatesReady',
    'HostReady',
    'ClockOff',
    'RecordsFilling',
    'RecordsUnavailable',
    'SSOReady',
    'Restricted',
    'Stalled',
    'Recorded',
  ];
  const holding = (type: string, status: 'True' | 'False' | 'Unknown') => {
    const condition = {
      type,
      status,
      reason: status,
      message: 'why',
      lastTransitionTime: '2026-12-01T12:00:00Z',
    };
    return { ...fresh.grant, status: { conditions: [condition] } };
  };
  const actionsOf = (status: 'True' | 'False' | 'Unknown', before: 'True' | 'False') =>
    types.flatMap((type) => {
      const events = said(change('updated', holding(type, status), holding(type, before)));
      return events.map(({ type: kind, action }) => `${type}: ${kind} ${action}`);
    });

  it('warn of what still holds where a certificate ends soon', () => {
    const ending = holding('CertificatesReady', 'True');
    const [condition] = ending.status.conditions;
    const object = { ...ending, status: { conditions: [{ ...condition, reason: 'CertificateEnding' }] } };
    expect(said(change('updated', object, ending))).toMatchObject([
      { type: 'Warning', reason: 'CertificateEnding', note: 'why' },
    ]);
  });

  it('are exactly these, by the action that each is called', () => {
    expect(actionsOf('True', 'False')).toEqual([
      'Active: Normal Open',
      'Ready: Normal Enforce',
      'CertificatesReady: Normal Serve',
      'HostReady: Normal Serve',
      'ClockOff: Warning Enforce',
      'RecordsFilling: Warning Record',
      'RecordsUnavailable: Warning Record',
    ]);
    const bad = [
      'Active: Warning Close',
      'Ready: Warning Enforce',
      'CertificatesReady: Warning Serve',
      'HostReady: Warning Serve',
    ];
    expect(actionsOf('False', 'True')).toEqual([
      ...bad,
      'ClockOff: Normal Enforce',
      'RecordsFilling: Normal Record',
      'RecordsUnavailable: Normal Record',
    ]);
    expect(actionsOf('Unknown', 'True')).toEqual([
      ...bad,
      'ClockOff: Warning Enforce',
      'RecordsFilling: Warning Record',
      'RecordsUnavailable: Warning Record',
    ]);
  });
});
