/** Whether a host is served is told from what the gateway finds in its TLS Secrets: real gateways, operator and API server. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import { kinds } from '../../../crds/kinds.ts';
import { conditionOf } from '../../../crds/rules/conditions.ts';
import { checkedAtKey } from '../../../crds/rules/request/tls-secrets.ts';
import { ConfigMaps, Secrets } from '../../../kube/resources.ts';
import type { ConfigMap } from '../../../operator/watching/kubernetes-objects.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { freePort } from '../../kit/control-plane/free-port.ts';
import { type Authority, type Credential, createAuthority } from '../../kit/control-plane/pki.ts';
import { type GrantSetting, putApplication, putPolicy } from '../../kit/installation/grant-setting.ts';
import type { ProductProcess } from '../../kit/installation/product-process.ts';
import { startGateway } from '../../kit/installation/programs.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });
const tls = { name: 'support-access-gateway-tls', namespace: 'support-access' };
const told = { name: 'support-access-certificates', namespace: 'support-access' };
let authority: Authority;
let one: GrantSetting;
let gateways: ProductProcess[] = [];

beforeAll(async () => {
  authority = await createAuthority('the customer’s authority');
  one = await operated.aSetting();
  await namingSecrets(tls.name);
  await putApplication(one);
});

let changes = 0;

/** Each policy is another one, so that gateways look at once. */
const namingSecrets = (...names: string[]) =>
  putPolicy(one, {
    session: { idleSeconds: 600 + ++changes },
    gateway: {
      host: 'support.example.com',
      hostSuffixes: ['apps.example.com'],
      tlsSecretRefs: names.map((name) => ({ name })),
    },
  });

async function startGateways(count: number): Promise<void> {
  const { installation } = operated;
  const resolveMap = join(installation.directory, 'services.json');
  await writeFile(resolveMap, '{}');
  const { kubeconfig } = await installation.account('gateway');
  const { tokenFile } = await installation.recordsToken('gateway');
  const records = { recordsUrl: installation.records.url, recordsTokenFile: tokenFile };
  gateways = await Promise.all(
    Array.from({ length: count }, async () => {
      const started = await startGateway({ kubeconfig, port: await freePort(), resolveMap, ...records });
      installation.teardown.add(() => started.kill());
      return started;
    }),
  );
}

const put = ({ certificate, key }: Credential) =>
  one.admin.apply(
    Secrets,
    { type: 'kubernetes.io/tls', metadata: tls, stringData: { 'tls.crt': certificate, 'tls.key': key } },
    { fieldManager: 'customer', force: true },
  );

/** Waits for the application's condition; the gateway looks every ten seconds, and what it tells is judged at once: thirty are patience. */
async function untilHost(reason: string): Promise<string> {
  return eventually(
    async () => {
      const ref = { namespace: one.namespace, name: 'ecase' };
      const { status } = await one.admin.get<SupportApplication>(kinds.SupportApplication, ref);
      const condition = conditionOf(status?.conditions, 'HostReady');
      expect(condition?.reason).toBe(reason);
      expect(condition?.status).toBe(reason === 'HostServed' ? 'True' : 'False');
      return condition?.message ?? '';
    },
    { within: 30_000 },
  );
}

describe('a host', () => {
  it('is not served while no gateway tells of its certificates', async () => {
    expect(await untilHost('GatewaySilent')).toContain('Deployment support-access-gateway');
  });

  it('is served once a certificate covers it, and is told what is wrong until then and afterwards', async () => {
    await startGateways(2);
    const host = `${one.namespace}.apps.example.com`;
    expect(await untilHost('NoCertificate')).toContain(`issue one that names ${host} or *.apps.example.com`);
    const good = await authority.issueLoopbackServer(['*.apps.example.com', 'support.example.com']);
    await put(good);
    await untilHost('HostServed');
    await eventually(async () => {
      const policy = await one.admin.get<SupportApplication>(kinds.SupportAccessPolicy, { name: 'default' });
      expect(conditionOf(policy.status?.conditions, 'CertificatesReady')?.status).toBe('True');
    });
    const other = await authority.issueLoopbackServer(['*.apps.example.com']);
    await put({ ...good, key: other.key });
    await namingSecrets(tls.name);
    expect(await untilHost('CertificateUnreadable')).toContain('its tls.key is not the key');
    const dates = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() - 1000) };
    await put(await authority.issueLoopbackServer(['*.apps.example.com'], dates));
    await namingSecrets(tls.name);
    expect(await untilHost('CertificateExpired')).toContain(`Secret ${tls.name} expired at`);
    await namingSecrets('another-tls');
    expect(await untilHost('CertificateUnreadable')).toContain(
      "Secret another-tls: the gateway may not read it; add its name to the chart's value gateway.tlsSecretNames",
    );
    await one.admin.delete(Secrets, tls);
    await namingSecrets(tls.name);
    await eventually(async () =>
      expect(await untilHost('CertificateUnreadable')).toContain('it does not exist'),
    );
    await put(good);
    await namingSecrets(tls.name);
    await untilHost('HostServed');
  }, 300_000);

  it.each([
    ['what gateways tell of their certificates', told, { data: null }],
    ['which namespace had it first', { ...told, name: 'support-access-hosts' }, { data: null }],
  ])(
    'is served on after somebody emptied the ConfigMap with %s, which is filled again',
    async (_, ref, patch) => {
      const read = async () => {
        const { data = {} } = await one.admin.get<ConfigMap>(ConfigMaps, ref);
        const { [checkedAtKey]: _at, ...rest } = data;
        return rest;
      };
      await eventually(async () => expect(await read()).not.toEqual({}));
      const before = await read();
      await one.admin.mergePatch(ConfigMaps, ref, { patch });
      await eventually(async () => expect(await read()).toEqual(before), { within: 60_000, every: 250 });
      await untilHost('HostServed');
    },
  );

  it('is not served when all gateways have died, though what they told is still there', async () => {
    await untilHost('HostServed');
    await Promise.all(gateways.map((gateway) => gateway.kill()));
    const seen = await one.admin.get<ConfigMap>(ConfigMaps, told);
    expect(Object.keys(seen.data ?? {}).toSorted()).toEqual([checkedAtKey, tls.name]);
    // As it is found two minutes later.
    const before = new Date(Date.now() - 121_000).toISOString();
    await one.admin.mergePatch(ConfigMaps, told, { patch: { data: { [checkedAtKey]: before } } });
    expect(await untilHost('GatewaySilent')).toContain(`No gateway has told since ${before}`);
    await startGateways(1);
    await untilHost('HostServed');
  }, 180_000);

  it('has nothing of a private key in what the gateway tells', async () => {
    const { data = {} } = await one.admin.get<ConfigMap>(ConfigMaps, told);
    expect(JSON.stringify(data)).not.toContain('PRIVATE KEY');
    expect(data[tls.name]).toMatch(/^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n$/);
  });
});
