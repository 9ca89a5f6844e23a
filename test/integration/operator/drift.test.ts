/** What others do to owned objects: put right when they are ours, never touched when they are not. */
import { describe, expect, it } from 'vitest';
import { accountName } from '../../../crds/identities.ts';
import { kinds } from '../../../crds/kinds.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import {
  ConfigMaps,
  EndpointSlices,
  NetworkPolicies,
  RoleBindings,
  Secrets,
  ServiceAccounts,
} from '../../../kube/resources.ts';

import { bindingName } from '../../../operator/outputs/binding.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import {
  counts,
  grantOf,
  ownedBy,
  putAll,
  putApplication,
  putGrant,
  putMatrix,
  putPolicy,
  putUser,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { identitiesNamespace, releaseNamespace } from '../../kit/installation/install.ts';
import { judgeTraffic, type NetworkPolicy } from '../../kit/laws/network-policy.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });
const aSetting = async () => operated.aSetting();

interface Binding extends KubeObject {
  subjects?: { kind: string; name: string }[];
  roleRef: { name: string };
}

describe('an owned object', () => {
  it('is made again when it is deleted', async () => {
    const one = await aSetting();
    const { metadata } = await putAll(one);
    const before = await ownedBy(one.admin, metadata.uid);
    await one.admin.delete(RoleBindings, { namespace: one.namespace, name: bindingName(metadata.uid) });
    await one.admin.delete(ServiceAccounts, {
      namespace: identitiesNamespace,
      name: before.accounts[0]!.metadata.name,
    });
    await eventually(async () => {
      const now = await ownedBy(one.admin, metadata.uid);
      expect(await counts(one.admin, metadata.uid)).toEqual([1, 1, 1]);
      expect(now.accounts[0]?.metadata.uid).not.toBe(before.accounts[0]?.metadata.uid);
      const owner = now.secrets[0]?.metadata.ownerReferences?.[0]?.uid;
      expect(owner).toBe(now.accounts[0]?.metadata.uid);
    });
  });

  it('is put right when its subjects, owners, labels of others or finalizers were changed', async () => {
    const one = await aSetting();
    const { metadata } = await putAll(one);
    const ref = { namespace: one.namespace, name: bindingName(metadata.uid) };
    const wanted = await one.admin.get<Binding>(RoleBindings, ref);
    const changes = [
      { subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'mallory' }] },
      { metadata: { finalizers: ['example.com/hold'] } },
      { metadata: { ownerReferences: [] } },
      { metadata: { annotations: { 'supportaccess.dev/grant': 'somebody/else' } } },
    ];
    for (const patch of changes) {
      await one.admin.mergePatch(RoleBindings, ref, { patch });
      await eventually(async () => {
        const now = await one.admin.get<Binding>(RoleBindings, ref);
        expect(now.subjects).toEqual(wanted.subjects);
        expect(now.metadata.finalizers).toBeUndefined();
        expect(now.metadata.ownerReferences).toEqual(wanted.metadata.ownerReferences);
        expect(now.metadata.annotations).toEqual(wanted.metadata.annotations);
      });
    }
    const repaired = (await operated.installation.records.all()).filter(
      ({ type, grant }) => type === 'operator.drift_repaired' && grant?.uid === metadata.uid,
    );
    expect(repaired).toHaveLength(changes.length);
  });

  it('goes with the grant although somebody put a finalizer on it', async () => {
    const one = await aSetting();
    const { metadata } = await putAll(one);
    const ref = { namespace: one.namespace, name: bindingName(metadata.uid) };
    await putGrant(one, { access: 'Disabled' });
    await untilActive(one, 'Disabled');
    await putGrant(one);
    await untilActive(one, 'Open');
    await one.admin.mergePatch(RoleBindings, ref, {
      patch: { metadata: { finalizers: ['example.com/hold'] } },
    });
    await one.admin.delete(kinds.SupportAccessGrant, one.grantRef);
    await eventually(async () => expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]));
  });

  it('of the installation is put right: network policy and SSO settings', async () => {
    await putPolicy(await aSetting());
    const network = { namespace: releaseNamespace, name: 'support-access-gateway' };
    const settings = { namespace: releaseNamespace, name: 'support-access-sso' };
    const wanted = await eventually(async () =>
      operated.installation.admin.get<KubeObject & { spec: object }>(NetworkPolicies, network),
    );
    const told = await eventually(async () => {
      const seen = await operated.installation.admin.get<KubeObject & { data: Record<string, string> }>(
        ConfigMaps,
        settings,
      );
      expect(seen.data['spCertificate']).toContain('BEGIN CERTIFICATE');
      return seen;
    });
    await operated.installation.admin.delete(NetworkPolicies, network);
    await operated.installation.admin.mergePatch(ConfigMaps, settings, {
      patch: { data: { entityID: 'https://evil.example' } },
    });
    await eventually(async () => {
      const now = await operated.installation.admin.get<KubeObject & { spec: object }>(
        NetworkPolicies,
        network,
      );
      expect(now.spec).toEqual(wanted.spec);
      const again = await operated.installation.admin.get<KubeObject & { data: Record<string, string> }>(
        ConfigMaps,
        settings,
      );
      expect(again.data).toEqual(told.data);
    });
  });
});

