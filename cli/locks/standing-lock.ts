/**
 * Which lock is meant to be lifted: the one on what the call names; where that is gone, or another has its name by now, the one
 * that says so itself; or a lock by its own name.
 */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessLock } from '../../crds/generated/support-access-lock.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { lockedName, lockOnAll } from '../../crds/rules/locks.ts';
import { KubeError } from '../../kube/errors.ts';
import type { Resource } from '../../kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { find, findOrNothing, missing } from '../cluster/find.ts';
import { CannotTell, type CommandInput } from '../command.ts';
import {
  grantSays,
  type LockTarget,
  namedIn,
  onAll,
  onGrant,
  onNamespace,
  onPerson,
  personSays,
} from './target.ts';

export interface StandingLock {
  readonly lock: SupportAccessLock;
  readonly target: LockTarget;
}

/** The lock that the call names. What is not there, or is not locked, is a failure that says what is locked. */
export async function readStandingLock(cluster: Cluster, input: CommandInput): Promise<StandingLock> {
  const { sort, name } = namedIn(input);
  if (sort === 'all') return standing(cluster, onAll);
  if (sort === 'namespace') return standing(cluster, onNamespace(name));
  if (sort === 'lock') {
    const lock = await find<SupportAccessLock>(cluster, kinds.SupportAccessLock, { name });
    return { lock, target: await targetOf(cluster, lock) };
  }
  return sort === 'grant' ? onNamedGrant(cluster, name) : onNamedPerson(cluster, name);
}

async function onNamedGrant(cluster: Cluster, name: string): Promise<StandingLock> {
  const ref = { namespace: cluster.namespace, name };
  const grant = await findOrNothing<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, ref);
  const says = grantSays(cluster.namespace, name);
  if (grant !== undefined) return standing(cluster, onGrant(grant), says);
  const found = await bySaying(cluster, says);
  if (found !== undefined) return found;
  throw new CannotTell(
    `${await missing(cluster, kinds.SupportAccessGrant, ref)}; ${listed(await allLocks(cluster))}`,
  );
}

async function onNamedPerson(cluster: Cluster, name: string): Promise<StandingLock> {
  const user = await findOrNothing<SupportUser>(cluster, kinds.SupportUser, { name });
  const says = personSays(name);
  if (user !== undefined) return standing(cluster, onPerson(user), says);
  const found = await bySaying(cluster, says);
  if (found !== undefined) return found;
  throw new CannotTell(
    `${await missing(cluster, kinds.SupportUser, { name })}; ${listed(await allLocks(cluster))}`,
  );
}

/** The lock on this target, or else the one that says so. */
async function standing(cluster: Cluster, target: LockTarget, says?: string): Promise<StandingLock> {
  const ref = { name: target.lock };
  const lock = await findOrNothing<SupportAccessLock>(cluster, kinds.SupportAccessLock, ref);
  if (lock !== undefined) return { lock, target };
  const found = says === undefined ? undefined : await bySaying(cluster, says);
  if (found !== undefined) return found;
  throw new CannotTell(`there is no lock on ${target.what}; ${listed(await allLocks(cluster))}`);
}

/**
 * The one lock that says that it stops this. Of several none is guessed. Who may make locks may have them say anything: it counts
 * only where the name of the lock has a UID of that kind, and nothing has that UID any more, so that no other access is given back.
 */
async function bySaying(cluster: Cluster, says: string): Promise<StandingLock | undefined> {
  const saying = (await allLocks(cluster)).filter((each) => saidBy(each) === says);
  const targets = await Promise.all(
    saying.map(async (lock) => ({ lock, target: await targetOf(cluster, lock) })),
  );
  const believed = targets.filter(({ target }) => target.isGone === true);
  const [found, another] = believed;
  if (another !== undefined) {
    const locks = listed(believed.map(({ lock }) => lock));
    throw new CannotTell(`${believed.length} locks say that they stop ${says}; ${locks}`);
  }
  return found;
}

/** Prefix of a lock's name, and what such a lock can say of itself. */
const sayings: Readonly<Record<string, string>> = { grant: 'SupportAccessGrant ', user: 'SupportUser ' };

/** What a lock says that it stops, where its name is of that kind. */
function saidBy({ metadata: { name, annotations } }: SupportAccessLock): string | undefined {
  const says = annotations?.[lockedName];
  const kind = sayings[name.slice(0, Math.max(0, name.indexOf('.')))];
  return kind !== undefined && says?.startsWith(kind) ? says : undefined;
}

/** What a lock stops, by the UID in its name; what the lock says of it is only repeated. */
async function targetOf(cluster: Cluster, lock: SupportAccessLock): Promise<LockTarget> {
  const { name } = lock.metadata;
  if (name === lockOnAll) return onAll;
  const at = name.indexOf('.');
  const [sort, id] = [name.slice(0, at), name.slice(at + 1)];
  if (sort === 'ns') return onNamespace(id);
  const found = await targetByUid(cluster, sort, id);
  if (typeof found === 'object') return found;
  const says = saidBy(lock);
  const what = says === undefined ? `what has the UID ${id}` : `${says}, as the lock says`;
  const unseen = { extent: { grants: () => false, sessions: () => false }, concerns: () => false };
  const doubt =
    found === 'gone'
      ? 'There is nothing with the UID in its name any more, so nothing opens by lifting it.'
      : 'It is not known what has the UID in its name, so it is not said what opens by lifting it.';
  return { lock: name, what, doubt, isGone: found === 'gone', ...unseen };
}

async function targetByUid(
  cluster: Cluster,
  sort: string,
  uid: string,
): Promise<LockTarget | 'gone' | 'unreadable'> {
  const has = (object: { readonly metadata: { readonly uid: string } }): boolean =>
    object.metadata.uid === uid;
  if (sort === 'grant') {
    const grants = await allOf<SupportAccessGrant>(cluster, kinds.SupportAccessGrant);
    const grant = grants?.find(has);
    return grant === undefined ? goneIf(grants) : onGrant(grant);
  }
  const users = sort === 'user' ? await allOf<SupportUser>(cluster, kinds.SupportUser) : undefined;
  const user = users?.find(has);
  return user === undefined ? goneIf(users) : onPerson(user);
}

const goneIf = (list: readonly unknown[] | undefined): 'gone' | 'unreadable' =>
  list === undefined ? 'unreadable' : 'gone';

/** Undefined where the caller may not list them. */
async function allOf<T>({ client }: Cluster, resource: Resource): Promise<T[] | undefined> {
  try {
    return (await client.list<T>(resource)).items;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return undefined;
    throw error;
  }
}

async function allLocks({ client }: Cluster): Promise<SupportAccessLock[]> {
  return (await client.list<SupportAccessLock>(kinds.SupportAccessLock)).items;
}

function listed(locks: readonly SupportAccessLock[]): string {
  if (locks.length === 0) return 'nothing is locked; see kubectl get supportaccesslocks';
  const names = locks.map((lock) => {
    const { metadata, spec } = lock;
    const says = saidBy(lock);
    const on = says === undefined ? '' : `it says on ${says}: `;
    return `${metadata.name} (${on}${spec.reason.slice(0, 60)})`;
  });
  return `locked are: ${names.join(', ')}. To lift one by its own name: kubectl support-access unlock lock ${locks[0]?.metadata.name}`;
}
