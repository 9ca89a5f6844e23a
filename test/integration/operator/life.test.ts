/** One grant's life on a real API server, with the operator as its own process and with exactly the chart's rights. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { kinds } from '../../../crds/kinds.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { Events, NetworkPolicies, Pods, Secrets } from '../../../kube/resources.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { providerMetadata } from '../../kit/idp/provider.ts';
import { aSigningKey } from '../../kit/idp/signing-key.ts';
import {
  counts,
  type GrantSetting,
  grantOf,
  lock,
  putAll,
  putApplication,
  putGrant,
  putMatrix,
  putPolicy,
  putUser,
  unlock,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { supportKubeconfig } from '../../kit/installation/support-identity.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

import { everyStepIsWalked } from './walked-life.ts';

const operated = useOperatedInstallation({ running: true });
const aSetting = async () => operated.aSetting();

const gatewayNetwork = { namespace: 'support-access', name: 'support-access-gateway' };

describe('a grant', () => {
  it('CC-14 becomes active the moment its user, matrix, application and policy exist, in any order', async () => {
    const one = await aSetting();
    await putGrant(one);
    await untilActive(one, 'NoPolicy');
    await putMatrix(one);
    await putApplication(one);
    await putPolicy(one);
    await untilActive(one, 'NoUser');
    await putUser(one);
    const grant = await untilActive(one, 'Open');
    expect(await counts(one.admin, grant.metadata.uid)).toEqual([1, 1, 1]);
    expect(grant.status?.signInURL).toBe(
      `https://support.example.com/support-access/sign-in/${one.namespace}/case-1`,
    );
  });

  it('has identities for which the gateway gets tokens, with the matrix’s rights in its namespace and nothing else', async () => {
    const one = await aSetting();
    const grant = await putAll(one);
    const support = await asSupport(grant);
    const pods = (namespace: string) => support.list(Pods, { namespace });
    await expect(pods(one.namespace)).resolves.toMatchObject({ items: [] });
    await expect(pods('default')).rejects.toMatchObject({ status: 403 });
    await expect(support.list(Secrets, { namespace: one.namespace })).rejects.toMatchObject({ status: 403 });
    await putGrant(one, { access: 'Disabled' });
    await untilActive(one, 'Disabled');
    await eventually(async () =>
      expect(pods(one.namespace)).rejects.toMatchObject({ status: expect.toBeOneOf([401, 403]) }),
    );
  });

  it('starts and expires by itself', async () => {
    const one = await aSetting();
    await Promise.all([putPolicy(one), putUser(one), putMatrix(one), putApplication(one)]);
    const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
    // Each time comes nearer only when what holds before it was seen: a slow machine would miss a short window.
    const expirationTime = inSeconds(3600);
    await putGrant(one, { startTime: inSeconds(1800), expirationTime });
    await untilActive(one, 'NotStarted');
    const startTime = inSeconds(2);
    await putGrant(one, { startTime, expirationTime });
    const { metadata } = await untilActive(one, 'Open');
    expect(await counts(one.admin, metadata.uid)).toEqual([1, 1, 1]);
    await putGrant(one, { startTime, expirationTime: inSeconds(2) });
    await untilActive(one, 'Expired');
    expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]);
    const types = await operated.typesOf(metadata.uid);
    // Pins are recorded in parts where a watch tells of a person later; the changes are those of this test.
    const alone = types.filter((type, at) => type !== 'grant.pinned' || types[at - 1] !== type);
    const inOrder = alone.filter((type) => type !== 'grant.changed');
    expect(inOrder).toEqual([
      'grant.created',
      'grant.pinned',
      'grant.activated',
      'credential.issued',
      'grant.expired',
      'credential.revoked',
    ]);
  });

  const ends: [string, (one: GrantSetting) => Promise<unknown>, string][] = [
    ['a lock on everything', async ({ admin }) => lock(admin, 'all'), 'Locked'],
    ['a lock on its namespace', async ({ admin, namespace }) => lock(admin, `ns.${namespace}`), 'Locked'],
    ['disabling it', async (one) => putGrant(one, { access: 'Disabled' }), 'Disabled'],
    ['switching the policy off', async (one) => putPolicy(one, { access: 'Disabled' }), 'PolicyDisabled'],
    [
      'deleting its only user',
      async ({ admin, user }) => admin.delete(kinds.SupportUser, { name: user }),
      'NoUser',
    ],
    [
      'deleting its application',
      async ({ admin, namespace }) => admin.delete(kinds.SupportApplication, { namespace, name: 'ecase' }),
      'NoApplication',
    ],
  ];
  it.each(ends)('is closed by %s', async (_, close, reason) => {
    const one = await aSetting();
    const { metadata } = await putAll(one);
    await close(one);
    await untilActive(one, reason);
    await eventually(async () => expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]));
    for (const name of ['all', `ns.${one.namespace}`]) await unlock(one.admin, name);
  });

  it('is told in events and lets its addresses through the gateway’s network while it is open', async () => {
    const one = await aSetting();
    // The others of this file list nothing, and so would admit all of the policy's addresses.
    await controlPlaneWithoutGrants();
    const { metadata } = await putAll(one, { allowedCIDRs: ['203.0.113.77'] });
    const admitted = async () => JSON.stringify(await one.admin.get(NetworkPolicies, gatewayNetwork));
    await eventually(async () => expect(await admitted()).toContain('203.0.113.77/32'));
    await eventually(async () => {
      const { items } = await one.admin.list<KubeObject & { reason: string }>(Events, {
        namespace: one.namespace,
      });
      expect(items.map(({ reason }) => reason)).toContain('Open');
    });
    await lock(one.admin, `grant.${metadata.uid}`);
    await eventually(async () => expect(await admitted()).not.toContain('203.0.113.77/32'));
    await unlock(one.admin, `grant.${metadata.uid}`);
  });

  it('has a service provider’s key pair made once, in the Secret that the chart made', async () => {
    await putPolicy(await aSetting());
    const ref = { namespace: 'support-access', name: 'support-access-sso' };
    const secret = await eventually(async () => {
      const seen = await operated.installation.admin.get<KubeObject & { data: Record<string, string> }>(
        Secrets,
        ref,
      );
      expect(Object.keys(seen.data)).toEqual(['sp.crt', 'sp.key']);
      return seen;
    });
    const decoded = (field: string) => Buffer.from(secret.data[field] ?? '', 'base64').toString('utf8');
    const key = createPrivateKey(decoded('sp.key'));
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(new X509Certificate(decoded('sp.crt')).checkPrivateKey(key)).toBe(true);
  });

  it('has a policy that says whether people can sign in with its provider: as the sign-in itself would', async () => {
    const one = await aSetting();
    const key = await aSigningKey({ commonName: 'Provider' });
    const provider = { entityID: 'https://idp.example.com', signInURL: 'https://idp.example.com/sso', key };
    const good = providerMetadata({ ...provider, signs: 'assertion' }, true);
    const twice = good.replace(/<md:IDPSSODescriptor[^]*<\/md:IDPSSODescriptor>/, (found) => found + found);
    const told = (condition: object) =>
      eventually(async () => {
        const { status } = await one.admin.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, {
          name: 'default',
        });
        expect(status?.conditions).toContainEqual(
          expect.objectContaining({ type: 'SSOReady', ...condition }),
        );
      });
    await putPolicy(one, { sso: { identityProvider: { metadata: good } } });
    await told({ status: 'True', reason: 'ProviderTrusted' });
    await putPolicy(one, { sso: { identityProvider: { metadata: twice } } });
    const rule = 'must have exactly one IDPSSODescriptor of SAML 2.0';
    await told({ status: 'False', reason: 'ProviderInvalid', message: expect.stringContaining(rule) });
    await putPolicy(one);
    await told({ status: 'False', reason: 'ProviderMissing' });
  });

  it('leaves nothing behind when it is deleted', async () => {
    const one = await aSetting();
    const { metadata } = await putAll(one);
    await one.admin.delete(kinds.SupportAccessGrant, one.grantRef);
    await eventually(async () => expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]));
    await eventually(async () => {
      const types = await operated.typesOf(metadata.uid);
      expect(types).toContain('grant.revoked');
      expect(types).toContain('grant.deleted');
    });
  });

  it('leaves nothing behind when its namespace is deleted', async () => {
    const one = await aSetting();
    const { metadata } = await putAll(one);
    await operated.controlPlane.kubectl(['delete', 'namespace', one.namespace, '--wait=false']);
    await eventually(async () => expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]), {
      within: 20_000,
    });
  });

  it('stays closed for another person under the same name until consent is raised', async () => {
    const one = await aSetting();
    await putAll(one);
    await one.admin.delete(kinds.SupportUser, { name: one.user });
    await untilActive(one, 'NoUser');
    await putUser(one);
    await untilActive(one, 'UserChanged');
    await putGrant(one, { consent: 2, expirationTime: (await grantOf(one)).spec.expirationTime });
    await untilActive(one, 'Open');
  });
});

describe('the life of a grant', () =>
  everyStepIsWalked({ aSetting, typesOf: (uid) => operated.typesOf(uid) }));

describe('a person', () => {
  const code42 = { users: { whenDisabled: 'Deactivate', afterLastGrant: 'Deactivate' } };
  const userOf = async ({ admin, user }: GrantSetting) =>
    admin.get<SupportUser>(kinds.SupportUser, { name: user });
  const untilPerson = async (one: GrantSetting, condition: object, deactivation?: object) =>
    eventually(async () => {
      const { status, metadata } = await userOf(one);
      expect(status?.conditions).toContainEqual(expect.objectContaining({ type: 'Active', ...condition }));
      expect(status?.deactivation).toEqual(
        deactivation && { startTime: expect.any(String), ...deactivation },
      );
      return metadata.uid;
    });
  const recordedOf = async (uid: string) =>
    (await operated.installation.records.all())
      .filter(
        ({ target, type }) => target?.uid === uid && type.startsWith('user.') && type !== 'user.changed',
      )
      .map(({ type }) => type);

  it('is suspended with the switch and comes back with it, each recorded once', async () => {
    const one = await aSetting();
    await putPolicy(one);
    await putUser(one);
    await untilPerson(one, { status: 'True' });
    await putPolicy(one, { access: 'Disabled' });
    await untilPerson(one, { status: 'False', reason: 'PolicyDisabled' });
    await putPolicy(one);
    const uid = await untilPerson(one, { status: 'True' });
    expect(await recordedOf(uid)).toEqual(['user.provisioned', 'user.suspended', 'user.resumed']);
  });

  it('C42-2 is deactivated by the switch for good, where the policy says so, and let in again only as another', async () => {
    const one = await aSetting();
    await putAll(one);
    await putPolicy(one, { ...code42, access: 'Disabled' });
    const uid = await untilPerson(one, { reason: 'UserDeactivated' }, { reason: 'SwitchedOff' });
    await putPolicy(one, code42);
    await untilActive(one, 'UserDeactivated');
    expect(await recordedOf(uid)).toEqual(['user.provisioned', 'user.deactivated']);
    await one.admin.delete(kinds.SupportUser, { name: one.user });
    await putUser(one);
    await untilActive(one, 'UserChanged');
  });

  it('C42-3 is deactivated when the last grant ends, and removed when the retention time has passed', async () => {
    const one = await aSetting();
    await putAll(one);
    await putPolicy(one, code42);
    await one.admin.delete(kinds.SupportAccessGrant, one.grantRef);
    const uid = await untilPerson(one, { reason: 'UserDeactivated' }, { reason: 'LastGrantEnded' });
    await putPolicy(one, { ...code42, retention: { deactivatedUsersSeconds: 1 } });
    await eventually(async () => expect(userOf(one)).rejects.toMatchObject({ status: 404 }));
    const life = ['user.provisioned', 'user.deactivated', 'user.removed', 'user.deprovisioned'];
    await eventually(async () => expect(await recordedOf(uid)).toEqual(life));
    await putPolicy(one);
  });
});

async function controlPlaneWithoutGrants(): Promise<void> {
  await operated.controlPlane.kubectl(['delete', 'supportaccessgrants', '--all', '--all-namespaces']);
}

/** Signs in as the grant's only person. */
async function asSupport(grant: SupportAccessGrant): Promise<KubeClient> {
  return createKubeClient({ kubeconfigPath: await supportKubeconfig(operated.installation, grant) });
}
