/** A policy whose identity provider lets no one sign in: refused when it is applied, by the words of the sign-in and the operator. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../../../crds/generated/support-access-policy.ts';
import { problemLine } from '../../../../../crds/rules/problem.ts';
import { planPolicy } from '../../../../../operator/policy/plan.ts';
import { type SsoSettings } from '../../../../../saml/trust/provider.ts';
import { readTrust } from '../../../../../saml/trust/trust.ts';
import { kindAdvice, kindRules } from '../../../../../webhook/in-cluster/admission/kinds/index.ts';
import { providerMetadata } from '../../../../kit/idp/provider.ts';
import { aSigningKey } from '../../../../kit/idp/signing-key.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../../kit/objects/policy.ts';
import { aPolicyWorld } from '../../../../kit/objects/policy-world.ts';
import { pinnedKey } from '../../../../kit/objects/validated-response.ts';

const now = Date.now();
const day = 86_400_000;
const address = 'https://idp.example.com';
const good = providerMetadata(
  { entityID: address, signInURL: `${address}/sso`, key: pinnedKey, signs: 'assertion' },
  true,
).replace(/^<\?xml[^>]*\?>\s*/, '');
const ending = (at: number): string =>
  good.replace(' entityID=', ` validUntil="${new Date(at).toISOString()}" entityID=`);
const triple = { entityID: address, signInURL: `${address}/sso`, certificates: [pinnedKey.certificate] };

type Identity = SsoSettings['identityProvider'];

const useless: Readonly<Record<string, Identity>> = {
  'an element of something else': { metadata: '<a/>' },
  'text that is no XML': { metadata: 'see the portal' },
  'an end that was yesterday': { metadata: ending(now - day) },
  'no certificate': { metadata: good.replace(/<md:KeyDescriptor[^]*?<\/md:KeyDescriptor>/g, '') },
  'no address to sign in at': { metadata: good.replaceAll(/<md:SingleSignOnService[^>]*\/>/g, '') },
  'two providers': {
    metadata: `<x:EntitiesDescriptor xmlns:x="urn:oasis:names:tc:SAML:2.0:metadata">${good}${good}</x:EntitiesDescriptor>`,
  },
  'certificates of which none can be read': { ...triple, certificates: ['AAAA', 'x'] },
};
const useful: Readonly<Record<string, Identity>> = {
  metadata: { metadata: good },
  'a byte order mark': { metadata: `\uFEFF${good}` },
  'a comment': { metadata: `<!-- x -->\n${good}` },
  'the three fields': triple,
  'a bare certificate': { ...triple, certificates: [pinnedKey.x509.raw.toString('base64')] },
};

const policyWith = (identityProvider: Identity) => aPolicy(withSpec({ sso: { identityProvider } }));

async function judged(object: SupportAccessPolicy, old?: SupportAccessPolicy) {
  const deps = { now, read: async () => undefined, list: async () => [] };
  return kindRules.SupportAccessPolicy({ object, old }, deps);
}

const conditionsOf = (policy: SupportAccessPolicy) =>
  planPolicy(aPolicyWorld({ policy }), now).status?.conditions;

describe('EC-1 a policy with which no one could sign in', () => {
  it.each(Object.entries(useless))(
    'is refused with its fields, rules and ways out: %s',
    async (_name, provider) => {
      const trust = readTrust({ identityProvider: provider }, now);
      const expected = trust.ok ? [] : trust.problems.map(problemLine);
      expect(expected).not.toEqual([]);
      const { problems } = await judged(policyWith(provider));
      expect(problems.map(({ field, message }) => `${field}: ${message}`)).toEqual(expected);
    },
  );

  it.each(Object.entries(useful))('is none with %s', async (_name, provider) => {
    expect(await judged(policyWith(provider))).toEqual({ problems: [], warnings: [] });
  });

  it.each(Object.entries(useless))(
    'is taken with a warning while it opens nothing: %s',
    (_name, provider) => {
      const object = switchedOff()(policyWith(provider)) as never;
      const warnings = kindAdvice.SupportAccessPolicy({ object }, now);
      expect(warnings[0]).toMatch(/^no one can sign in: spec\.sso\.identityProvider/);
    },
  );

  it('does not hold up another change of a policy whose provider has run out since', async () => {
    const old = policyWith({ metadata: ending(now - day) });
    const { problems, warnings } = await judged(
      aPolicy(() => old, withSpec({ requireAllowedCIDRs: 'Disabled' })),
      old,
    );
    expect(problems).toEqual([]);
    expect(warnings.at(-1)).toContain('no one can sign in');
    expect((await judged(old, switchedOff()(old))).problems).toHaveLength(1);
  });

  it('warns 30 days before something ends, and of a bad certificate beside a good one', async () => {
    const soon = await aSigningKey({ commonName: 'Soon', notAfter: new Date(now + 29 * day) });
    expect((await judged(policyWith({ ...triple, certificates: [soon.certificate] }))).warnings).toEqual([
      expect.stringMatching(/^certificate .* ends at .*; ask for the next one/),
    ]);
    expect(await judged(policyWith({ ...triple, certificates: [pinnedKey.certificate, 'AAAA'] }))).toEqual({
      problems: [],
      warnings: [expect.stringContaining('certificates[1]: must be a readable X.509 certificate')],
    });
  });
});

describe('the operator', () => {
  it.each(Object.entries(useless))('says of the same policy that it is not Ready: %s', (_name, provider) => {
    const conditions = conditionsOf(policyWith(provider));
    for (const type of ['Ready', 'SSOReady']) {
      expect(conditions?.find((each) => each.type === type)).toMatchObject({
        status: 'False',
        reason: 'ProviderInvalid',
      });
    }
  });

  it('says that a provider which runs out needs attention, and stays Ready', () => {
    const conditions = conditionsOf(policyWith({ metadata: ending(now + 29 * day) }));
    expect(conditions?.find(({ type }) => type === 'SSOReady')).toMatchObject({
      status: 'True',
      reason: 'ProviderNeedsAttention',
      message: expect.stringContaining('and then no one can sign in; paste the present metadata'),
    });
    expect(conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  });
});
