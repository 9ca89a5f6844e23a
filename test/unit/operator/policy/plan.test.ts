import { describe, expect, it } from 'vitest';
import { network } from '../../../../operator/outputs/network.ts';
import { sso } from '../../../../operator/outputs/sso.ts';
import { planPolicy } from '../../../../operator/policy/plan.ts';
import type { PolicyWorld } from '../../../../operator/policy/world.ts';
import type { NetworkPolicy } from '../../../../operator/watching/kubernetes-objects.ts';
import { createAuthority } from '../../../kit/control-plane/pki.ts';
import { providerMetadata } from '../../../kit/idp/provider.ts';
import { aSigningKey, type SigningKey } from '../../../kit/idp/signing-key.ts';
import { aGrant, fromAddresses } from '../../../kit/objects/grant.ts';
import { noon } from '../../../kit/objects/grant-world.ts';
import { aConfigMap } from '../../../kit/objects/kube-objects.ts';
import { metadataOf, withSpec } from '../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aPolicyWorld as aWorld } from '../../../kit/objects/policy-world.ts';

/** The network policy that a world wants, as the API server would have stored it. */
function storedNetwork(world: PolicyWorld): NetworkPolicy {
  const [wanted] = network.desired(world.installation);
  const stored = {
    ...metadataOf('NetworkPolicy', 'support-access-gateway', 'support-access'),
    ...wanted?.object.metadata,
  };
  return { ...wanted?.object, metadata: stored } as NetworkPolicy;
}

const ready = (world: PolicyWorld, now = noon) =>
  planPolicy(world, now).status?.conditions.find(({ type }) => type === 'Ready');
const types = (world: PolicyWorld) => planPolicy(world, noon).record.drafts.map(({ type }) => type);

describe('the gateway’s network', () => {
  it('is narrowed before anything is recorded, and opened after it', () => {
    const before = storedNetwork(aWorld());
    const closing = planPolicy(aWorld({ open: [] }, { networkPolicy: before }), noon);
    expect([closing.narrow.length, closing.apply.length]).toEqual([1, 0]);
    const wider = [aGrant(fromAddresses('203.0.113.0/24'))];
    const opening = planPolicy(aWorld({ open: wider }, { networkPolicy: before }), noon);
    expect([opening.narrow.length, opening.apply.length]).toEqual([0, 1]);
  });

  it('is not written again while it is as it should be', () => {
    const plan = planPolicy(aWorld({}, { networkPolicy: storedNetwork(aWorld()) }), noon);
    expect([...plan.narrow, ...plan.apply, ...plan.remove]).toEqual([]);
  });

  it('is taken away when the policy wants none', () => {
    const policy = aPolicy(withSpec({ network: { gatewayPolicy: 'Disabled' } }));
    const plan = planPolicy(aWorld({ policy }, { networkPolicy: storedNetwork(aWorld()) }), noon);
    expect(plan.remove).toMatchObject([{ name: 'support-access-gateway' }]);
  });

  it('of somebody else under that name is left alone and told', () => {
    const own = storedNetwork(aWorld());
    const foreign = { ...own, metadata: { ...own.metadata, labels: {} } };
    for (const world of [
      aWorld({}, { networkPolicy: foreign }),
      aWorld({ policy: undefined }, { networkPolicy: foreign }),
    ]) {
      const plan = planPolicy(world, noon);
      expect([...plan.narrow, ...plan.apply, ...plan.remove]).toEqual([]);
    }
    expect(ready(aWorld({}, { networkPolicy: foreign }))).toMatchObject({
      status: 'False',
      reason: 'NameTaken',
    });
  });
});

