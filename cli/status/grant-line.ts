/**
 * A grant in one line of the installation's screen. It is open where the operator says so and the rules, over what was listed,
 * have nothing against it: the operator may be behind, or gone. Pure.
 */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { lockNamesFor, lockOnUser } from '../../crds/rules/locks.ts';
import { activeNow } from '../access/open-now.ts';
import { grantStanding } from './reasons-closed.ts';
import type { AsRead } from './seen.ts';
import type { SeenWorld } from './world.ts';

export interface GrantLine {
  readonly namespace: string;
  readonly name: string;
  readonly open: boolean;
  readonly reason: string;
  readonly until: string;
  readonly people: readonly string[];
  readonly application: string | undefined;
}

/** What is listed for all grants at once; the applications are those of the same namespaces. */
export interface ListedWorld {
  readonly policy: AsRead<SupportAccessPolicy>;
  readonly locks: AsRead<readonly SupportAccessLock[]>;
  readonly users: AsRead<readonly SupportUser[]>;
  readonly applications: AsRead<readonly SupportApplication[]>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The lines of these grants: those that are open first, and of each the ones that end first. */
export function grantLines(grants: readonly SupportAccessGrant[], world: ListedWorld): GrantLine[] {
  return grants.map((grant) => lineOf(grant, world)).toSorted(openFirst);
}

function lineOf(grant: SupportAccessGrant, listed: ListedWorld): GrantLine {
  const { metadata, spec, status } = grant;
  const reported = activeNow(status);
  const { closings, people } = grantStanding(worldOf(grant, listed), listed.now);
  const isKeptOut = people.every((person) => person.closings.length > 0);
  const [first] = [...closings, ...(isKeptOut ? people.flatMap((person) => person.closings) : [])];
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    open: reported.isOpen && first === undefined,
    reason: first?.reason ?? reported.reason,
    until: spec.expirationTime,
    people: spec.userRefs.map(({ name }) => name),
    application: spec.applicationRef?.name,
  };
}

const unlisted = { lacks: 'it is read where one grant is asked about' };

/** The world of one grant, as far as lists tell of it. */
function worldOf(grant: SupportAccessGrant, listed: ListedWorld): SeenWorld {
  const { namespace = '', uid: grantUid } = grant.metadata;
  const { userRefs, applicationRef } = grant.spec;
  const people = userRefs.map(({ name }) => ({
    name,
    user: oneOf(listed.users, ({ metadata }) => metadata.name === name),
  }));
  const uids = people.flatMap(({ user }) => user.object?.metadata.uid ?? []);
  const names = [...lockNamesFor({ namespace, grantUid }), ...uids.map(lockOnUser)];
  return {
    grant,
    policy: listed.policy,
    matrix: unlisted,
    application:
      applicationRef &&
      oneOf(
        listed.applications,
        ({ metadata }) => metadata.namespace === namespace && metadata.name === applicationRef.name,
      ),
    applications: listed.applications,
    backend: { reading: unlisted, strays: unlisted },
    people,
    locks: new Map(
      names.map((name) => [name, oneOf(listed.locks, ({ metadata }) => metadata.name === name)]),
    ),
    installation: unlisted,
  };
}

function oneOf<T>({ object, lacks }: AsRead<readonly T[]>, isIt: (one: T) => boolean): AsRead<T> {
  if (lacks !== undefined) return { lacks };
  const found = object?.find(isIt);
  return found === undefined ? {} : { object: found };
}

function openFirst(one: GrantLine, other: GrantLine): number {
  if (one.open !== other.open) return one.open ? -1 : 1;
  return one.until < other.until ? -1 : 1;
}
