import { beforeAll, describe, expect, it } from 'vitest';
import { sentenceFor } from '../../../../crds/rules/reasons.ts';
import { tlsFaultEntry, tlsFaultKey } from '../../../../crds/rules/request/tls-faults.ts';
import { backendKey, onItsNode } from '../../../../crds/rules/request/told-backends.ts';
import { type ApplicationWorld, planApplication } from '../../../../operator/application/plan.ts';
import { type Authority, createAuthority } from '../../../kit/control-plane/pki.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { noon } from '../../../kit/objects/grant-world.ts';
import { aConfigMap } from '../../../kit/objects/kube-objects.ts';
import { createdAt, inNamespace, withMetadata, withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aService, withServiceSpec } from '../../../kit/objects/service.ts';
import { certificateAt, toldAt } from '../../../kit/objects/told-certificates.ts';

let told: ReturnType<typeof toldAt>;
let authority: Authority;
const day = 86_400_000;
const gateway = { ...aPolicy().spec.gateway, tlsSecretRefs: [{ name: 'tls' }] };

beforeAll(async () => {
  authority = await createAuthority('the customer’s authority');
  told = toldAt(noon, { tls: await certificateAt(authority, ['*.apps.example.com'], { now: noon }) });
});

function worldOf(change: Partial<ApplicationWorld> = {}): ApplicationWorld {
  const object = change.object ?? anApplication();
  return {
    object,
    gone: false,
    policy: aPolicy(withSpec({ gateway })),
    sameHost: [object],
    service: aService(),
    handMadeSlices: [],
    hosts: aConfigMap('support-access-hosts', {}),
    certificates: told,
    ...change,
  };
}

function said(change: Partial<ApplicationWorld> = {}, now = noon): Record<string, string> {
  const { conditions } = planApplication(worldOf(change), now).status;
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
}

