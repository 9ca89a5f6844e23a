/** Reads what a write of a support identity is decided by, after the write arrived. What cannot be read is not taken for absent. */
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { type ClaimedIdentity, claimedBy } from '../../../../crds/identities.ts';
import { policyName } from '../../../../crds/names.ts';
import type { World } from '../../../../crds/rules/ask.ts';
import { installationOf } from '../../../../crds/rules/installation.ts';
import { lockNamesFor } from '../../../../crds/rules/locks.ts';
import { matrixHash, matrixHead } from '../../../../crds/rules/matrix/matrix.ts';
import type { KubeClient } from '../../../../kube/api/client.ts';
import { saysAbsent } from '../../../../kube/errors.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import { Namespaces, type Resource, ServiceAccounts } from '../../../../kube/resources.ts';
import type { ReadObject } from '../kinds/kind-rule.ts';
import { personIn } from './identity.ts';

export interface IdentityReads {
  readonly client: Pick<KubeClient, 'get'>;
  /** Reads an object of ours. */
  readonly read: ReadObject;
  readonly identitiesNamespace: string;
}

/** Below the time after which the API server gives a review up; there are at most three rounds. */
const deadlineMs = 2000;

/** Whom an account stands for, with the grant that says so. */
export interface Identity {
  readonly claimed: ClaimedIdentity;
  readonly grant: SupportAccessGrant;
  /** Name of the SupportUser. */
  readonly person: string;
}

/** Undefined where the account is no one's: the API server knows none of the name, or it is none of ours. */
export async function readIdentity(account: string, reads: IdentityReads): Promise<Identity | undefined> {
  const namespace = reads.identitiesNamespace;
  const claimed = claimedBy(await find(reads, ServiceAccounts, { namespace, name: account }));
  if (claimed === undefined) return undefined;
  const grant = (await reads.read('SupportAccessGrant', claimed.grant)) as SupportAccessGrant | undefined;
  const person = personIn(grant, claimed);
  return grant === undefined || person === undefined ? undefined : { claimed, grant, person };
}

/** Everything else that is asked about, in one round. */
export async function readWorld(
  { claimed, grant, person }: Identity,
  { read, ...reads }: IdentityReads,
): Promise<World> {
  const { namespace } = claimed.grant;
  const { grantUid, userUid } = claimed;
  const { matrixRef, applicationRef } = grant.spec;
  const application = applicationRef && read('SupportApplication', { namespace, name: applicationRef.name });
  const lockNames = lockNamesFor({ namespace, grantUid, userUid });
  const [policy, user, ofGrant, matrix, identities, locks] = await Promise.all([
    read('SupportAccessPolicy', { name: policyName }),
    read('SupportUser', { name: person }),
    application,
    read('SupportPermissionMatrix', { name: matrixRef.name }),
    find(reads, Namespaces, { name: reads.identitiesNamespace }),
    Promise.all(lockNames.map((name) => read('SupportAccessLock', { name }))),
  ]);
  return {
    grant,
    locks: new Map(lockNames.map((name, at) => [name, locks[at] === undefined ? 'absent' : 'present'])),
    installation: installationOf(identities),
    policy: policy as SupportAccessPolicy | undefined,
    user: user as SupportUser | undefined,
    application: ofGrant as SupportApplication | undefined,
    matrix: matrixOf(matrix as SupportPermissionMatrix | undefined),
  };
}

function matrixOf(matrix: SupportPermissionMatrix | undefined): World['matrix'] {
  if (matrix === undefined) return undefined;
  return { ...matrixHead(matrix, matrixHash(matrix.spec)), rules: matrix.spec.kubernetes?.rules ?? [] };
}

async function find(
  { client }: Pick<IdentityReads, 'client'>,
  resource: Resource,
  ref: { readonly namespace?: string; readonly name: string },
): Promise<KubeObject | undefined> {
  try {
    return await client.get(resource, ref, { deadlineMs });
  } catch (error) {
    if (saysAbsent(error, resource, ref.name)) return undefined;
    throw error;
  }
}
