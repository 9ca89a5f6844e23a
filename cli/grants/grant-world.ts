/** A grant and what it names, as the caller may read them: what the words about it are made of. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import { nearestName } from '../../crds/nearest.ts';
import { lockNamesFor, lockOnUser } from '../../crds/rules/locks.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { namesOf, type Readable, reading, whereRead } from '../cluster/find.ts';

export type GrantSpec = SupportAccessGrant['spec'];

/** Where a grant is, with its UID where it exists already. */
export interface GrantPlace {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string | undefined;
}

export interface NamedByGrant {
  readonly policy: Readable<SupportAccessPolicy>;
  readonly matrix: Readable<SupportPermissionMatrix>;
  /** Undefined where the grant names none. */
  readonly application: Readable<SupportApplication> | undefined;
  readonly people: readonly NamedPerson[];
  readonly locks: readonly LockOverGrant[];
}

export interface NamedPerson {
  readonly name: string;
  readonly user: Readable<SupportUser>;
  /** Where there is none of that name: the one that was probably meant. */
  readonly near?: string | undefined;
}

/** A lock that stops the grant or one of its people, or of which it may not be read whether there is one. */
export interface LockOverGrant {
  readonly name: string;
  /** The one person whom it stops; without one it stops the whole grant. */
  readonly person?: string | undefined;
  readonly state: 'stands' | 'unreadable';
}

/** Reads what the spec names, all at once; and then the locks on its people, which are known by their UIDs. */
export async function readNamedByGrant(
  cluster: Cluster,
  spec: GrantSpec,
  { namespace, uid }: GrantPlace,
): Promise<NamedByGrant> {
  const named = spec.applicationRef?.name;
  const read = async <T>(
    kind: keyof typeof kinds,
    name: string,
    inNamespace?: string,
  ): Promise<Readable<T>> => reading<T>(cluster, kinds[kind], { name, namespace: inNamespace });
  const [policy, matrix, application, people, onGrant] = await Promise.all([
    read<SupportAccessPolicy>('SupportAccessPolicy', policyName),
    read<SupportPermissionMatrix>('SupportPermissionMatrix', spec.matrixRef.name),
    named === undefined ? undefined : read<SupportApplication>('SupportApplication', named, namespace),
    Promise.all(spec.userRefs.map(async ({ name }) => readPerson(cluster, name))),
    locksAmong(
      cluster,
      lockNamesFor({ namespace, grantUid: uid ?? 'none' }).map((name) => ({ name })),
    ),
  ]);
  const onPeople = people.flatMap(({ name: person, user }) => {
    const there = whereRead(user);
    return there === undefined ? [] : [{ name: lockOnUser(there.metadata.uid), person }];
  });
  const locks = [...onGrant, ...(await locksAmong(cluster, onPeople))];
  return { policy, matrix, application, people, locks };
}

/** A person need not be there yet; that the name is only misspelt must not stay unseen. */
async function readPerson(cluster: Cluster, name: string): Promise<NamedPerson> {
  const user = await reading<SupportUser>(cluster, kinds.SupportUser, { name });
  if (user !== 'absent') return { name, user };
  const names = await namesOf(cluster, kinds.SupportUser, undefined);
  return { name, user, near: nearestName(name, names ?? []) };
}

/** Those of these locks that stand, or may not be read. */
async function locksAmong(
  cluster: Cluster,
  possible: readonly Omit<LockOverGrant, 'state'>[],
): Promise<LockOverGrant[]> {
  const found = await Promise.all(
    possible.map(async (each) => {
      const lock = await reading(cluster, kinds.SupportAccessLock, { name: each.name });
      if (lock === 'absent') return [];
      return [{ ...each, state: lock === 'unreadable' ? ('unreadable' as const) : ('stands' as const) }];
    }),
  );
  return found.flat();
}
