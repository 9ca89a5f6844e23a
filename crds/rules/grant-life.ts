/**
 * The life of a grant, as people see it: which states there are, which record tells each step, and by which reasons. The reasons
 * are those of the table of reasons; `docs/life-of-a-grant.md` is made from this list, and a test walks over each step.
 */
import type { EventType } from '../audit/events.ts';
import { type Reason, reasons } from './reasons.ts';

export type GrantState = 'Prepared' | 'Open' | 'Revoked' | 'Suspended' | 'Closed' | 'Expired' | 'Deleted';

/** What each state means, in a sentence. */
export const grantStates: Readonly<Record<GrantState, string>> = {
  Prepared:
    'It is there and was never open: disabled, not started yet, or something that it needs is missing.',
  Open: 'The people whom it names may sign in.',
  Revoked: 'The customer took it back.',
  Suspended: 'Something above the grant stops it; with that gone it opens again by itself.',
  Closed: 'Something that was consented to is missing or has changed.',
  Expired: 'Its time has passed.',
  Deleted: 'The object is gone; the records keep what was done by it.',
};

export interface GrantStep {
  readonly from: GrantState | 'new';
  readonly to: GrantState;
  readonly record: EventType;
  /** What people do, or what happens. */
  readonly by: string;
}

/** THE list of steps. */
export const grantSteps = [
  { from: 'new', to: 'Prepared', record: 'grant.created', by: 'an administrator or editor creates it' },
  {
    from: 'Prepared',
    to: 'Open',
    record: 'grant.activated',
    by: 'it is enabled, has started, and all that it needs is there',
  },
  { from: 'Open', to: 'Revoked', record: 'grant.revoked', by: 'it is disabled' },
  { from: 'Revoked', to: 'Open', record: 'grant.activated', by: 'it is enabled again' },
  { from: 'Open', to: 'Suspended', record: 'grant.suspended', by: 'the switch, or a lock' },
  {
    from: 'Suspended',
    to: 'Open',
    record: 'grant.activated',
    by: 'the switch is on again, the lock is lifted',
  },
  { from: 'Open', to: 'Closed', record: 'grant.closed', by: 'any other reason' },
  {
    from: 'Closed',
    to: 'Open',
    record: 'grant.activated',
    by: 'the cause is gone, and consent is given again where something else has the name',
  },
  { from: 'Open', to: 'Expired', record: 'grant.expired', by: 'its end has come' },
  { from: 'Expired', to: 'Open', record: 'grant.activated', by: 'it is extended' },
  { from: 'Open', to: 'Deleted', record: 'grant.deleted', by: 'it is deleted, from any state' },
] as const satisfies readonly GrantStep[];

/** A step in a word, `Open to Expired`: the key of what walks over it. */
export type StepName = (typeof grantSteps)[number] extends infer Step
  ? Step extends GrantStep
    ? `${Step['from']} to ${Step['to']}`
    : never
  : never;

/** By which reasons a grant closes with this record; what closes without one of its own does so as `grant.closed`. */
export function reasonsOf(record: EventType): Reason[] {
  const names = Object.keys(reasons) as Reason[];
  return names.filter((reason) => reasons[reason].closesAs === record);
}
