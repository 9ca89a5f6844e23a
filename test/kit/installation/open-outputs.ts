/** What the operator makes while a grant is open, made in its stead: account, Secret, ClusterRole and RoleBinding. */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { accountName } from '../../../crds/identities.ts';
import { kinds } from '../../../crds/kinds.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { ClusterRoles, Namespaces, RoleBindings, ServiceAccounts } from '../../../kube/resources.ts';
import { account } from '../../../operator/outputs/account.ts';
import { binding } from '../../../operator/outputs/binding.ts';
import { credential } from '../../../operator/outputs/credential.ts';
import { operatorBinding, ownedBy } from '../../../operator/outputs/owners.ts';
import { issueCredential } from '../../../operator/writes/credentials.ts';
import { identitiesNamespace } from './install.ts';

interface Writers {
  readonly admin: KubeClient;
  readonly asOperator: KubeClient;
}

/** For the grant's only person, as the operator makes it. The ClusterRole is the customer's. */
export async function makeOutputs(
  { admin, asOperator }: Writers,
  { grant, user }: { readonly grant: SupportAccessGrant; readonly user: SupportUser },
): Promise<void> {
  const { name } = grant.spec.matrixRef;
  const matrix = await admin.get<SupportPermissionMatrix>(kinds.SupportPermissionMatrix, { name });
  const { clusterRole = '', rules = [] } = matrix.spec.kubernetes ?? {};
  await admin.apply(ClusterRoles, { metadata: { name: clusterRole }, rules }, customer);
  const operator = { namespace: identitiesNamespace, name: operatorBinding };
  const ofAccounts = ownedBy(RoleBindings, await admin.get(RoleBindings, operator));
  const ofBindings = ownedBy(Namespaces, await admin.get(Namespaces, { name: identitiesNamespace }));
  if (ofAccounts === undefined || ofBindings === undefined) throw new Error('the release is not whole');
  const open = { grant, matrix, people: [user], identitiesNamespace, owners: { ofAccounts, ofBindings } };
  const made = new Map<string, string>();
  for (const { resource, object } of [...account.desired(open), ...binding.desired(open)]) {
    const { metadata } = await asOperator.create(resource, object);
    made.set(metadata.name, metadata.uid);
  }
  for (const wanted of credential.desired(open)) {
    const accountUid = made.get(wanted.object.metadata.name) ?? '';
    await issueCredential(
      { wanted, accountUid },
      { client: asOperator, signal: new AbortController().signal, now: () => Date.now() },
    );
  }
}

const customer = { fieldManager: 'customer', force: true } as const;

/** Takes the account away, as the operator does when the grant closes. */
export async function removeAccount(
  { asOperator }: Pick<Writers, 'asOperator'>,
  { grant, user }: { readonly grant: SupportAccessGrant; readonly user: SupportUser },
): Promise<void> {
  const name = accountName(grant.metadata.uid, user.metadata.uid);
  await asOperator.delete(ServiceAccounts, { namespace: identitiesNamespace, name });
}
