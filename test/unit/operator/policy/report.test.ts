import { describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import { formatTime } from '../../../../crds/rules/time/time.ts';
import { planPolicy } from '../../../../operator/policy/plan.ts';
import { policyStatus } from '../../../../operator/policy/report.ts';
import type { PolicyWorld } from '../../../../operator/policy/world.ts';
import type { RecordsVolume } from '../../../../trail/wire.ts';
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
    names: aConfigMap('support-access-names', {}),
    certificates,
    identitiesNamespace: 'support-access-identities',
    admission: {},
    authority: undefined,
    recordsProblem: undefined,
    clockProblem: undefined,
    noticesProblem: undefined,
    isLocked: false,
    impersonators: [],
  };
}

const day = 86_400_000;

describe('the condition CertificatesReady', () => {
  it('holds while the support host has a certificate and the gateway can use every Secret that is named', async () => {
    const authority = await createAuthority('the customer’s authority');
    const pem = await certificateAt(authority, ['support.example.com'], { now: noon, lasts: 20 * day });
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
    const end = noon + 20 * day;
    expect(said({ tls: pem, more: pem }, end - 14 * day - 1)).toMatchObject({ reason: 'Enforced' });
    expect(said({ tls: pem, more: pem }, end - 14 * day)).toMatchObject({
      status: 'True',
      reason: 'CertificateEnding',
      message: expect.stringContaining(`in Secret tls ends at ${formatTime(end)}; renew it. The`),
    });
    expect(said({ tls: pem, more: pem }, end)).toMatchObject({ reason: 'CertificateExpired' });
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

describe('the condition RecordsUnavailable', () => {
  const statusWith = (recordsProblem: string | undefined, policy = aPolicy(), now = noon) =>
    policyStatus({ ...aWorld(policy, undefined), recordsProblem }, now);
  const conditionIn = (status: ReturnType<typeof statusWith>) =>
    status?.conditions.find(({ type }) => type === 'RecordsUnavailable');

  it('is there only while the records take nothing, with the cause', () => {
    expect(conditionIn(statusWith(undefined))).toBeUndefined();
    const away = statusWith('getaddrinfo ENOTFOUND records.svc');
    expect(conditionIn(away)).toMatchObject({
      status: 'True',
      reason: 'RecordsUnavailable',
      message: expect.stringMatching(
        /no request passes until one can: getaddrinfo ENOTFOUND records\.svc$/,
      ) as string,
    });
    const policy = { ...aPolicy(), status: away as NonNullable<SupportAccessPolicy['status']> };
    expect(conditionIn(statusWith(undefined, policy, noon + 60_000))).toBeUndefined();
  });

  it('keeps the moment since when they are away, though the cause changes', () => {
    const away = statusWith('ENOTFOUND');
    const policy = { ...aPolicy(), status: away as NonNullable<SupportAccessPolicy['status']> };
    const later = conditionIn(statusWith('ECONNREFUSED', policy, noon + 60_000));
    expect(later?.lastTransitionTime).toBe(conditionIn(away)?.lastTransitionTime);
    expect(later?.message).toContain('ECONNREFUSED');
  });
});

describe('the condition ClockOff', () => {
  const statusWith = (clockProblem: string | undefined, policy = aPolicy()) =>
    policyStatus({ ...aWorld(policy, undefined), clockProblem }, noon);
  const conditionIn = (status: ReturnType<typeof statusWith>) =>
    status?.conditions.find(({ type }) => type === 'ClockOff');

  it('is there only while the clocks disagree, with the difference, what follows and the way out', () => {
    expect(conditionIn(statusWith(undefined))).toBeUndefined();
    const off = statusWith('the clock of the operator is 95 s behind: access begins too early');
    expect(conditionIn(off)).toMatchObject({
      status: 'True',
      reason: 'ClockOff',
      message: expect.stringMatching(
        /^The clock of the operator is 95 s behind: access begins too early\. Set .*\(NTP\)$/,
      ) as string,
    });
    const policy = { ...aPolicy(), status: off as NonNullable<SupportAccessPolicy['status']> };
    expect(conditionIn(statusWith(undefined, policy))).toBeUndefined();
  });
});

describe('the condition RecordsFilling', () => {
  const statusWith = (volume: RecordsVolume | undefined, policy = aPolicy()) =>
    policyStatus({ ...aWorld(policy, undefined), recordsVolume: volume }, noon);
  const conditionIn = (status: ReturnType<typeof statusWith>) =>
    status?.conditions.find(({ type }) => type === 'RecordsFilling');
  const gibibyte = 1024 ** 3;
  const volume = {
    bytes: 10 * gibibyte,
    freeBytes: 2.84 * gibibyte,
    usedPercent: 71.6,
    level: 'filling',
  } as const;

  it('is there only while the volume fills, with the figures and the way out', () => {
    expect(conditionIn(statusWith(undefined))).toBeUndefined();
    const filling = statusWith(volume);
    expect(conditionIn(filling)).toMatchObject({
      status: 'True',
      reason: 'VolumeFilling',
      message: expect.stringMatching(
        /^The volume of the records is 71 % used, 2\.8 GiB of 10 GiB are free\. .*by kubectl edit pvc support-access-records; .*without a restart$/,
      ) as string,
    });
    const policy = { ...aPolicy(), status: filling as NonNullable<SupportAccessPolicy['status']> };
    expect(conditionIn(statusWith({ ...volume, level: 'fine' }, policy))).toBeUndefined();
    expect(conditionIn(statusWith({ ...volume, level: 'almost-full' }, policy))?.reason).toBe(
      'VolumeAlmostFull',
    );
  });
});

describe('the condition Locked', () => {
  const lockedIn = (isLocked: boolean, policy = aPolicy()) =>
    policyStatus({ ...aWorld(policy, undefined), isLocked }, noon);
  const conditionIn = (status: ReturnType<typeof lockedIn>, type: string) =>
    status?.conditions.find((condition) => condition.type === type);

  it('is there only while the lock on everything stands, names the way out, and leaves the switch as it is', () => {
    expect(conditionIn(lockedIn(false), 'Locked')).toBeUndefined();
    const status = lockedIn(true);
    expect(conditionIn(status, 'Locked')).toMatchObject({
      status: 'True',
      message: expect.stringContaining('kubectl support-access unlock all') as string,
    });
    expect(conditionIn(status, 'Active')?.status).toBe('True');
    const policy = { ...aPolicy(), status: status as NonNullable<SupportAccessPolicy['status']> };
    expect(conditionIn(lockedIn(false, policy), 'Locked')).toBeUndefined();
  });
});
