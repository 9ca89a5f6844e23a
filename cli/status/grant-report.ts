/** What there is to say about one grant, as data: the screen and `-o json` are made of it. Pure. */

import type { StoredRecord } from '../../crds/audit/record.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { withinBoth } from '../../crds/rules/address/cidr.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { type LiveSession, liveSessions } from './live-sessions.ts';
import { type Closing, type GrantStanding, grantStanding, type StandingOfPerson } from './reasons-closed.ts';
import type { AsRead } from './seen.ts';
import type { SeenWorld } from './world.ts';

/** The last records, or in words why they were not read. */
export type LastActions =
  | { readonly records: readonly StoredRecord[]; readonly searched: number }
  | { readonly notRead: string };

/** Of what is named and may be hidden or missing. */
export type OrLacking<T> = { readonly is: T } | { readonly lacks: string } | { readonly isMissing: true };

export interface GrantReport {
  readonly namespace: string;
  readonly name: string;
  readonly reason: string | undefined;
  /** Whether someone may come in now. */
  readonly open: boolean;
  readonly closings: readonly Closing[];
  readonly startTime: string | undefined;
  readonly expirationTime: string;
  /** Undefined where something that could keep a person out was not read. */
  readonly people: readonly (StandingOfPerson & { readonly mayComeIn: boolean | undefined })[];
  /** The addresses in force; undefined where neither list restricts. */
  readonly addresses: OrLacking<readonly string[] | undefined>;
  readonly listRequired: boolean;
  readonly application:
    | (OrLacking<{
        readonly url?: string;
        readonly host: string;
        readonly version?: string;
        readonly edition?: string;
      }> & {
        readonly name: string;
      })
    | undefined;
  readonly matrix: OrLacking<{
    readonly masking: boolean;
    readonly classes: readonly string[];
    readonly clusterRole?: string;
  }> & { readonly name: string };
  /** Those that were read. */
  readonly locks: readonly { readonly name: string; readonly reason?: string }[];
  /** Why there may be others. */
  readonly locksLack: string | undefined;
  readonly sessions: OrLacking<readonly LiveSession[]>;
  /** Why limits of the policy on sessions are not known. */
  readonly policyLacks: string | undefined;
  readonly signInURL: string | undefined;
  readonly lastActions: LastActions;
  /** What could not be read, and is told as the operator reports it. */
  readonly lacks: readonly string[];
}

export interface ReportWish {
  readonly now: number;
  readonly sessions: AsRead<SupportSession[]>;
  readonly lastActions: LastActions;
}

/** The report about a grant. */
export function grantReport(world: SeenWorld, { now, sessions, lastActions }: ReportWish): GrantReport {
  const { grant, policy } = world;
  const { closings, people, lacks } = grantStanding(world, now);
  const standing = people.map((person) => ({
    ...person,
    mayComeIn: mayComeIn(person, { closings, lacks }),
  }));
  return {
    namespace: grant.metadata.namespace ?? '',
    name: grant.metadata.name,
    reason: grant.spec.reason,
    // Of people who may not be read, the operator's word counts, as for all that is not read.
    open: closings.length === 0 && people.some((person) => person.closings.length === 0),
    closings,
    startTime: grant.spec.startTime,
    expirationTime: grant.spec.expirationTime,
    people: standing,
    addresses: addressesIn(world),
    listRequired: policy.object?.spec.requireAllowedCIDRs !== 'Disabled',
    application: applicationIn(world),
    matrix: matrixIn(world),
    locks: locksIn(world),
    locksLack: lackOfLocks(world),
    sessions: told(sessions, (items) => {
      const own = items.filter(({ spec }) => spec.grantRef.uid === grant.metadata.uid);
      return liveSessions({ sessions: own, grants: [grant], policy, now });
    }),
    policyLacks: policy.lacks,
    signInURL: grant.status?.signInURL,
    lastActions,
    lacks: [...new Set([...lacks, ...people.flatMap((person) => person.lacks)])],
  };
}

function mayComeIn(
  person: StandingOfPerson,
  { closings, lacks }: Pick<GrantStanding, 'closings' | 'lacks'>,
): boolean | undefined {
  if (closings.length > 0 || person.closings.length > 0) return false;
  return lacks.length === 0 && person.lacks.length === 0 ? true : undefined;
}

/** Of a person who was not read, it is not known under which name a lock would be. */
function lackOfLocks({ locks, people }: SeenWorld): string | undefined {
  return [...locks.values(), ...people.map(({ user }) => user)].find(({ lacks }) => lacks !== undefined)
    ?.lacks;
}

function told<T, Words>({ object, lacks }: AsRead<T>, say: (object: T) => Words): OrLacking<Words> {
  if (lacks !== undefined) return { lacks };
  return object === undefined ? { isMissing: true } : { is: say(object) };
}

function addressesIn({ grant, policy }: SeenWorld): GrantReport['addresses'] {
  const own = grant.spec.allowedCIDRs ?? [];
  if (policy.lacks !== undefined) return { lacks: policy.lacks };
  return { is: withinBoth(own, policy.object?.spec.allowedCIDRs ?? []) };
}

function applicationIn({ grant, application }: SeenWorld): GrantReport['application'] {
  const name = grant.spec.applicationRef?.name;
  if (name === undefined || application === undefined) return undefined;
  return {
    name,
    ...told(application, ({ spec: { host, url, version, edition } }) => ({
      host,
      ...(url === undefined ? {} : { url }),
      ...(version === undefined ? {} : { version }),
      ...(edition === undefined ? {} : { edition }),
    })),
  };
}

function matrixIn({ grant, matrix }: SeenWorld): GrantReport['matrix'] {
  return {
    name: grant.spec.matrixRef.name,
    ...told(matrix, ({ spec }) => ({
      masking: spec.masking === 'Enabled',
      classes: spec.maskedClasses ?? [],
      ...(spec.kubernetes === undefined ? {} : { clusterRole: spec.kubernetes.clusterRole }),
    })),
  };
}

function locksIn({ locks }: SeenWorld): GrantReport['locks'] {
  return [...locks].flatMap(([name, { object }]) => {
    if (object === undefined) return [];
    const reason = (object as KubeObject & { readonly spec?: { readonly reason?: string } }).spec?.reason;
    return [{ name, ...(reason === undefined ? {} : { reason }) }];
  });
}
