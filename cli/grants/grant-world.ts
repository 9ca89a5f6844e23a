/** A grant and what it names, as the caller may read them: what the words about it are made of. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import { lockNamesFor } from '../../crds/rules/locks.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Readable, reading } from '../cluster/find.ts';

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
  readonly people: readonly { readonly name: string; readonly user: Readable<SupportUser> }[];
  /** The names of the locks that stop it. */
  readonly locks: readonly string[];
}

/** Reads what the spec names, all at once. */
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
  const [policy, matrix, application, people, locks] = await Promise.all([
    read<SupportAccessPolicy>('SupportAccessPolicy', policyName),
    read<SupportPermissionMatrix>('SupportPermissionMatrix', spec.matrixRef.name),
    named === undefined ? undefined : read<SupportApplication>('SupportApplication', named, namespace),
    Promise.all(
      spec.userRefs.map(async ({ name }) => ({ name, user: await read<SupportUser>('SupportUser', name) })),
    ),
    standingLocks(cluster, namespace, uid),
  ]);
  return { policy, matrix, application, people, locks };
}

async function standingLocks(cluster: Cluster, namespace: string, uid?: string): Promise<string[]> {
  const names = lockNamesFor({ namespace, grantUid: uid ?? 'none' });
  const found = await Promise.all(
    names.map(async (name) => ({ name, lock: await reading(cluster, kinds.SupportAccessLock, { name }) })),
  );
  return found.filter(({ lock }) => typeof lock === 'object').map(({ name }) => name);
}
