/**
 * Tells the API server where the webhook listens and whom to trust. The chart renders neither path nor caBundle, so
 * that no upgrade fights with us over them; they are applied under a field manager of our own.
 */
import { programs } from '../../../crds/names.ts';
import { type EntryPath, pathOfEntry, type RegistrationKind } from '../../../crds/rules/registration.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import {
  apiVersionOf,
  MutatingWebhookConfigurations,
  type Resource,
  ValidatingWebhookConfigurations,
} from '../../../kube/resources.ts';

export interface Publication {
  readonly client: KubeClient;
  readonly kind: RegistrationKind;
  readonly name: string;
  readonly bundle: string;
  /** Set when the API server calls a Service; left out when the chart names a whole URL. */
  readonly service?: { readonly namespace: string; readonly name: string; readonly path: string };
}

interface ClientConfig {
  readonly caBundle?: string;
  readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string };
}

interface Configuration {
  readonly webhooks?: readonly { readonly name: string; readonly clientConfig?: ClientConfig }[];
}

const resources: Readonly<Record<RegistrationKind, Resource>> = {
  ValidatingWebhookConfiguration: ValidatingWebhookConfigurations,
  MutatingWebhookConfiguration: MutatingWebhookConfigurations,
};

/**
 * Writes caBundle (and, for a Service, the path) of each entry that the chart made, where they are not there. They go missing
 * when the configuration is replaced by the chart's text, and no write that opens or widens would pass then. What others add
 * to the configuration is left alone, and what is removed from it stays away: this process may not write what is asked of it. Resolves
 * to whether anything was missing. Throws when it may not.
 */
export async function publishWebhook(publication: Publication): Promise<boolean> {
  const { client, kind, name } = publication;
  const resource = resources[kind];
  const { webhooks = [] } = await client.get<Configuration>(resource, { name });
  const ours = webhooks.flatMap(({ name: entry, clientConfig }) => {
    const path = pathOfEntry(entry);
    return path === undefined ? [] : [{ entry, seen: clientConfig, wanted: wantedOf(path, publication) }];
  });
  if (ours.every(({ seen, wanted }) => isThere(seen, wanted))) return false;
  await client.apply(
    resource,
    {
      apiVersion: apiVersionOf(resource),
      kind,
      metadata: { name },
      webhooks: ours.map(({ entry, wanted }) => ({ name: entry, clientConfig: wanted })),
    },
    { fieldManager: programs.webhook, force: true },
  );
  return true;
}

function wantedOf(path: EntryPath, { bundle, service }: Publication): ClientConfig {
  const caBundle = Buffer.from(bundle, 'utf8').toString('base64');
  return service === undefined
    ? { caBundle }
    : { caBundle, service: { ...service, path: `${service.path}/${path}` } };
}

function isThere(seen: ClientConfig | undefined, wanted: ClientConfig): boolean {
  return seen?.caBundle === wanted.caBundle && seen?.service?.path === wanted.service?.path;
}
