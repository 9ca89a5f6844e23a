/** What a grant's people are let into is what was consented to: application, Service, and what the Service leads to. */
import { describe, expect, it } from 'vitest';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import { kinds } from '../../../crds/kinds.ts';
import { installed } from '../../../crds/names.ts';
import { conditionOf } from '../../../crds/rules/conditions.ts';
import { backendKey, onItsNode } from '../../../crds/rules/request/told-backends.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { ConfigMaps, EndpointSlices, type Resource, Services } from '../../../kube/resources.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import {
  type GrantSetting,
  grantOf,
  putAll,
  putApplication,
  putGrant,
  putMatrix,
  putUser,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });

const backendOf = ({ namespace }: GrantSetting) => ({ namespace, name: 'ecase' });

const patched = (spec: Record<string, unknown>) => (one: GrantSetting) =>
  one.admin.mergePatch(Services, backendOf(one), { patch: { spec } });

const anew = (resource: Resource) => async (one: GrantSetting) => {
  const ref = backendOf(one);
  const { spec: seen } = await one.admin.get<KubeObject & { spec: Record<string, unknown> }>(resource, ref);
  const { clusterIP: _c, clusterIPs: _i, ...spec } = seen;
  await one.admin.delete(resource, ref);
  await one.admin.create(resource, { metadata: ref, spec });
};

const changes: Readonly<Record<string, [(one: GrantSetting) => Promise<unknown>, string]>> = {
  'a Service that selects other pods': [patched({ selector: { app: 'mine' } }), 'ServiceChanged'],
  'a port that leads elsewhere in the pods': [
    patched({ ports: [{ port: 80, targetPort: 9229 }] }),
    'ServiceChanged',
  ],
  'a Service made anew': [anew(Services), 'ServiceChanged'],
  'an application made anew': [anew(kinds.SupportApplication), 'ApplicationChanged'],
};

describe('the backend that was consented to', () => {
  it.each(Object.entries(changes))('%s closes until consent is raised', async (_, [change, reason]) => {
    const one = await operated.aSetting();
    const { metadata, status } = await putAll(one);
    // Each set of pins is recorded: more than one before the grant opens, where a watch tells of a person later.
    const pinned = async () =>
      (await operated.typesOf(metadata.uid)).filter((type) => type === 'grant.pinned').length;
    const before = await pinned();
    const service = await one.admin.get(Services, backendOf(one));
    expect(status?.pins?.service).toMatchObject({ name: 'ecase', uid: service.metadata.uid, port: 80 });
    await change(one);
    const closed = await untilActive(one, reason);
    expect(closed.status?.pins).toEqual(status?.pins);
    expect(await pinned()).toBe(before);
    await putGrant(one, { consent: 2 });
    await untilActive(one, 'Open');
    expect(await pinned()).toBe(before + 1);
  });
});

describe('a host', () => {
  it('stays with the namespace that had it first, also when its application is deleted', async () => {
    const [older, newcomer] = [await operated.aSetting(), await operated.aSetting()];
    const host = `${older.namespace}.apps.example.com`;
    await putAll(older);
    await Promise.all([putUser(newcomer), putMatrix(newcomer), putApplication(newcomer, host)]);
    await putGrant(newcomer);
    await untilActive(newcomer, 'HostTaken');
    await older.admin.delete(kinds.SupportApplication, backendOf(older));
    await untilActive(older, 'NoApplication');
    const { status } = await untilActive(newcomer, 'HostTaken');
    await eventually(async () => {
      const now = conditionOf((await grantOf(newcomer)).status?.conditions, 'Active');
      expect(now?.message).toMatch(
        /stays with namespace .* remove its line from ConfigMap support-access-hosts/,
      );
    });
    expect(status?.activeReason).toBe('HostTaken');
    const patch = { data: { [host]: null } };
    await older.admin.mergePatch(
      ConfigMaps,
      { namespace: 'support-access', name: 'support-access-hosts' },
      { patch },
    );
    await untilActive(newcomer, 'Open');
  });
});

/** An EndpointSlice as an editor of the namespace may make it, leading wherever its author wants. */
const aSlice = ({ namespace }: GrantSetting, labels: Readonly<Record<string, string>> = {}) => ({
  metadata: {
    name: 'ecase-mine',
    namespace,
    labels: { 'kubernetes.io/service-name': 'ecase', ...labels },
  },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['198.51.100.7'], conditions: { ready: true } }],
  ports: [{ name: '', port: 80, protocol: 'TCP' }],
});

describe('an EndpointSlice made by hand', () => {
  it('closes the grant and makes the application not ready, in the same words, until it is deleted', async () => {
    const one = await operated.aSetting();
    await putAll(one);
    await one.admin.create(EndpointSlices, aSlice(one));
    const closed = await untilActive(one, 'ExternalService');
    const why = conditionOf(closed.status?.conditions, 'Active')?.message;
    expect(why).toMatch(/^EndpointSlice ecase-mine .* delete it\.$/);
    await eventually(async () => {
      const { status } = await one.admin.get<SupportApplication>(kinds.SupportApplication, backendOf(one));
      expect(conditionOf(status?.conditions, 'Ready')).toMatchObject({ status: 'False', message: why });
    });
    await one.admin.delete(EndpointSlices, { namespace: one.namespace, name: 'ecase-mine' });
    await untilActive(one, 'Open');
  });

  it('that claims to be the controller’s is put right by the controller', async () => {
    const one = await operated.aSetting();
    await putAll(one);
    const managed = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
    await one.admin.create(EndpointSlices, aSlice(one, managed));
    await eventually(async () => {
      const { items } = await one.admin.list<KubeObject & { endpoints?: unknown[] | null }>(EndpointSlices, {
        namespace: one.namespace,
      });
      expect(items.flatMap(({ endpoints }) => endpoints ?? [])).toEqual([]);
    });
  });
});

describe('a pod on the network of its node', () => {
  it('makes the application not ready for as long as the gateway tells of it, and closes no grant', async () => {
    const one = await operated.aSetting();
    await putAll(one);
    const tell = async (word: string | null) =>
      one.admin.mergePatch(
        ConfigMaps,
        { namespace: 'support-access', name: installed.certificates },
        { patch: { data: { [backendKey(backendOf(one))]: word } } },
      );
    const ready = (expected: object) =>
      eventually(async () => {
        const { status } = await one.admin.get<SupportApplication>(kinds.SupportApplication, backendOf(one));
        expect(conditionOf(status?.conditions, 'Ready')).toMatchObject(expected);
      });
    await tell(onItsNode);
    await ready({
      status: 'False',
      reason: 'ExternalService',
      message: expect.stringMatching(
        /^Service ecase .* run the application without hostNetwork\.$/,
      ) as string,
    });
    expect((await grantOf(one)).status?.activeReason).toBe('Open');
    await tell(null);
    await ready({ status: 'True' });
  });
});
