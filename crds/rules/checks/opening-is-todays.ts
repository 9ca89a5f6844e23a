/**
 * Does the session belong to the present opening? What was taken back stays taken back for everyone who was in: they
 * sign in again. Random ids are compared, never clocks.
 */
import { type Ask, type Check, type CheckResult, type EntryPoint, type Objection } from '../ask.ts';
import { changesOfPerson, changesSince, type Opening } from '../opening.ts';
import { lengthObjection } from '../time/schedule.ts';
import { parseTime } from '../time/time.ts';

export const openingIsTodays = {
  name: 'openingIsTodays',
  entryPoints: ['sign-in', 'session', 'application', 'kube-api', 'kubernetes'],
  check,
} as const satisfies Check;

/** Where a session is asked about, and not what a grant is as a whole. */
const withSession: readonly EntryPoint[] = ['session', 'application', 'kube-api'];

function check(ask: Ask): CheckResult {
  const opening = ask.grant?.status?.opening;
  const isSignedIn = withSession.includes(ask.entryPoint);
  if (opening === undefined) return isSignedIn ? anotherOpening : notYet;
  const objection = isSignedIn ? ended(opening, ask) : notOpened(opening, ask);
  return objection ?? unseenObjection(opening, ask) ?? endOf(opening);
}

const anotherOpening: Objection = {
  reason: 'OpeningEnded',
  detail: 'The session belongs to an earlier opening of the grant.',
};

const notYet: Objection = {
  reason: 'NotOpened',
  detail: 'The operator has not opened the grant as it is now yet.',
};

/** The session's ids must be those of today's opening; a session without ids has none that could be. */
function ended(opening: Opening, { session, user }: Ask): Objection | undefined {
  const known = session?.object?.spec.opening;
  if (known === undefined || known.id !== opening.id) return anotherOpening;
  if (partOf(opening, user)?.id === known.personId) return undefined;
  return {
    reason: 'OpeningEnded',
    detail: 'The session is from before the person was taken out and let in again.',
  };
}

function notOpened(opening: Opening, { user }: Ask): Objection | undefined {
  if (partOf(opening, user) !== undefined) return undefined;
  return { reason: 'NotOpened', detail: 'The operator has not opened the grant to this person yet.' };
}

function partOf({ people }: Opening, user: Ask['user']): Opening['people'][number] | undefined {
  return people.find(({ uid }) => uid === user?.metadata.uid);
}

function endOf({ expirationTime }: Opening): number {
  return parseTime(expirationTime) ?? Number.NaN;
}

/**
 * Of two changes, of one object or of two, the first may have closed and the second opened again before the operator
 * looked. The session stays: the operator, who saw each change, says in a moment which it was.
 */
function unseenObjection(opening: Opening, ask: Ask): Objection | undefined {
  const { grant, policy, application, user, now } = ask;
  if (grant === undefined) return { reason: 'NoGrant' };
  if (!(now < endOf(opening))) return unseen('The end of the grant was moved');
  const changes = changesSince(opening, { grant, policy, application });
  if (changes > 1) return unseen('The grant, the policy or the application was changed more than once');
  const own = user === undefined ? 0 : changesOfPerson(opening, user);
  if (changes + own > 1) return unseen('What admits the person was changed more than once');

  const bounds = policy?.spec.duration;
  if (lengthObjection(opening, bounds, grant.metadata.creationTimestamp)?.kind !== 'TooLong')
    return undefined;
  return unseen('The longest duration was lowered');
}

function unseen(what: string): Objection {
  return {
    reason: 'ChangesUnseen',
    detail: `${what} since the operator looked last, so requests are refused until it has looked again. If that lasts, see that its pods run.`,
  };
}