describe('the SSO settings', () => {
  const data = (world: PolicyWorld) =>
    sso.desired(world.installation)[0]?.object['data'] as Record<string, string>;

  it('name the doors, the certificate, and who may sign in, sorted', () => {
    expect(data(aWorld())).toMatchObject({
      entityID: 'https://support.example.com/support-access/saml/metadata',
      acsURL: 'https://support.example.com/support-access/saml/acs',
      spCertificate: 'PEM',
    });
    expect(JSON.parse(data(aWorld())['people'] ?? '')).toMatchObject({
      count: 2,
      people: [{ name: 'ada' }, { name: 'bob' }],
    });
  });

  it('name the port where it is not 443', () => {
    const policy = aPolicy(withSpec({ gateway: { host: 'support.localhost', port: 8443 } }));
    expect(data(aWorld({ policy }))['acsURL']).toBe('https://support.localhost:8443/support-access/saml/acs');
  });

  it('are filled in once and stay the same from day to day', () => {
    const world = aWorld();
    const { fill } = planPolicy(world, noon);
    expect(fill.map(({ name }) => name)).toEqual(['support-access-sso', 'support-access-names']);
    const filled = aWorld(
      {},
      {
        ssoConfig: aConfigMap('support-access-sso', data(world)),
        names: aConfigMap('support-access-names', fill[1]?.data ?? {}),
      },
    );
    expect(planPolicy(filled, noon + 86_400_000).fill).toEqual([]);
  });

  it.each([
    ['support-access-sso', { ssoConfig: undefined }],
    ['support-access-names', { names: undefined }],
  ])('are missed when the chart’s ConfigMap %s is gone, and so are the names', (name, gone) => {
    expect(ready(aWorld({}, gone))).toMatchObject({
      status: 'False',
      reason: 'ApplyFailed',
      message: expect.stringContaining(name) as string,
    });
  });

  it('warn when no certificate of the identity provider is valid any more, and say when to look again', async () => {
    const { certificate } = await (await createAuthority('an identity provider')).issueLoopbackServer();
    const provider = (certificates: string[]) =>
      aPolicy(
        withSpec({
          sso: { identityProvider: { entityID: 'idp', signInURL: 'https://idp.example', certificates } },
        }),
      );
    const now = Date.now();
    const good = aWorld({ policy: provider([certificate]) });
    expect(ready(good, now)?.status).toBe('True');
    const end = planPolicy(good, now).lookAgainAt ?? 0;
    expect(end).toBeGreaterThan(now);
    expect(ready(good, end)).toMatchObject({ status: 'False', reason: 'CertificateExpired' });
    expect(ready(aWorld({ policy: provider(['none']) }), now)?.reason).toBe('ProviderInvalid');
    expect(ready(aWorld({ policy: provider(['none', certificate]) }), now)?.status).toBe('True');
  });
});

describe('the condition SSOReady', () => {
  const entityID = 'https://idp.example.com/metadata';
  const signInURL = 'https://idp.example.com/sso';
  const now = Date.now();
  const metadata = (key: SigningKey) =>
    providerMetadata({ entityID, signInURL, key, signs: 'assertion' }, true);
  const ssoReady = (identityProvider: object | undefined, at = now) => {
    const policy =
      identityProvider === undefined ? aPolicy() : aPolicy(withSpec({ sso: { identityProvider } }));
    const { status } = planPolicy(aWorld({ policy }), at);
    return status?.conditions.find(({ type }) => type === 'SSOReady');
  };

  it('is True where the sign-in trusts the provider, and names it', async () => {
    const key = await aSigningKey({ commonName: 'Provider' });
    expect(ssoReady({ metadata: metadata(key) })).toMatchObject({
      status: 'True',
      reason: 'ProviderTrusted',
      message: `People sign in with ${entityID}`,
    });
  });

  it('is False where the policy names no provider', () => {
    expect(ssoReady(undefined)).toMatchObject({ status: 'False', reason: 'ProviderMissing' });
  });

  it.each([
    [
      'two providers of SAML 2.0',
      (xml: string) => xml.replace(/<md:IDP[^]*Descriptor>(?=<\/md:Ent)/, '$&$&'),
    ],
    [
      'no address to sign in at',
      (xml: string) => xml.replace('bindings:HTTP-Redirect', 'bindings:HTTP-POST'),
    ],
    ['no metadata at all', () => 'x'],
  ])('is False with the field, the rule and the way out for metadata with %s', async (_title, change) => {
    const key = await aSigningKey({ commonName: 'Provider' });
    const condition = ssoReady({ metadata: change(metadata(key)) });
    expect(condition).toMatchObject({ status: 'False', reason: 'ProviderInvalid' });
    expect(condition?.message).toMatch(/^spec\.sso\.identityProvider\.metadata: must .+; \w.+/);
  });

  it('is False for a key that the sign-in would not check with, one problem a line', async () => {
    const { certificate } = await aSigningKey({ commonName: 'Weak', type: 'RSA-1024' });
    const message = ssoReady({ entityID, signInURL: 'idp', certificates: [certificate] })?.message ?? '';
    expect(message.split('\n')).toEqual([
      expect.stringMatching(
        /^spec\.sso\.identityProvider\.certificates\[0\]: must hold an RSA key of 2048 to 16384 bits/,
      ),
      expect.stringMatching(/^spec\.sso\.identityProvider\.signInURL: must be an https URL/),
    ]);
  });

  it('tells of certificates beyond their dates, and is looked at again when that changes', async () => {
    const from = Math.ceil((now + 60_000) / 1000) * 1000;
    const early = await aSigningKey({ commonName: 'Early', notBefore: new Date(from) });
    const provider = { metadata: metadata(early) };
    expect(ssoReady(provider)).toMatchObject({
      status: 'True',
      message: expect.stringContaining(`is not valid before ${new Date(from).toISOString()}`),
    });
    const policy = aPolicy(withSpec({ sso: { identityProvider: provider } }));
    expect(planPolicy(aWorld({ policy }), now).lookAgainAt).toBe(from);
    expect(ssoReady(provider, from)?.message).toBe(`People sign in with ${entityID}`);
  });

  it('keeps its message within what the CRD admits', () => {
    const certificates = Array.from({ length: 100 }, () => 'none');
    expect(ssoReady({ entityID, signInURL, certificates })?.message).toHaveLength(4096);
  });
});

