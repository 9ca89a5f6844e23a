/** Real objects for the operator's tests: made by the admin in a namespace of the test, one set a namespace. */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { kinds } from '../../../crds/kinds.ts';
import type { PolicyRule } from '../../../crds/rules/matrix/kubernetes-rights.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { ClusterRoles, RoleBindings, Secrets, ServiceAccounts, Services } from '../../../kube/resources.ts';
import { eventually } from '../clock/eventually.ts';
import { matrixRole } from './operated-installation.ts';

const apiVersion = 'supportaccess.dev/v1beta1';
const readingPods: readonly PolicyRule[] = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];

export interface GrantSetting {
  readonly admin: KubeClient;
  readonly namespace: string;
  /** Name of this setting's own SupportUser. */
  readonly user: string;
  readonly grantRef: { readonly namespace: string; readonly name: string };
}

export function aGrantSetting(admin: KubeClient, namespace: string): GrantSetting {
  return { admin, namespace, user: `ada-${namespace}`, grantRef: { namespace, name: 'case-1' } };
}

/** Makes the object, or puts its spec in place of what is there. */
async function put(
  { admin }: GrantSetting,
  resource: Parameters<KubeClient['apply']>[0],
  object: Record<string, unknown> & { metadata: { name: string; namespace?: string } },
): Promise<void> {
  await admin.apply(resource, object, { fieldManager: 'test', force: true });
}

export async function putPolicy(setting: GrantSetting, spec: Record<string, unknown> = {}): Promise<void> {
  await put(setting, kinds.SupportAccessPolicy, {
    apiVersion,
    kind: 'SupportAccessPolicy',
    metadata: { name: 'default' },
    spec: {
      access: 'Enabled',
      gateway: { host: 'support.example.com', hostSuffixes: ['apps.example.com'] },
      allowedCIDRs: ['203.0.113.0/24'],
      ...spec,
    },
  });
}

export async function putUser(
  setting: GrantSetting,
  name = setting.user,
  spec: Record<string, unknown> = {},
): Promise<void> {
  await put(setting, kinds.SupportUser, {
    apiVersion,
    kind: 'SupportUser',
    metadata: { name },
    spec: { displayName: 'Ada of Support', userId: name, nameID: `${name}@vendor.example`, ...spec },
  });
}

/** The matrix with Kubernetes rights, and its compiled ClusterRole. Shared by all settings of a file: its spec never changes. */
export async function putMatrix(
  setting: GrantSetting,
  rules: readonly PolicyRule[] = readingPods,
): Promise<void> {
  await put(setting, kinds.SupportPermissionMatrix, {
    apiVersion,
    kind: 'SupportPermissionMatrix',
    metadata: { name: 'ecase-1' },
    spec: {
      system: 'ecase',
      revision: 1,
      masking: 'Enabled',
      modules: [{ name: 'Email Log', access: 'Read' }],
      kubernetes: { clusterRole: matrixRole, rules },
    },
  });
  await put(setting, ClusterRoles, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: matrixRole },
    rules,
  });
}

export async function putApplication(
  setting: GrantSetting,
  host = `${setting.namespace}.apps.example.com`,
): Promise<void> {
  const { namespace } = setting;
  await put(setting, Services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ecase', namespace },
    spec: { selector: { app: 'ecase' }, ports: [{ port: 80 }] },
  });
  await put(setting, kinds.SupportApplication, {
    apiVersion,
    kind: 'SupportApplication',
    metadata: { name: 'ecase', namespace },
    spec: {
      host,
      serviceRef: { name: 'ecase', port: 80 },
      routes: [{ name: 'log', methods: ['GET'], path: '/log', module: 'Email Log', action: 'Read' }],
    },
  });
}

export async function putGrant(setting: GrantSetting, spec: Record<string, unknown> = {}): Promise<void> {
  await put(setting, kinds.SupportAccessGrant, {
    apiVersion,
    kind: 'SupportAccessGrant',
    metadata: setting.grantRef,
    spec: {
      access: 'Enabled',
      userRefs: [{ name: setting.user }],
      matrixRef: { name: 'ecase-1' },
      applicationRef: { name: 'ecase' },
      expirationTime: new Date(Date.now() + 3_600_000).toISOString(),
      ...spec,
    },
  });
}

/** Everything that an open grant needs. */
export async function putAll(
  setting: GrantSetting,
  grant: Record<string, unknown> = {},
): Promise<SupportAccessGrant> {
  await putPolicy(setting);
  await Promise.all([putUser(setting), putMatrix(setting), putApplication(setting)]);
  await putGrant(setting, grant);
  return untilActive(setting, 'Open');
}

export async function grantOf({ admin, grantRef }: GrantSetting): Promise<SupportAccessGrant> {
  return admin.get<SupportAccessGrant>(kinds.SupportAccessGrant, grantRef);
}

/** Waits until the status names this reason for the spec as it is now. */
export async function untilActive(
  setting: GrantSetting,
  reason: string,
  within = 15_000,
): Promise<SupportAccessGrant> {
  return eventually(
    async () => {
      const grant = await grantOf(setting);
      if (
        grant.status?.activeReason !== reason ||
        grant.status.observedGeneration !== grant.metadata.generation
      )
        throw new Error(`the status is ${JSON.stringify(grant.status)}`);

      return grant;
    },
    { within },
  );
}

type Owned = 'accounts' | 'bindings' | 'secrets';

/** What the operator made for a grant, by its label. */
export async function ownedBy(admin: KubeClient, grantUid: string): Promise<Record<Owned, KubeObject[]>> {
  const labelSelector = `supportaccess.dev/grant-uid=${grantUid}`;
  const [accounts = [], bindings = [], secrets = []] = await Promise.all(
    [ServiceAccounts, RoleBindings, Secrets].map(
      async (kind) => (await admin.list(kind, { labelSelector })).items,
    ),
  );
  return { accounts, bindings, secrets };
}

/** How many accounts, bindings and credentials a grant has. */
export async function counts(admin: KubeClient, grantUid: string): Promise<number[]> {
  const { accounts, bindings, secrets } = await ownedBy(admin, grantUid);
  return [accounts.length, bindings.length, secrets.length];
}

export async function lock(admin: KubeClient, name: string): Promise<void> {
  await admin.create(kinds.SupportAccessLock, { metadata: { name }, spec: { reason: 'drill' } });
}

/** Lifts a lock if there is one, in the two writes that it takes. */
export async function unlock(admin: KubeClient, name: string): Promise<void> {
  const patch = { metadata: { annotations: { 'supportaccess.dev/unlock-reason': 'drill over' } } };
  await admin.mergePatch(kinds.SupportAccessLock, { name }, { patch }).catch(() => undefined);
  await admin.delete(kinds.SupportAccessLock, { name });
}
