/** A SAML response works once, for any browser and any number of gateways: proved on Leases of a real API server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../../kube/api/client.ts';
import { createKubeClient } from '../../../../kube/api/create-client.ts';
import { Leases } from '../../../../kube/resources.ts';
import { consumeResponse, type UsedResponse } from '../../../../webhook/gateway/sign-in/consume-response.ts';
import { createSingleUse } from '../../../../webhook/gateway/single-use/single-use.ts';
import type { ControlPlane } from '../../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../../kit/control-plane/namespaces.ts';
import { kubeconfigThrough, startTcpFaultProxy } from '../../../kit/control-plane/tcp-fault-proxy.ts';
import { signInAtIdp } from '../../../kit/idp/form-person.ts';
import { startTestIdp, type TestIdp } from '../../../kit/idp/test-idp.ts';
import { aFormPost, aSignIn, cookieAfter, reasonOf, sp } from '../../../kit/objects/sign-in.ts';
import { aUserNamed } from '../../../kit/objects/user.ts';
import { resultReason } from '../../../kit/objects/validated-response.ts';
import { useControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let controlPlane: ControlPlane;
let gateways: readonly [KubeClient, KubeClient];
let namespace: string;

beforeAll(async () => {
  controlPlane = await useControlPlane();
  const client = () => createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  gateways = [await client(), await client()];
  namespace = await aNamespace(controlPlane);
});

afterAll(async () => {
  await Promise.all(gateways.map((client) => client.close()));
});

let number = 0;

function aUse(changes: Partial<UsedResponse> = {}): UsedResponse {
  number += 1;
  const ids = { requestId: `_request-${number}`, assertionId: `_assertion-${number}` };
  return { ...ids, issuer: 'https://idp.example.com', until: Date.now() + 600_000, ...changes };
}

/** The reason of the refusal, or `accepted`, when this response is used at this gateway. */
async function reasonAfter(client: KubeClient, use: UsedResponse, where = namespace): Promise<string> {
  return resultReason(await consumeResponse(createSingleUse(client, where).consume, use));
}

async function leaseNames(): Promise<string[]> {
  const { items } = await gateways[0].list(Leases, { namespace });
  return items.map(({ metadata }) => metadata.name);
}

describe('a used answer', () => {
  it('is remembered by two Leases, and refused the second time at any gateway', async () => {
    const use = aUse();
    const before = (await leaseNames()).length;
    expect(await reasonAfter(gateways[0], use)).toBe('accepted');
    expect((await leaseNames()).length).toBe(before + 2);
    expect(await reasonAfter(gateways[0], use)).toBe('saml.request_replayed');
    expect(await reasonAfter(gateways[1], use)).toBe('saml.request_replayed');
  });

  it('is refused under another request too', async () => {
    const use = aUse();
    await reasonAfter(gateways[0], use);
    const again = aUse({ assertionId: use.assertionId });
    expect(await reasonAfter(gateways[1], again)).toBe('saml.assertion_replayed');
  });

  it('is not confused with the same assertion id of another provider', async () => {
    const use = aUse();
    await reasonAfter(gateways[0], use);
    const other = aUse({ assertionId: use.assertionId, issuer: 'https://other.example.com' });
    expect(await reasonAfter(gateways[0], other)).toBe('accepted');
  });

  it('shows none of its ids in the cluster', async () => {
    const use = aUse();
    await reasonAfter(gateways[0], use);
    const { items } = await gateways[0].list(Leases, { namespace });
    expect(JSON.stringify(items)).not.toContain(use.assertionId);
    expect(JSON.stringify(items)).not.toContain(use.requestId);
  });

  it('is forgotten a quarter of an hour after nobody could use it any more, not a millisecond before', async () => {
    const now = Date.now();
    const use = aUse({ until: now + 600_000 });
    const { deleteExpired } = createSingleUse(gateways[0], namespace);
    await reasonAfter(gateways[0], use);
    const before = await leaseNames();
    const quarterHour = 900_000;
    await deleteExpired(now + 600_000 + quarterHour - 1);
    expect((await leaseNames()).filter((name) => !before.includes(name))).toEqual([]);
    expect(await reasonAfter(gateways[0], use)).toBe('saml.request_replayed');
    expect(await deleteExpired(now + 600_000 + quarterHour)).toBeGreaterThanOrEqual(2);
    expect(await leaseNames()).toEqual([]);
  });

  it('leaves Leases of others alone', async () => {
    await gateways[0].create(Leases, { metadata: { name: 'somebody-elses', namespace }, spec: {} });
    await createSingleUse(gateways[0], namespace).deleteExpired(Date.now() + 3_600_000);
    expect(await leaseNames()).toContain('somebody-elses');
    await gateways[0].delete(Leases, { namespace, name: 'somebody-elses' });
  });

  it('is refused when the API server does not say whether it was used', async () => {
    const proxy = await startTcpFaultProxy({ url: controlPlane.url });
    const client = await createKubeClient({
      kubeconfigPath: kubeconfigThrough(proxy, controlPlane.kubeconfig),
    });
    await proxy.refuse();
    expect(await reasonAfter(client, aUse())).toBe('saml.single_use_unknown');
    await client.close();
    await proxy.stop();
  });

  it('is refused when its namespace is not there', async () => {
    expect(await reasonAfter(gateways[0], aUse(), 'nowhere')).toBe('saml.single_use_unknown');
  });
});

describe('the same answer posted to two gateways at once', () => {
  let idp: TestIdp;
  beforeAll(async () => {
    const serviceProvider = { entityID: sp.entityID, acsURL: sp.acsUrl };
    const people = [{ user: 'ada', password: 'analytical', nameID: 'ada@vendor.example' }];
    idp = await startTestIdp({ serviceProvider, people });
  });
  afterAll(() => idp.stop());

  it('lets in exactly one, twenty times over', async () => {
    const sealingKeys = [Buffer.alloc(32, 7)];
    const sso = { identityProvider: { metadata: idp.metadata }, requestSigning: 'Disabled' as const };
    const doors = gateways.map((client) =>
      aSignIn({
        sso,
        sealingKeys,
        consume: createSingleUse(client, namespace).consume,
        users: [aUserNamed('ada')],
      }),
    );
    for (let round = 0; round < 20; round += 1) {
      const begun = await doors[0]!.begin({ namespace: 'ecase', name: 'case-4711' });
      const { redirect, setCookie } = begun.ok ? begun.value : { redirect: '', setCookie: '' };
      const { SAMLResponse, RelayState } = await signInAtIdp(redirect, 'ada', 'analytical');
      const post = () => aFormPost({ SAMLResponse, RelayState });
      const cookie = cookieAfter(setCookie);
      const completed = await Promise.all(doors.map((door) => door.complete(post(), cookie)));
      expect(completed.map(reasonOf).sort()).toEqual(['accepted', 'saml.request_replayed']);
    }
  });
});