describe('what is recorded about the policy', () => {
  it('is that it was switched on, durably and before the network opens', () => {
    expect(types(aWorld())).toEqual(['policy.changed', 'policy.enabled']);
    expect(planPolicy(aWorld(), noon).record.mustBeDurable).toBe(true);
  });

  it('is that it was switched off or deleted, after the network was closed', () => {
    const on = {
      ...aPolicy(),
      status: { observedGeneration: 1, conditions: planPolicy(aWorld(), noon).status?.conditions ?? [] },
    };
    const off = { ...switchedOff()(on), metadata: { ...on.metadata, generation: 2 } };
    const disabled = planPolicy(aWorld({ policy: off }, { object: off }), noon);
    expect(disabled.record.drafts.map(({ type }) => type)).toEqual(['policy.changed', 'policy.disabled']);
    expect(disabled.record.mustBeDurable).toBe(false);
    const gone = planPolicy(aWorld({ policy: undefined }, { object: on }), noon);
    expect(gone.record.drafts.map(({ type }) => type)).toEqual(['policy.deleted', 'policy.disabled']);
    expect(gone.record.mustBeDurable).toBe(false);
  });

  it('is nothing when nothing changed', () => {
    const status = planPolicy(aWorld(), noon).status;
    const object = { ...aPolicy(), ...(status === undefined ? {} : { status }) };
    expect(types(aWorld({ policy: object }, { object }))).toEqual([]);
  });
});

describe('who may act as the support identities', () => {
  const told = (impersonators: string[]) =>
    planPolicy(aWorld({}, { impersonators }), noon).status?.conditions.find(
      ({ type }) => type === 'IdentitiesExclusive',
    );

  it('is told: nobody but the gateway, or by which bindings', () => {
    expect(told([])).toMatchObject({ status: 'True', reason: 'Enforced' });
    expect(told(['ClusterRoleBinding editors'])).toMatchObject({
      status: 'False',
      reason: 'ExcessRights',
      message: expect.stringContaining('by ClusterRoleBinding editors: bind'),
    });
  });

  it('names ten and counts the others, and keeps Ready as it is', () => {
    const many = Array.from({ length: 12 }, (_, at) => `ClusterRoleBinding b${at}`);
    expect(told(many)?.message).toMatch(/b9; and 2 more: /);
    expect(ready(aWorld({}, { impersonators: many }))?.status).toBe('True');
  });
});
