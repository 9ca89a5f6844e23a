/** Where the API server calls a Service: the webhook adds path and caBundle, and an upgrade of the chart takes neither. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../../../kube/api/client.ts';
import { createKubeClient } from '../../../../../kube/api/create-client.ts';
import { ValidatingWebhookConfigurations } from '../../../../../kube/resources.ts';
import { publishWebhook } from '../../../../../webhook/in-cluster/admission/publish.ts';
import type { ControlPlane } from '../../../../kit/control-plane/control-plane.ts';
import { renderChart } from '../../../../kit/installation/chart.ts';
import { useControlPlane } from '../../../../kit/vitest/use-control-plane.ts';

interface Configuration {
  readonly webhooks: readonly {
    readonly name: string;
    readonly clientConfig: {
      readonly caBundle?: string;
      readonly service?: { readonly path?: string; readonly port?: number };
    };
  }[];
}

const name = 'support-access-publish-test';
let controlPlane: ControlPlane;
let client: KubeClient;
let rendered: string;

beforeAll(async () => {
  controlPlane = await useControlPlane();
  client = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  const objects = await renderChart({});
  const configuration = objects.find((object) => object.kind === 'ValidatingWebhookConfiguration');
  if (!configuration) throw new Error('the chart renders no webhook configuration');
  // Under another name, and never matching: no other test on this server shall meet it.
  const webhooks = (configuration as unknown as { webhooks: object[] }).webhooks.map((entry) => ({
    ...entry,
    namespaceSelector: { matchLabels: { never: 'matches' } },
    matchConditions: [{ name: 'never', expression: 'false' }],
  }));
  rendered = JSON.stringify({ ...configuration, metadata: { name }, webhooks });
});

afterAll(async () => {
  await client.delete(ValidatingWebhookConfigurations, { name });
  await client.close();
});

const applyAsHelm = async () =>
  controlPlane.kubectl(['apply', '--server-side', '--field-manager=helm', '-f', '-'], { input: rendered });

describe('publishing', () => {
  it('adds path and caBundle to each entry, and survives an upgrade without a conflict', async () => {
    await applyAsHelm();
    const service = { namespace: 'support-access', name: 'support-access-webhook', path: '/secret' };
    await publishWebhook({
      client,
      kind: 'ValidatingWebhookConfiguration',
      name,
      bundle: '-----BEGIN CERTIFICATE-----\n',
      service,
    });
    await applyAsHelm();
    const { webhooks } = await client.get<Configuration>(ValidatingWebhookConfigurations, { name });
    expect(webhooks.map((entry) => [entry.name, entry.clientConfig.service?.path])).toEqual([
      ['decide.supportaccess.dev', '/secret/decide'],
      ['record.supportaccess.dev', '/secret/record'],
      ['support.supportaccess.dev', '/secret/support'],
    ]);
    for (const { clientConfig } of webhooks) {
      expect(Buffer.from(clientConfig.caBundle ?? '', 'base64').toString()).toContain('BEGIN CERTIFICATE');
      expect(clientConfig.service?.port).toBe(443);
    }
  });
});
