/** A platform that adds something to every object at every write: the operator does not write against it. */
import { expect, it } from 'vitest';
import type { KubeObject } from '../../../kube/objects.ts';
import { RoleBindings, ServiceAccounts } from '../../../kube/resources.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { ownedBy, putAll, putPolicy, untilActive } from '../../kit/installation/grant-setting.ts';
import { identitiesNamespace } from '../../kit/installation/install.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });

/** A sidecar injector of the API server's own: the same place in admission as a mutating webhook, and no server to run. */
const platform = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'platform' },
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['', 'rbac.authorization.k8s.io', 'networking.k8s.io'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['serviceaccounts', 'rolebindings', 'networkpolicies'],
          },
        ],
      },
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression:
              'Object{metadata: Object.metadata{labels: {"mesh.example.com/rev": "7"}, annotations: {"mesh.example.com/seen": "yes"}}}',
          },
        },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'platform-accounts' },
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['serviceaccounts'],
          },
        ],
      },
      mutations: [
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression:
              '[JSONPatch{op: "add", path: "/imagePullSecrets", value: [Object.imagePullSecrets{name: "registry"}]}]',
          },
        },
      ],
    },
  },
];

it('labels, annotations and pull secrets that are added at every write stay, and the grant opens once', async () => {
  const items = platform.flatMap((policy) => [
    policy,
    {
      apiVersion: policy.apiVersion,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: policy.metadata,
      spec: { policyName: policy.metadata.name },
    },
  ]);
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await operated.controlPlane.kubectl(['create', '-f', '-'], { input });
  const one = await operated.aSetting();
  const probe = { metadata: { namespace: one.namespace, name: 'probe' } };
  await eventually(async () => {
    const seen = await one.admin.create<KubeObject & { imagePullSecrets?: unknown }>(ServiceAccounts, probe, {
      dryRun: true,
    });
    expect(seen.imagePullSecrets).toEqual([{ name: 'registry' }]);
    expect(seen.metadata.labels).toMatchObject({ 'mesh.example.com/rev': '7' });
  });
  await putPolicy(one);
  const { metadata } = await putAll(one);
  await untilActive(one, 'Open');
  const versions = async (): Promise<string[]> => {
    const { accounts, bindings } = await ownedBy(one.admin, metadata.uid);
    return [...accounts, ...bindings].map(
      ({ metadata: { uid, resourceVersion } }) => `${uid} ${resourceVersion}`,
    );
  };
  const before = await versions();
  expect(before).toHaveLength(2);
  // What the operator looks at again because of its own write would be written again at once.
  const touched = (await ownedBy(one.admin, metadata.uid)).bindings[0]!.metadata;
  const ref = { namespace: one.namespace, name: touched.name };
  await one.admin.mergePatch(RoleBindings, ref, { patch: { metadata: { labels: { touched: 'yes' } } } });
  await one.admin.mergePatch(RoleBindings, ref, { patch: { subjects: [] } });
  await eventually(async () => {
    const binding = await one.admin.get<KubeObject & { subjects?: unknown[] }>(RoleBindings, ref);
    expect(binding.subjects).toHaveLength(1);
    expect(binding.metadata.labels).toMatchObject({ 'mesh.example.com/rev': '7' });
  });
  const account = (await ownedBy(one.admin, metadata.uid)).accounts[0];
  expect(account).toMatchObject({
    imagePullSecrets: [{ name: 'registry' }],
    metadata: { namespace: identitiesNamespace },
  });
  const [sameAccount] = before;
  expect(await versions()).toContain(sameAccount);
});
