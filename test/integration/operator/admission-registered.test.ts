/**
 * What admission published of itself, wiped or replaced by others: it is put right within a minute, counted, and until then
 * the policy says that the API server cannot ask. The admission of the product, and the operator as its own process.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { kinds } from '../../../crds/kinds.ts';
import { installed, policyName } from '../../../crds/names.ts';
import { conditionOf } from '../../../crds/rules/conditions.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import {
  ConfigMaps,
  MutatingWebhookConfigurations,
  ValidatingWebhookConfigurations,
} from '../../../kube/resources.ts';
import { type RunningAdmission, startAdmission } from '../../../webhook/in-cluster/admission/start.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { freePort } from '../../kit/control-plane/free-port.ts';
import { renderChart } from '../../kit/installation/chart.ts';
import { type GrantSetting, putPolicy } from '../../kit/installation/grant-setting.ts';
import { releaseNamespace } from '../../kit/installation/install.ts';
import { noIdentities } from '../../kit/objects/no-identities.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });
/** It looks every ten seconds. */
const inAMinute = { within: 20_000, every: 100 };
const authority = { namespace: releaseNamespace, name: installed.authority };
const registration = { name: installed.webhookConfiguration };

let url: string;
let port: number;
let admission: RunningAdmission | undefined;
let one: GrantSetting;
let restored: string[] = [];

beforeAll(async () => {
  port = await freePort();
  url = `https://127.0.0.1:${port}/admission`;
  one = await operated.aSetting();
  await putPolicy(one);
  await applyRegistration();
  await startIt();
  operated.installation.teardown.add(() => admission?.stop());
  await untilReady('True');
});

beforeEach(() => {
  restored = [];
});

/** The chart's texts, as `helm upgrade --force` and a redeploy put it in place of what is there. */
async function applyRegistration(verb: 'apply' | 'replace' = 'apply'): Promise<void> {
  const chart = await renderChart({ webhook: { url } });
  const items = chart.filter(({ kind }) => kind.endsWith('WebhookConfiguration'));
  const list = { apiVersion: 'v1', kind: 'List', items };
  await operated.controlPlane.kubectl([verb, '-f', '-'], { input: JSON.stringify(list) });
}

async function startIt(): Promise<void> {
  admission = await startAdmission({
    client: await operated.installation.clientOf('webhook'),
    namespace: releaseNamespace,
    bind: '127.0.0.1',
    port,
    serviceName: installed.webhookService,
    url,
    now: Date.now,
    onCertificate: () => undefined,
    onProblem: () => undefined,
    onRestored: (kind) => restored.push(kind),
    deps: {
      ...noIdentities,
      judge: async () => ({ problems: [], warnings: [] }),
      advise: async () => [],
      record: async () => undefined,
      tell: () => undefined,
      appendInBackground: () => undefined,
      stamp: () => ({ id: '019aa000-0000-7000-8000-000000000001', time: new Date().toISOString() }),
    },
  });
}

/** Waits for the condition of the policy, and returns its message. */
async function untilReady(status: 'True' | 'False'): Promise<string> {
  return eventually(async () => {
    const policy = await one.admin.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, { name: policyName });
    const condition = conditionOf(policy.status?.conditions, 'AdmissionReady');
    expect(condition?.status, condition?.message).toBe(status);
    return condition?.message ?? '';
  }, inAMinute);
}

/** What opens is let through again: the API server can ask. */
const opens = async (): Promise<void> =>
  eventually(
    () => putPolicy(one, { session: { idleSeconds: 600 + Math.ceil(Math.random() * 60_000) } }),
    inAMinute,
  );

const bundles = async (): Promise<readonly unknown[]> => {
  const all = await Promise.all(
    [ValidatingWebhookConfigurations, MutatingWebhookConfigurations].map(async (resource) =>
      one.admin.get<KubeObject & { webhooks: readonly { clientConfig: { caBundle?: string } }[] }>(
        resource,
        registration,
      ),
    ),
  );
  return all.flatMap(({ webhooks }) => webhooks.map(({ clientConfig }) => clientConfig.caBundle));
};

const deciding = 'ValidatingWebhookConfiguration';
const marking = 'MutatingWebhookConfiguration';
const looksNow = async () => admission?.refresh();
const looksBySelf = () => Promise.resolve();

