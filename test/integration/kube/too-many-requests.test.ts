/** The real server says 429 when priority and fairness leave a user no seat. We wait as it asks, as long as we may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { KubeError } from '../../../kube/errors.ts';
import { ConfigMaps, type Resource, RoleBindings } from '../../../kube/resources.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

const flowControl = { group: 'flowcontrol.apiserver.k8s.io', version: 'v1', namespaced: false };
const FlowSchemas: Resource = { ...flowControl, plural: 'flowschemas', kind: 'FlowSchema' };
const PriorityLevels: Resource = {
  ...flowControl,
  plural: 'prioritylevelconfigurations',
  kind: 'PriorityLevelConfiguration',
};

let controlPlane: ControlPlane;
let admin: KubeClient;
let client: KubeClient;
let namespace: string;
let user: string;

beforeAll(async () => {
  controlPlane = await useControlPlane();
  admin = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  namespace = await aNamespace(controlPlane);
  user = `crowd-${namespace}`;
  client = await createKubeClient({ kubeconfigPath: await controlPlane.userKubeconfig(user, []) });
  await admin.create(RoleBindings, {
    metadata: { name: 'editors', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
    subjects: [{ kind: 'User', name: user }],
  });
  await admin.create(PriorityLevels, {
    metadata: { name: user },
    spec: {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 0,
        lendablePercent: 0,
        borrowingLimitPercent: 0,
        limitResponse: { type: 'Reject' },
      },
    },
  });
  // A level of no seats at all still lets one request through when it is idle.
  const resourceRules = [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true },
  ];
  const rules = [{ subjects: [{ kind: 'User', user: { name: user } }], resourceRules }];
  const spec = { priorityLevelConfiguration: { name: user }, matchingPrecedence: 500, rules };
  await admin.create(FlowSchemas, { metadata: { name: user }, spec });
  const schema = await admin.get(FlowSchemas, { name: user });
  await eventually(async () => {
    const { headers } = await client.raw('GET', `/api/v1/namespaces/${namespace}/configmaps`);
    expect(headers['x-kubernetes-pf-flowschema-uid']).toBe(schema.metadata.uid);
  });
});

afterAll(async () => {
  await admin.delete(FlowSchemas, { name: user });
  await admin.delete(PriorityLevels, { name: user });
  await Promise.all([admin.close(), client.close()]);
});

/** How many of the user's requests the server has turned away so far, in its own words. */
async function rejected(): Promise<number> {
  const { body } = await admin.raw('GET', '/metrics');
  const lines = body.split('\n').filter((line) => line.includes(`flow_schema="${user}"`));
  const counts = lines.filter((line) => line.startsWith('apiserver_flowcontrol_rejected_requests_total'));
  return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const crowd = Array.from({ length: 60 }, (_, at) => at);

describe('a server that has one seat for sixty requests at once', () => {
  it('gets each of them again after the wait that it asked for, and each is done once', async () => {
    const before = await rejected();
    await Promise.all(
      crowd.map(async () => client.create(ConfigMaps, { metadata: { generateName: 'once-', namespace } })),
    );
    expect(await rejected()).toBeGreaterThan(before);
    const { items } = await admin.list(ConfigMaps, { namespace });
    expect(items.filter((item) => item.metadata.name.startsWith('once-'))).toHaveLength(crowd.length);
  });

  it('is believed at once when the wait does not fit into the deadline', async () => {
    const ref = { namespace, name: 'kube-root-ca.crt' };
    let refusals: unknown[] = [];
    // On a very busy machine a whole crowd may run into its deadline before the first response: then another one is sent.
    await eventually(async () => {
      const asked = crowd.map(async () => client.get(ConfigMaps, ref, { deadlineMs: 900 }));
      const outcomes = await Promise.allSettled(asked);
      refusals = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect(refusals.some((reason) => reason instanceof KubeError)).toBe(true);
    });
    const believed = refusals.filter((reason) => reason instanceof KubeError);
    // The server raises its wait while it keeps turning requests away.
    for (const reason of believed)
      expect(reason).toMatchObject({ status: 429, retryAfterSeconds: expect.any(Number) });
    for (const { retryAfterSeconds } of believed) expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
    // On a busy machine some had not been heard at all by then.
    const unheard = refusals.filter((reason) => !(reason instanceof KubeError));
    for (const reason of unheard) expect(reason).toMatchObject({ code: 'DEADLINE' });
  });
});
