/** A log of a whole grant, as the product writes it: consent, sign-in, acts, refusals, a lock and the end. */
import { type EventType, writersOf } from '../../../crds/audit/events.ts';
import type { NewRecord } from '../../../crds/audit/record.ts';
import {
  aLog,
  aRecord,
  asIntent,
  asOutcomeOf,
  type Log,
  type RecordChange,
  withFields,
} from '../objects/record.ts';

const grant = { namespace: 'ecase', name: 'case-4711', uid: 'uid-of-case-4711', generation: 1 };
const operator = { kind: 'system', name: 'support-access-operator' } as const;
const matrix = 'casepoint-ecase-1';
const target = {
  area: 'application',
  module: 'Jobs',
  action: 'Run',
  method: 'POST',
  host: 'ecase.localhost',
  route: '/jobs/{id}/run',
  parameters: { id: '4711' },
} as const;

/** `at` in seconds after eight o'clock. */
function ofType(type: EventType, at: number, ...changes: readonly RecordChange[]): NewRecord {
  const time = new Date(Date.parse('2026-12-01T08:00:00.000Z') + at * 1000).toISOString();
  const isPeoples = type.startsWith('app.') || type.startsWith('signin.') || type.startsWith('session.');
  const { decision: _decision, source, actor, ...bare } = aRecord();
  const base: NewRecord = isPeoples
    ? { ...bare, actor, ...(source ? { source } : {}) }
    : { ...bare, actor: operator };
  return changes.reduce((record, change) => change(record), { ...base, type, time });
}

const about = withFields({ grant });
const byGrace = withFields({ requester: { certainty: 'proved', username: 'grace' } });

/** Its records, in their order. */
export function toldGrant(): readonly NewRecord[] {
  const intent = asIntent(ofType('app.request', 40, about, withFields({ target, session: 'handle-1' })));
  const lost = asIntent(ofType('app.request', 50, about, withFields({ target, session: 'handle-1' })));
  const outcome = asOutcomeOf(intent)(
    ofType('app.request', 41, about, withFields({ target, session: 'handle-1' })),
  );
  const lock = { area: 'configuration', kind: 'SupportAccessLock', name: 'incident-9' } as const;
  return [
    ofType('policy.enabled', 0),
    ofType('grant.created', 10, about, byGrace),
    ofType(
      'grant.pinned',
      10,
      about,
      withFields({ change: { paths: ['/status/pins'], summary: `consent 1: ada; matrix ${matrix}` } }),
    ),
    ofType(
      'grant.activated',
      11,
      about,
      withFields({
        decision: { effect: 'allow', reason: 'Open', matrix },
        message: 'open until 2026-12-01T18:00:00.000Z',
      }),
    ),
    ofType(
      'signin.ip_rejected',
      20,
      about,
      withFields({
        actor: { kind: 'anonymous', name: 'unknown' },
        source: { ip: '198.51.100.9' },
        decision: { effect: 'deny', reason: 'AddressNotAllowed' },
      }),
    ),
    ofType('signin.succeeded', 30, about),
    ofType('session.authorized', 30, about, withFields({ session: 'handle-1' })),
    withFields({ decision: { effect: 'allow', matrix } })(intent),
    withFields({ outcome: { status: 200, upstream: 'answered', masked: { EmailAddress: 2 } } })(outcome),
    ofType(
      'app.request',
      45,
      about,
      withFields({
        target: { ...target, action: 'Delete', method: 'DELETE' },
        decision: { effect: 'deny', reason: 'ActionNotPermitted', matrix },
        message: '<script>alert("x")</script>',
      }),
    ),
    withFields({ decision: { effect: 'allow', matrix } })(lost),
    ofType('lock.created', 60, byGrace, withFields({ target: lock })),
    ofType(
      'grant.suspended',
      60,
      about,
      withFields({ decision: { effect: 'deny', reason: 'Locked', matrix } }),
    ),
    ofType(
      'session.ended',
      61,
      about,
      withFields({ session: 'handle-1', decision: { effect: 'deny', reason: 'Locked' } }),
    ),
    ofType('lock.lifted', 900, byGrace, withFields({ target: lock })),
  ];
}

/** The log with these records, each by the writer that may write it. */
export function logOf(records: readonly NewRecord[]): Log {
  return aLog(records, ({ type }) => writersOf(type)[0] ?? 'gateway');
}