describe('what admission published', () => {
  it.each([
    ['a caBundle that was wiped', () => wipe(''), looksNow, [deciding]],
    ['that of what marks support’s objects', () => wipeMarking(), looksNow, [marking]],
    ['that of another', () => wipe(Buffer.from('PEM').toString('base64')), looksNow, [deciding]],
    [
      'the chart’s text in place of the registrations',
      () => applyRegistration('replace'),
      looksBySelf,
      [marking, deciding],
    ],
  ])('is put right, counted, and lets what opens through again: %s', async (_, spoils, looks, spoiled) => {
    const before = await bundles();
    await spoils();
    await looks();
    await eventually(async () => expect(await bundles()).toEqual(before), inAMinute);
    expect(restored.toSorted()).toEqual(spoiled);
    await opens();
    await untilReady('True');
  });

  it.each([
    ['emptied', null, looksBySelf],
    ['replaced', { 'ca.crt': 'of another' }, looksNow],
  ])('is put right in the ConfigMap that was %s', async (_, data, looks) => {
    const read = async () =>
      (await one.admin.get<KubeObject & { data?: object }>(ConfigMaps, authority)).data;
    const before = await read();
    await one.admin.mergePatch(ConfigMaps, authority, { patch: { data } });
    await looks();
    await eventually(async () => expect(await read()).toEqual(before), inAMinute);
    expect(restored).toEqual(['ConfigMap']);
    await untilReady('True');
  });

  it('is put right in the registration while the ConfigMap is deleted, and in both once that is made again', async () => {
    const before = await bundles();
    await one.admin.delete(ConfigMaps, authority);
    await wipe('');
    await expect(admission?.refresh()).rejects.toThrow(authority.name);
    expect(await bundles()).toEqual(before);
    expect(restored).toEqual(['ValidatingWebhookConfiguration']);
    expect(await untilReady('False')).toMatch(/^ConfigMap .* is missing; run helm upgrade/);
    const chart = await renderChart({ webhook: { url } });
    const made = chart.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === authority.name);
    await operated.controlPlane.kubectl(['create', '-f', '-'], { input: JSON.stringify(made) });
    await admission?.refresh();
    expect(restored).toEqual(['ValidatingWebhookConfiguration', 'ConfigMap']);
    await untilReady('True');
  });

  it('is told in the policy to be gone while no webhook runs, and put right by the next one', async () => {
    await admission?.stop();
    await applyRegistration('replace');
    // The two are replaced one after the other.
    await eventually(
      async () =>
        expect(await untilReady('False')).toMatch(
          /^ValidatingWebhookConfiguration support-access has in decide\./,
        ),
      inAMinute,
    );
    await one.admin.delete(ValidatingWebhookConfigurations, registration);
    await eventually(async () => expect(await untilReady('False')).toMatch(/is missing; run helm upgrade/));
    await applyRegistration();
    await startIt();
    await untilReady('True');
    await opens();
  });
});

describe('an entry of the registration that was removed or weakened', () => {
  it.each([
    ['with all others', 'merge', { webhooks: [] }, /has no decide\./],
    ['alone', 'json', [{ op: 'remove', path: '/webhooks/0' }], /has no decide\./],
    [
      'so that it may be left out',
      'json',
      [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }],
      /has in decide\.\S+ another failurePolicy than the chart/,
    ],
    [
      'by a selector',
      'json',
      [
        {
          op: 'replace',
          path: '/webhooks/0/namespaceSelector',
          value: { matchLabels: { never: 'matches' } },
        },
      ],
      /has in decide\.\S+ another namespaceSelector than the chart/,
    ],
  ] as const)('is told to let writes pass, until it is made again: %s', async (_, type, patch, says) => {
    await spoil(type, patch);
    const message = await untilReady('False');
    expect(message).toMatch(says);
    expect(message).toMatch(/what opens or widens passes, neither judged nor recorded/);
    await one.admin.delete(ValidatingWebhookConfigurations, registration);
    await applyRegistration();
    await admission?.refresh();
    await untilReady('True');
  });
});

it('an entry that others added is left alone, and keeps ours from nothing', async () => {
  const foreign = {
    name: 'check.example.com',
    clientConfig: { url: 'https://check.example.com/' },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Ignore',
    matchConditions: [{ name: 'never', expression: 'false' }],
  };
  await spoil('json', [{ op: 'add', path: '/webhooks/0', value: foreign }]);
  const before = await bundles();
  await spoil('json', [{ op: 'replace', path: '/webhooks/1/clientConfig/caBundle', value: '' }]);
  await admission?.refresh();
  expect(await bundles()).toEqual(before);
  expect(before[0]).toBeUndefined();
  await untilReady('True');
  await spoil('json', [{ op: 'remove', path: '/webhooks/0' }]);
});

async function wipe(caBundle: string): Promise<void> {
  const patch = [0, 1].map((at) => ({
    op: 'replace',
    path: `/webhooks/${at}/clientConfig/caBundle`,
    value: caBundle,
  }));
  await spoil('json', patch);
}

async function wipeMarking(): Promise<void> {
  const patch = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: '' }];
  const target = ['patch', 'mutatingwebhookconfiguration', registration.name];
  await operated.controlPlane.kubectl([...target, '--type=json', '-p', JSON.stringify(patch)]);
}

/** As someone does who wants writes to go through, or makes a mistake. */
async function spoil(type: 'merge' | 'json', patch: object): Promise<void> {
  const target = ['patch', 'validatingwebhookconfiguration', registration.name];
  await operated.controlPlane.kubectl([...target, `--type=${type}`, '-p', JSON.stringify(patch)]);
}
