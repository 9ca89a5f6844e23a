/**
 * Records of the installation in the cluster of the call: through a port of the webhook's pod that the API server forwards,
 * by TLS whose certificate the installation's own authority signed. So it does not matter which pod really answers.
 */
import { defaultNamespaces, installed } from '../../crds/names.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { systemClock } from '../../kube/clock.ts';
import { isForbidden, isNotFound } from '../../kube/errors.ts';
import type { KubeObject, ObjectRef } from '../../kube/objects.ts';
import { ConfigMaps, Pods, Services, ValidatingWebhookConfigurations } from '../../kube/resources.ts';
import { type Connection, openConnection } from '../../trail/connection.ts';
import { CannotTell, type CommandInput, type Terminal } from '../command.ts';
import { givenToken, sourceOver } from './http-source.ts';
import { authenticated, type Connect, mayNot } from './reader-proof.ts';
import type { RecordSource } from './record-source.ts';

/** The records of the installation, as its caller may read them. */
export async function openInstallation(
  client: KubeClient,
  input: CommandInput,
  terminal: Terminal,
): Promise<RecordSource> {
  return sourceOver(await connectInstallation(client, input, terminal), terminal);
}

/** Finds the installation, and proves to its records who the caller is. */
export async function connectInstallation(
  client: KubeClient,
  input: CommandInput,
  terminal: Terminal,
): Promise<Connection> {
  const namespace = input.option('namespace') ?? defaultNamespaces.release;
  const [ca, { pod, port }] = await Promise.all([
    authorityOf(client, namespace),
    podOf(client, { namespace, name: installed.webhookService }),
  ]);
  const serverName = `${installed.webhookService}.${namespace}.svc`;
  const connect: Connect = (proof) =>
    openConnection({
      url: `https://${serverName}:${port}`,
      ca: () => ca,
      through: () => client.portForward(pod, port),
      ...proof,
    });
  const token = givenToken(input, terminal);
  if (token !== undefined) return connect({ token });
  return authenticated({ client, namespace, connect, clock: systemClock });
}

/** Who may see neither the ConfigMap nor the webhook's registration cannot know the server, and is not connected to any. */
async function authorityOf(client: KubeClient, namespace: string): Promise<string> {
  const ref = { namespace, name: installed.authority };
  const bundle = await readable(() =>
    client.get<{ data?: Readonly<Record<string, string>> }>(ConfigMaps, ref),
  );
  if (bundle === 'absent') throw new CannotTell(noInstallation(namespace));
  const ca = bundle === 'forbidden' ? await registeredAuthority(client) : (bundle.data?.['ca.crt'] ?? '');
  if (ca !== '') return ca;
  throw new CannotTell(
    bundle === 'forbidden'
      ? mayNot(`get the ConfigMap ${installed.authority}`, namespace)
      : `the ConfigMap ${installed.authority} in ${namespace} holds no authority yet; see that the webhook runs`,
  );
}

interface Configuration {
  readonly webhooks?: readonly { readonly clientConfig?: { readonly caBundle?: string } }[];
}

async function registeredAuthority(client: KubeClient): Promise<string> {
  const ref = { name: installed.webhookConfiguration };
  const found = await readable(() => client.get<Configuration>(ValidatingWebhookConfigurations, ref));
  const bundle = typeof found === 'string' ? undefined : found.webhooks?.[0]?.clientConfig?.caBundle;
  return Buffer.from(bundle ?? '', 'base64').toString('utf8');
}

interface Service {
  readonly spec: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly name?: string; readonly targetPort?: number | string }[];
  };
}

interface Pod extends KubeObject {
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The pod behind the Service, and its port of the records. */
async function podOf(client: KubeClient, service: ObjectRef): Promise<{ pod: ObjectRef; port: number }> {
  const { namespace = '' } = service;
  const found = await readable(() => client.get<Service>(Services, service));
  if (found === 'absent') throw new CannotTell(noInstallation(namespace));
  if (found === 'forbidden') throw new CannotTell(mayNot(`get the Service ${service.name}`, namespace));
  const labelSelector = Object.entries(found.spec.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const pods = await readable(() => client.list<Pod>(Pods, { namespace, labelSelector }));
  if (typeof pods === 'string') throw new CannotTell(mayNot('list its pods', namespace));
  const ready = pods.items.find(isReady);
  const look = `kubectl get pods --namespace ${namespace} --selector ${labelSelector}`;
  if (ready === undefined) throw new CannotTell(`no pod of the records is ready; see why with ${look}`);
  return { pod: { namespace, name: ready.metadata.name }, port: portIn(ready, found) };
}

function portIn({ metadata, spec }: Pod, service: Service): number {
  const target = service.spec.ports?.find(({ name }) => name === 'records')?.targetPort ?? 'records';
  if (typeof target === 'number') return target;
  const ports = spec.containers.flatMap((container) => container.ports ?? []);
  const port = ports.find(({ name }) => name === target)?.containerPort;
  if (port === undefined) {
    throw new CannotTell(
      `the pod ${metadata.name} has no port named ${target}; use the plugin of its release`,
    );
  }
  return port;
}

function isReady({ metadata, status }: Pod): boolean {
  const isGoing = metadata.deletionTimestamp !== undefined;
  return (
    !isGoing && status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true
  );
}

async function readable<T>(read: () => Promise<T>): Promise<T | 'absent' | 'forbidden'> {
  try {
    return await read();
  } catch (error) {
    if (isNotFound(error)) return 'absent';
    if (isForbidden(error)) return 'forbidden';
    throw error;
  }
}

function noInstallation(namespace: string): string {
  return `there is no installation in the namespace ${namespace}: name its namespace with -n, or another cluster with --context`;
}
