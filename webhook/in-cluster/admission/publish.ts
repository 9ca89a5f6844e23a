/**
 * Tells the API server where the webhook listens and whom to trust. The chart renders neither path nor caBundle, so
 * that no upgrade fights with us over them; they are applied under a field manager of our own.
 */
import { programs } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { ValidatingWebhookConfigurations } from '../../../kube/resources.ts';

export interface Publication {
  readonly client: KubeClient;
  readonly name: string;
  readonly bundle: string;
  /** Set when the API server calls a Service; left out when the chart names a whole URL. */
  readonly service?: { readonly namespace: string; readonly name: string; readonly path: string };
}

interface Configuration {
  readonly webhooks?: readonly { readonly name: string }[];
}

/** Writes caBundle (and, for a Service, the path) of each entry that the chart made. Throws when it may not. */
export async function publishWebhook({ client, name, bundle, service }: Publication): Promise<void> {
  const present = await client.get<Configuration>(ValidatingWebhookConfigurations, { name });
  const caBundle = Buffer.from(bundle, 'utf8').toString('base64');
  const webhooks = (present.webhooks ?? []).map((entry) => ({
    name: entry.name,
    clientConfig: {
      caBundle,
      ...(service ? { service: { ...service, path: `${service.path}/${lastPartOf(entry.name)}` } } : {}),
    },
  }));
  await client.apply(
    ValidatingWebhookConfigurations,
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name },
      webhooks,
    },
    { fieldManager: programs.webhook, force: true },
  );
}

/** The last part of the path: `decide` for the entry `decide.supportaccess.dev`. */
const lastPartOf = (entry: string): string => entry.split('.')[0] ?? '';
