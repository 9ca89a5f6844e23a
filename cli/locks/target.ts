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
  /** What is not known about it, in a sentence. */
  readonly doubt?: string | undefined;
}

const example = 'write for example: grant case-4711, person ada, namespace ecase, or all';

/** What the call names. A grant and a person are known by their UIDs, so both must exist; a namespace by its name. */
export async function readTarget(cluster: Cluster, input: CommandInput): Promise<LockTarget> {
  const [sort, name, ...more] = input.arguments;
  if (more.length > 0) throw new UsageError(`one target at a time; ${example}`);
  if (sort === 'all' && name === undefined)
    return { lock: lockOnAll, what: 'this cluster', extent: everything, concerns: everything.grants };
  const read = sort === undefined ? undefined : readers[sort];
  if (read === undefined || name === undefined)
    throw new UsageError(`it is not said what to lock; ${example}`);
  return read(cluster, name);
}

const readers: Readonly<Record<string, (cluster: Cluster, name: string) => Promise<LockTarget>>> = {
  grant: onGrant,
  person: onPerson,
  namespace: onNamespace,
};

async function onGrant(cluster: Cluster, name: string): Promise<LockTarget> {
  const { namespace } = cluster;
  const ref = { namespace, name };
  const { metadata } = await find<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, ref);
  const grants: Extent['grants'] = (grant) => grant.metadata.uid === metadata.uid;
  return {
    lock: lockOnGrant(metadata.uid),
    what: `SupportAccessGrant ${name} in namespace ${namespace}`,
    extent: { grants, sessions: ({ spec }) => spec.grantRef.uid === metadata.uid, namespace },
    concerns: grants,
  };
}

async function onPerson(cluster: Cluster, name: string): Promise<LockTarget> {
  const { metadata, spec } = await find<SupportUser>(cluster, kinds.SupportUser, { name });
  return {
    lock: lockOnUser(metadata.uid),
    what: `${spec.displayName} (SupportUser ${name})`,
    extent: {
      // A grant for several people stays open to the others.
      grants: (grant) => grant.spec.userRefs.every((each) => each.name === name),
      sessions: (session) => session.spec.userRef.uid === metadata.uid,
    },
    concerns: (grant) => grant.spec.userRefs.some((each) => each.name === name),
  };
}

async function onNamespace(cluster: Cluster, name: string): Promise<LockTarget> {
  const found = await reading(cluster, Namespaces, { name });
  if (found === 'absent') throw new CannotTell(await missing(cluster, Namespaces, { name }));
  const grants: Extent['grants'] = (grant) => grant.metadata.namespace === name;
  return {
    lock: lockOnNamespace(name),
    what: `namespace ${name}`,
    extent: { grants, sessions: (session) => session.metadata.namespace === name, namespace: name },
    concerns: grants,
    doubt:
      found === 'unreadable'
        ? `You may not read namespaces, so it is not known whether there is one named ${name}.`
        : undefined,
  };
}