it('the gateway’s network follows where the API server and DNS listen', async () => {
  const { admin } = operated.installation;
  await putPolicy(await aSetting());
  const network = { namespace: releaseNamespace, name: 'support-access-gateway' };
  const leaves = async (ip: string, port: number, protocol: 'TCP' | 'UDP' = 'TCP') => {
    const policy = await admin.get<NetworkPolicy & KubeObject>(NetworkPolicies, network);
    const labels = policy.spec.podSelector?.matchLabels ?? {};
    const pod = { namespace: releaseNamespace, labels };
    return judgeTraffic([policy], { direction: 'Egress', pod, peer: { ip }, port, protocol }).allowed;
  };
  // No API server of the kit tells its address, so the usual ports are open anywhere until one is told.
  await eventually(async () => expect(await leaves('192.0.2.9', 6443)).toBe(true));
  const put = async (namespace: string, service: string, ip: string, ports: object[]) =>
    admin.create(EndpointSlices, {
      metadata: { namespace, name: `${service}-moved`, labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ip] }],
      ports,
    });
  expect(await leaves('192.0.2.10', 16_443)).toBe(false);
  expect(await leaves('192.0.2.53', 5353, 'UDP')).toBe(false);
  const moved = [
    await put('default', 'kubernetes', '192.0.2.10', [{ name: 'https', port: 16_443 }]),
    await put('kube-system', 'kube-dns', '192.0.2.53', [{ name: 'dns', port: 5353, protocol: 'UDP' }]),
  ];
  await eventually(async () => {
    expect(await leaves('192.0.2.10', 16_443)).toBe(true);
    expect(await leaves('192.0.2.53', 5353, 'UDP')).toBe(true);
    for (const [ip, port] of [
      ['192.0.2.10', 16_444],
      ['192.0.2.9', 6443],
      ['192.0.2.9', 16_443],
    ] as const)
      expect(await leaves(ip, port)).toBe(false);
  });
  for (const { metadata } of moved) await admin.delete(EndpointSlices, metadata);
  await eventually(async () => {
    expect(await leaves('192.0.2.10', 16_443)).toBe(false);
    expect(await leaves('192.0.2.53', 5353, 'UDP')).toBe(false);
  });
});

describe('a grant that somebody holds with a finalizer', () => {
  it('is closed when it is deleted, although it stays', async () => {
    const one = await aSetting();
    const { metadata } = await putAll(one);
    const hold = { metadata: { finalizers: ['example.com/hold'] } };
    await one.admin.mergePatch(kinds.SupportAccessGrant, one.grantRef, { patch: hold });
    await one.admin.delete(kinds.SupportAccessGrant, one.grantRef);
    await eventually(async () => {
      expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]);
      expect((await grantOf(one)).status?.activeReason).toBe('Deleted');
    });
    await one.admin.mergePatch(kinds.SupportAccessGrant, one.grantRef, {
      patch: { metadata: { finalizers: null } },
    });
    await eventually(async () => {
      const types = await operated.typesOf(metadata.uid);
      expect(types).toContain('grant.deleted');
    });
  });
});

