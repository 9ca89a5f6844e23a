/** The world of one grant, read with the caller's own rights: what a gateway would read to decide, and what hides from them. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import { lockNamesFor, lockOnUser } from '../../crds/rules/locks.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { Namespaces } from '../../kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type SeenBackend, seeBackend } from './backend.ts';
import { type AsRead, see, seeAll } from './seen.ts';

export interface SeenPerson {
  readonly name: string;
  readonly user: AsRead<SupportUser>;
}

export interface SeenWorld {
  readonly grant: SupportAccessGrant;
  readonly policy: AsRead<SupportAccessPolicy>;
  readonly matrix: AsRead<SupportPermissionMatrix>;
  /** Undefined where the grant names none. */
  readonly application: AsRead<SupportApplication> | undefined;
  /** All there are, since one of them may have the host of this one; empty where no request is asked about. */
  readonly applications: AsRead<readonly SupportApplication[]>;
  /** Undefined where there is no application to have one. */
  readonly backend: SeenBackend | undefined;
  /** Everyone whom the grant names. */
  readonly people: readonly SeenPerson[];
  /** Locks that could stop it or one of its people, by name. */
  readonly locks: ReadonlyMap<string, AsRead<KubeObject>>;
  /** The namespace that stands for the installation. */
  readonly installation: AsRead<KubeObject>;
}

export interface WorldWish {
  /** Where the support identities are. */
  readonly identitiesNamespace: string;
  /** Whether a request is asked about, and not only a sign-in. */
  readonly forRequest: boolean;
}

/** Reads what the grant names, all at once; and then what is known by the UIDs of what was read. */
export async function seeWorld(
  cluster: Cluster,
  grant: SupportAccessGrant,
  wish: WorldWish,
): Promise<SeenWorld> {
  const { namespace = '', uid: grantUid } = grant.metadata;
  const { userRefs, matrixRef } = grant.spec;
  const [policy, matrix, { application, backend }, applications, people, onGrant, installation] =
    await Promise.all([
      see<SupportAccessPolicy>(cluster, kinds.SupportAccessPolicy, { name: policyName }),
      see<SupportPermissionMatrix>(cluster, kinds.SupportPermissionMatrix, { name: matrixRef.name }),
      seeApplication(cluster, grant, wish),
      wish.forRequest ? seeAll<SupportApplication>(cluster, kinds.SupportApplication) : {},
      Promise.all(userRefs.map(async ({ name }) => seePerson(cluster, name))),
      seeLocks(cluster, lockNamesFor({ namespace, grantUid })),
      seeInstallation(cluster, wish.identitiesNamespace),
    ]);
  const uids = people.flatMap(({ user }) => user.object?.metadata.uid ?? []);
  const locks = new Map([...onGrant, ...(await seeLocks(cluster, uids.map(lockOnUser)))]);
  return { grant, policy, matrix, application, applications, backend, people, locks, installation };
}

export async function seePerson(cluster: Cluster, name: string): Promise<SeenPerson> {
  return { name, user: await see<SupportUser>(cluster, kinds.SupportUser, { name }) };
}

/** The world with a person in it whom the grant need not name. */
export async function withPerson(cluster: Cluster, world: SeenWorld, person: SeenPerson): Promise<SeenWorld> {
  const uid = person.user.object?.metadata.uid;
  const own = uid === undefined ? [] : await seeLocks(cluster, [lockOnUser(uid)]);
  const others = world.people.filter(({ name }) => name !== person.name);
  return { ...world, people: [...others, person], locks: new Map([...world.locks, ...own]) };
}

async function seeApplication(
  cluster: Cluster,
  { metadata: { namespace }, spec }: SupportAccessGrant,
  { forRequest }: WorldWish,
): Promise<Pick<SeenWorld, 'application' | 'backend'>> {
  const name = spec.applicationRef?.name;
  if (name === undefined) return { application: undefined, backend: undefined };
  const application = await see<SupportApplication>(cluster, kinds.SupportApplication, { namespace, name });
  const { object, lacks } = application;
  if (lacks !== undefined) return { application, backend: { reading: { lacks }, strays: { lacks } } };
  const backend = object && (await seeBackend(cluster, object, { withPods: forRequest }));
  return { application, backend };
}

async function seeLocks(
  cluster: Cluster,
  names: readonly string[],
): Promise<readonly (readonly [string, AsRead<KubeObject>])[]> {
  return Promise.all(
    names.map(
      async (name) => [name, await see<KubeObject>(cluster, kinds.SupportAccessLock, { name })] as const,
    ),
  );
}

/** Whether it is another namespace, or the product is gone, cannot be told apart: neither is ever a yes. */
async function seeInstallation(cluster: Cluster, name: string): Promise<AsRead<KubeObject>> {
  const seen = await see<KubeObject>(cluster, Namespaces, { name });
  if (seen.object !== undefined || seen.lacks !== undefined) return seen;
  return {
    lacks: `there is no namespace ${name} for the support identities; --identities-namespace names another`,
  };
}
