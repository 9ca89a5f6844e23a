/** The reports as programs get them: instants as text, and in place of what was not read the right that is missing. Pure. */
import { writtenTime } from '../times/show.ts';
import type { GrantReport, OrLacking } from './grant-report.ts';
import type { InstallationReport } from './installation-report.ts';
import type { LiveSession } from './live-sessions.ts';
import type { AsRead } from './seen.ts';

/** `status <grant> -o json`. */
export function grantData(report: GrantReport): object {
  const {
    addresses,
    application,
    matrix,
    sessions,
    listRequired,
    people,
    locks,
    locksLack,
    policyLacks: _,
    ...rest
  } = report;
  const { lacks } = rest;
  const noList = listRequired ? [] : 'any';
  return {
    kind: 'GrantStatus',
    ...rest,
    people: people.map(({ mayComeIn, ...person }) => ({
      ...person,
      mayComeIn: mayComeIn ?? notRead((person.lacks.length > 0 ? person.lacks : lacks).join('; ')),
    })),
    // Part of a list would be taken for all of it.
    locks: locksLack === undefined ? locks : { read: locks, ...notRead(locksLack) },
    addresses: 'is' in addresses && addresses.is === undefined ? noList : plain(addresses),
    ...(application === undefined ? {} : { application: named(application) }),
    matrix: named(matrix),
    sessions: 'is' in sessions ? sessions.is.map(sessionData) : plain(sessions),
  };
}

/** `status -o json`. */
export function installationData(report: InstallationReport): object {
  const { namespace, policy, locks, lines, users, sessions, ailments, grants, lacks } = report;
  return {
    kind: 'InstallationStatus',
    ...(namespace === undefined ? {} : { namespace }),
    policy: 'lacks' in policy ? notRead(policy.lacks) : policy,
    locks: read(locks),
    users: read(users),
    grants: grants.lacks === undefined ? lines : notRead(grants.lacks),
    sessions: sessions.object === undefined ? read(sessions) : sessions.object.map(sessionData),
    ailments,
    lacks,
  };
}

const notRead = (lacks: string): { readonly notRead: string } => ({ notRead: lacks });

/** What is missing is null. */
function plain<T>(told: OrLacking<T>): T | object | null {
  if ('lacks' in told) return notRead(told.lacks);
  return 'is' in told ? told.is : null;
}

function named<T extends object>(told: OrLacking<T> & { readonly name: string }): object {
  const { name } = told;
  return 'isMissing' in told ? { name, missing: true } : { name, ...plain(told) };
}

function read<T>({ object, lacks }: AsRead<T>): T | object | null {
  return lacks === undefined ? (object ?? null) : notRead(lacks);
}

function sessionData({ since, lastUsed, ends, idleEnds, ...session }: LiveSession): object {
  return {
    ...session,
    since: writtenTime(since),
    lastUsed: writtenTime(lastUsed),
    ends: writtenTime(ends),
    endsUnused: writtenTime(idleEnds),
  };
}