describe('an application', () => {
  it('is ready, and its host is served, when everything is as it should be', () => {
    expect(said()).toEqual({
      Ready: 'True Enforced',
      HostReady: 'True HostServed',
      MorePasses: 'False UsualPasses',
    });
  });

  it('says what it lets pass beyond the usual, each by its field', () => {
    const object = anApplication(
      withSpec({
        pathForms: ['MatrixParameters', 'EncodedSlash'],
        forwardHeaders: { request: ['Authorization'] },
        allowedOrigins: ['https://reports.apps.example.com'],
      }),
    );
    const { conditions } = planApplication(worldOf({ object }), noon).status;
    expect(conditions.find(({ type }) => type === 'MorePasses')).toMatchObject({
      status: 'True',
      reason: 'MorePasses',
      message: `${sentenceFor('MorePasses')} spec.pathForms has MatrixParameters, EncodedSlash. spec.forwardHeaders.request has Authorization. spec.allowedOrigins has https://reports.apps.example.com.`,
    });
  });

  it.each([
    ['does not exist', undefined, 'NoService'],
    ['has no such port', aService(withServiceSpec({ ports: [{ port: 8080 }] })), 'NoService'],
    ['is an ExternalName', aService(withServiceSpec({ type: 'ExternalName' })), 'ExternalService'],
    [
      'selects no pods, so that its addresses are anybody’s',
      aService(withServiceSpec({ selector: {} })),
      'ExternalService',
    ],
    ['is headless', aService(withServiceSpec({ clusterIPs: ['None'] })), 'ExternalService'],
  ] as const)('is not ready when its Service %s', (_, service, reason) => {
    expect(said({ service })['Ready']).toBe(`False ${reason}`);
  });

  it('is not ready while gateways tell that TLS with it fails, in the words of the record', () => {
    const object = anApplication(withSpec({ tls: { serverName: 'ecase.internal' } }));
    const entry = tlsFaultEntry({ code: 'CERT_HAS_EXPIRED', seenAt: noon - 60_000 });
    const certificates = {
      ...told,
      data: { ...told.data, [tlsFaultKey({ namespace: 'ecase', name: 'ecase' })]: entry },
    };
    const readyAt = (now: number) =>
      planApplication(worldOf({ object, certificates }), now).status.conditions.find(
        ({ type }) => type === 'Ready',
      );
    expect(readyAt(noon)).toMatchObject({
      status: 'False',
      reason: 'ServiceUnreachable',
      message:
        'TLS with ecase.internal at port 80 failed: its certificate has expired (CERT_HAS_EXPIRED); renew it.',
    });
    expect(readyAt(noon + 15 * 60_000)).toMatchObject({ status: 'True' });
  });

  it('is ready and says how old a reading may be, where it lets one serve more than one request', () => {
    const object = anApplication(withSpec({ freshness: { maxStalenessSeconds: 2 } }));
    const { conditions } = planApplication(worldOf({ object }), noon).status;
    expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'True',
      message: expect.stringContaining('a reading that is up to 2 s old (spec.freshness)'),
    });
    const strict = anApplication(withSpec({ freshness: { maxStalenessSeconds: 0 } }));
    expect(planApplication(worldOf({ object: strict }), noon).status.conditions[0]?.message).not.toContain(
      'old',
    );
  });

  it('is not ready while an EndpointSlice of its Service was made by hand', () => {
    expect(said({ handMadeSlices: ['ecase-mine'] })['Ready']).toBe('False ExternalService');
  });

  it('is not ready while the gateway tells that its Service leads to a pod on the network of its node', () => {
    const onNode = (name: string) =>
      aConfigMap('support-access-certificates', {
        ...told.data,
        [backendKey({ namespace: 'ecase', name })]: onItsNode,
      });
    const { conditions } = planApplication(worldOf({ certificates: onNode('ecase') }), noon).status;
    expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ExternalService',
      message: expect.stringContaining('run the application without hostNetwork') as string,
    });
    expect(said({ certificates: onNode('ecase') })['HostReady']).toBe('True HostServed');
    expect(said({ certificates: onNode('another') })['Ready']).toBe('True Enforced');
  });

  it.each([
    ['is under no suffix of the policy', 'ecase.example.org', 'HostOutsideSuffixes'],
    ['is the suffix itself', 'apps.example.com', 'HostOutsideSuffixes'],
    ['only ends like a suffix', 'evilapps.example.com', 'HostOutsideSuffixes'],
    ['is the support host', 'support.example.com', 'HostReserved'],
  ])('has no host when its host %s', (_, host, reason) => {
    expect(said({ object: anApplication(withSpec({ host })) })['HostReady']).toBe(`False ${reason}`);
  });

  it('loses its host to an older one, and keeps it from a younger one', () => {
    const younger = anApplication(
      inNamespace('other'),
      withMetadata({ uid: 'y' }),
      createdAt('2026-12-01T07:00:01Z'),
    );
    const both = [younger, anApplication()];
    expect(said({ sameHost: both })['HostReady']).toBe('True HostServed');
    expect(said({ object: younger, sameHost: both })['HostReady']).toBe('False HostTaken');
  });

  it('shares a host with none that was made in the same second: one of them keeps it, always the same', () => {
    const twin = anApplication(inNamespace('other'), withMetadata({ uid: 'zzz' }));
    for (const sameHost of [
      [twin, anApplication()],
      [anApplication(), twin],
    ]) {
      const kept = [anApplication(), twin].filter(
        (object) => said({ object, sameHost })['HostReady'] === 'True HostServed',
      );
      expect(kept.map(({ metadata }) => metadata.uid)).toEqual([anApplication().metadata.uid]);
    }
  });

  it('has not the host of another namespace, also when no application there names it any more', () => {
    const hosts = aConfigMap('support-access-hosts', { [anApplication().spec.host]: 'production' });
    expect(said({ hosts })['HostReady']).toBe('False HostTaken');
    expect(
      said({ hosts: aConfigMap('support-access-hosts', { 'x.apps.example.com': 'production' }) }),
    ).toMatchObject({
      HostReady: 'True HostServed',
    });
    const own = aConfigMap('support-access-hosts', { [anApplication().spec.host]: 'ecase' });
    expect(said({ hosts: own })['HostReady']).toBe('True HostServed');
    expect(said({ hosts: undefined })['HostReady']).toBe('False ApplyFailed');
  });

  it('claims its host for its namespace once, and only one that it has', () => {
    const { host } = anApplication().spec;
    expect(planApplication(worldOf(), noon).claim).toBe(host);
    for (const change of [
      { gone: true },
      { policy: undefined },
      { hosts: aConfigMap('support-access-hosts', { [host]: 'ecase' }) },
      { hosts: aConfigMap('support-access-hosts', { [host]: 'production' }) },
      { hosts: undefined },
    ])
      expect(planApplication(worldOf(change), noon).claim).toBeUndefined();
  });

  it('is recorded as having its host from the claim on, once, with the write that asked for it', () => {
    const [drafts, again] = [planApplication(worldOf(), noon), planApplication(worldOf(), noon + 1000)].map(
      ({ record }) => record.drafts.filter(({ type }) => type === 'application.host_claimed'),
    );
    expect(drafts).toMatchObject([
      {
        message: 'From now on host ecase.apps.example.com belongs to namespace ecase',
        target: { kind: 'SupportApplication', namespace: 'ecase', name: 'ecase' },
        write: { uid: anApplication().metadata.uid, generation: 1 },
      },
    ]);
    expect(again?.map(({ key }) => key)).toEqual(drafts?.map(({ key }) => key));
    const hosts = aConfigMap('support-access-hosts', { [anApplication().spec.host]: 'ecase' });
    const later = planApplication(worldOf({ hosts }), noon).record.drafts;
    expect(later.map(({ type }) => type)).toEqual(['application.created']);
  });

  it('is told when the certificate of its host ends soon, and not of one that another host has', async () => {
    const message = (change: Partial<ApplicationWorld>): string | undefined =>
      planApplication(worldOf(change), noon).status.conditions.find(({ type }) => type === 'HostReady')
        ?.message;
    expect(message({})).toMatch(/^The host is served. The certificate in Secret tls ends at .*; renew it$/);
    const other = { ...told.data, other: told.data?.['tls'] ?? '' };
    const lasting = {
      ...other,
      tls: await certificateAt(authority, ['*.apps.example.com'], { now: noon, lasts: 15 * day }),
    };
    const refs = [{ name: 'tls' }, { name: 'other' }];
    const policy = aPolicy(withSpec({ gateway: { ...gateway, tlsSecretRefs: refs } }));
    expect(message({ policy, certificates: toldAt(noon, lasting) })).toBe('The host is served.');
  });

  it('has its host by its age alone, and is served there only with a certificate that gateways told of', () => {
    const { host } = anApplication().spec;
    for (const [certificates, reason] of [
      [undefined, 'ApplyFailed'],
      [aConfigMap('support-access-certificates', {}), 'GatewaySilent'],
      [toldAt(noon - 600_000, told.data), 'GatewaySilent'],
      [toldAt(noon, { tls: 'Forbidden' }), 'CertificateUnreadable'],
    ] as const) {
      expect(said({ certificates })['HostReady']).toBe(`False ${reason}`);
      expect(planApplication(worldOf({ certificates }), noon).claim).toBe(host);
    }
    const unnamed = aPolicy(withSpec({ gateway: { ...gateway, tlsSecretRefs: [] } }));
    expect(said({ policy: unnamed })['HostReady']).toBe('False NoCertificate');
  });

  it('is looked at again by the clock when its certificate ends or no gateway tells any more', () => {
    const at = planApplication(worldOf(), noon).lookAgainAt ?? 0;
    expect(said({}, at - 1)['HostReady']).toBe('True HostServed');
    expect(said({}, at)['HostReady']).toBe('False GatewaySilent');
    expect(planApplication(worldOf({ policy: undefined }), noon).lookAgainAt).toBeUndefined();
  });

  it('has no host without a policy', () => {
    expect(said({ policy: undefined })['HostReady']).toBe('False NoPolicy');
  });
});