describe('a foreign object with a name that is needed', () => {
  it('keeps the grant closed and is not touched, then the grant opens when it is removed', async () => {
    const one = await aSetting();
    await Promise.all([putPolicy(one), putUser(one), putMatrix(one), putApplication(one)]);
    await putGrant(one, { access: 'Disabled' });
    const { metadata } = await untilActive(one, 'Disabled');
    const ref = { namespace: one.namespace, name: bindingName(metadata.uid) };
    const foreign = await one.admin.create<Binding>(RoleBindings, {
      metadata: ref,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [],
    });
    await putGrant(one);
    const closed = await untilActive(one, 'NameTaken');
    expect(closed.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'NameTaken' }),
    );
    expect(closed.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Stalled', status: 'True' }),
    );
    expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]);
    expect(await one.admin.get<Binding>(RoleBindings, ref)).toEqual(foreign);
    await one.admin.delete(RoleBindings, ref);
    await untilActive(one, 'Open');
  });

  it('closes an open grant when our label was taken off our own binding', async () => {
    const one = await aSetting();
    const { metadata } = await putAll(one);
    const ref = { namespace: one.namespace, name: bindingName(metadata.uid) };
    await one.admin.mergePatch(RoleBindings, ref, {
      patch: { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } },
    });
    await untilActive(one, 'NameTaken');
    const { accounts, secrets } = await ownedBy(one.admin, metadata.uid);
    expect([...accounts, ...secrets]).toEqual([]);
  });
});

describe('a RoleBinding that copies our labels', () => {
  it('stays as it is, beside the grant, in another namespace, and when the grant goes', async () => {
    const one = await aSetting();
    const { metadata } = await putAll(one);
    const ours = await one.admin.get<Binding>(RoleBindings, {
      namespace: one.namespace,
      name: bindingName(metadata.uid),
    });
    const elsewhere = await aNamespace(operated.controlPlane);
    const places = [
      { namespace: one.namespace, name: 'theirs' },
      { namespace: elsewhere, name: ours.metadata.name },
    ];
    const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'their-own' }];
    const { labels, annotations } = ours.metadata;
    const made = await Promise.all(
      places.map((place) =>
        one.admin.create<Binding>(RoleBindings, {
          metadata: { ...place, labels, annotations },
          roleRef: ours.roleRef,
          subjects,
        }),
      ),
    );
    const untouched = async () => {
      const now = places.map((place) => one.admin.get<Binding>(RoleBindings, place));
      expect(await Promise.all(now)).toEqual(made);
    };
    await putGrant(one, { access: 'Disabled' });
    await untilActive(one, 'Disabled');
    await untouched();
    await one.admin.delete(kinds.SupportAccessGrant, one.grantRef);
    await eventually(async () => expect(await operated.typesOf(metadata.uid)).toContain('grant.deleted'));
    await untouched();
  });
});

describe('a credential', () => {
  it('keeps its name out of reach of a Secret that another made', async () => {
    const one = await aSetting();
    await Promise.all([putPolicy(one), putUser(one), putMatrix(one), putApplication(one)]);
    await putGrant(one, { access: 'Disabled' });
    const grant = await untilActive(one, 'Disabled');
    const user = await one.admin.get(kinds.SupportUser, { name: one.user });
    const name = accountName(grant.metadata.uid, user.metadata.uid);
    // The chart's policy refuses it already; the operator's own check is the second wall.
    await expect(
      one.admin.create(Secrets, { metadata: { namespace: identitiesNamespace, name }, type: 'Opaque' }),
    ).rejects.toMatchObject({ status: 403 });
  });
});
