/** What a lock is aimed at: from the words of a call to the lock's name, and what it stops. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { lockOnAll, lockOnGrant, lockOnNamespace, lockOnUser } from '../../crds/rules/locks.ts';
import { Namespaces } from '../../kube/resources.ts';
import { type Extent, everything } from '../access/open-now.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { find, missing, reading } from '../cluster/find.ts';
import { CannotTell, type CommandInput, UsageError } from '../command.ts';

export interface LockTarget {
  /** The name of the lock. */
  readonly lock: string;
  /** "SupportAccessGrant case-4711 in namespace ecase". */
  readonly what: string;
  /** What it stops. */
  readonly extent: Extent;
  /** Grants of which it takes a part: for one person of several. */
  readonly concerns: Extent['grants'];
  /** How the lock itself says what it stops, where its name has only a UID: "SupportUser ada". */
  readonly says?: string | undefined;
  /** What is not known about it, in a sentence. */
  readonly doubt?: string | undefined;
  /** Whether it is certain that nothing has the UID in the lock's name any more. */
  readonly isGone?: boolean;
}

const example = 'write for example: grant case-4711, person ada, namespace ecase, or all';

/** What the call names. A grant and a person are known by their UIDs, so both must exist; a namespace by its name. */
export async function readTarget(cluster: Cluster, input: CommandInput): Promise<LockTarget> {
  const { sort, name } = namedIn(input);
  if (sort === 'grant') {
    const ref = { namespace: cluster.namespace, name };
    return onGrant(await find<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, ref));
  }
  if (sort === 'person') return onPerson(await find<SupportUser>(cluster, kinds.SupportUser, { name }));
  return sort === 'namespace' ? onReadNamespace(cluster, name) : onAll;
}

export type LockSort = 'grant' | 'person' | 'namespace' | 'lock' | 'all';

/** The words of a call: what sort of target, and its name. */
export function namedIn({ arguments: words }: CommandInput): {
  readonly sort: LockSort;
  readonly name: string;
} {
  const [sort = '', name, ...more] = words;
  if (more.length > 0) throw new UsageError(`only one target can be named at a time; ${example}`);
  if (sort === 'all' && name !== undefined)
    throw new UsageError(`"all" is everything in the cluster and can have no name; ${example}`);
  if (sort !== 'all' && name === undefined) throw new UsageError(`it must be said what is meant; ${example}`);
  return { sort: sort as LockSort, name: name ?? '' };
}

export const onAll: LockTarget = {
  lock: lockOnAll,
  what: 'this cluster',
  extent: everything,
  concerns: everything.grants,
};

export const grantSays = (namespace: string, name: string): string =>
  `SupportAccessGrant ${namespace}/${name}`;
export const personSays = (name: string): string => `SupportUser ${name}`;

export function onGrant({ metadata: { name, namespace = '', uid } }: SupportAccessGrant): LockTarget {
  const grants: Extent['grants'] = (grant) => grant.metadata.uid === uid;
  return {
    lock: lockOnGrant(uid),
    what: `SupportAccessGrant ${name} in namespace ${namespace}`,
    says: grantSays(namespace, name),
    extent: { grants, sessions: ({ spec }) => spec.grantRef.uid === uid, namespace },
    concerns: grants,
  };
}

export function onPerson({ metadata: { name, uid }, spec }: SupportUser): LockTarget {
  return {
    lock: lockOnUser(uid),
    what: `${spec.displayName} (SupportUser ${name})`,
    says: personSays(name),
    extent: {
      // A grant for several people stays open to the others.
      grants: (grant) => grant.spec.userRefs.every((each) => each.name === name),
      sessions: (session) => session.spec.userRef.uid === uid,
    },
    concerns: (grant) => grant.spec.userRefs.some((each) => each.name === name),
  };
}

export function onNamespace(name: string): LockTarget {
  const grants: Extent['grants'] = (grant) => grant.metadata.namespace === name;
  return {
    lock: lockOnNamespace(name),
    what: `namespace ${name}`,
    extent: { grants, sessions: (session) => session.metadata.namespace === name, namespace: name },
    concerns: grants,
  };
}

async function onReadNamespace(cluster: Cluster, name: string): Promise<LockTarget> {
  const found = await reading(cluster, Namespaces, { name });
  if (found === 'absent') throw new CannotTell(await missing(cluster, Namespaces, { name }));
  if (found !== 'unreadable') return onNamespace(name);
  const doubt = `You may not read namespaces, so it is not known whether there is one named ${name}.`;
  return { ...onNamespace(name), doubt };
}
