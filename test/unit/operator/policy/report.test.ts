import { describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import { planPolicy } from '../../../../operator/policy/plan.ts';
import type { PolicyWorld } from '../../../../operator/policy/world.ts';
import { createAuthority } from '../../../kit/control-plane/pki.ts';
import { noon } from '../../../kit/objects/grant-world.ts';
import { aConfigMap } from '../../../kit/objects/kube-objects.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { certificateAt, toldAt } from '../../../kit/objects/told-certificates.ts';

function aWorld(policy: SupportAccessPolicy, certificates: PolicyWorld['certificates']): PolicyWorld {
  const releaseNamespace = 'support-access';
  return {
    installation: { policy, open: [], applications: [], people: [], releaseNamespace, spCertificate: 'PEM' },
    object: policy,
    networkPolicy: undefined,
    ssoConfig: aConfigMap('support-access-sso', {}),
    certificates,
    impersonators: [],
  };
}

describe('the condition CertificatesReady', () => {
  it('holds while the support host has a certificate and the gateway can use every Secret that is named', async () => {
    const authority = await createAuthority('the customer’s authority');
    const pem = await certificateAt(authority, ['support.example.com'], { now: noon, lasts: 3_600_000 });
    const gateway = { ...aPolicy().spec.gateway, tlsSecretRefs: [{ name: 'tls' }, { name: 'more' }] };
    const policy = aPolicy(withSpec({ gateway }));
    const said = (entries: Record<string, string> | undefined, now = noon) => {
      const world = aWorld(policy, entries && toldAt(now, entries));
      const { conditions = [] } = planPolicy(world, now).status ?? {};
      return conditions.find(({ type }) => type === 'CertificatesReady');
    };
    expect(said({ tls: pem, more: pem })).toMatchObject({ status: 'True', reason: 'Enforced' });
    expect(said(undefined)).toMatchObject({ status: 'False', reason: 'ApplyFailed' });
    expect(said({ tls: 'Missing', more: pem })).toMatchObject({
      status: 'False',
      reason: 'CertificateUnreadable',
      message: expect.stringMatching(/^Secret tls: it does not exist/),
    });
    expect(said({ tls: pem, more: pem }, noon + 3_600_000)).toMatchObject({ reason: 'CertificateExpired' });
    expect(said({ tls: 'KeyDiffers', more: 'Missing' })?.message).toMatch(
      /^There is no .* Secret tls: .* Secret more: /,
    );
  });

  it('is judged again when gateways may have fallen silent', () => {
    const world = aWorld(aPolicy(), toldAt(noon));
    const at = planPolicy(world, noon).lookAgainAt ?? 0;
    expect(at).toBeGreaterThan(noon);
    expect(planPolicy(world, at).status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'CertificatesReady', reason: 'GatewaySilent' }),
    );
  });
});
