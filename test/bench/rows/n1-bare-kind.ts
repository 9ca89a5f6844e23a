/**
 * A kind with the schema of grants and nothing of ours: no policy, no webhook, no watch, no seats. What writes of it cost
 * support is the price of Kubernetes itself, below which nothing of ours can bring a storm.
 */
import { type Caller, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ExampleInstallation } from '../../kit/installation/example-installation.ts';
import { type Storm, stormName } from './n1-storms.ts';

const group = 'bench.example.com';
const plural = 'supportaccessgrants';
/** More than are under way at a time: patches of one object make each other try anew. */
const objects = 20;
const inEcase = `/apis/${group}/v1beta1/namespaces/ecase/${plural}`;

/** Patches of it, at the rate of every storm. */
export const bareStorm: Storm = {
  name: 'patches of a bare kind',
  write: (editor, serial) => {
    const turn = Number(serial.slice(serial.lastIndexOf('-') + 1)) % objects;
    const body = { metadata: { annotations: { note: serial } } };
    return editor('PATCH', `${inEcase}/bare-${turn}`, { body, contentType: mergePatch });
  },
};

interface Definition {
  readonly spec: { readonly scope: string; readonly versions: readonly object[] };
}

/** Makes the kind, its objects, and the editor's right to write them. */
export async function aBareKind(installation: ExampleInstallation, editor: Caller): Promise<void> {
  const kubectl = async (args: readonly string[], input?: string): Promise<void> => {
    await installation.kubectl(args, input);
  };
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const ours = await installation.controlPlane.admin.send(
    'GET',
    `${definitions}/${plural}.supportaccess.dev`,
  );
  const { scope, versions } = (ours.body as Definition).spec;
  const names = { plural, singular: 'supportaccessgrant', kind: 'SupportAccessGrant' };
  const name = `${plural}.${group}`;
  const bare = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: { group, scope, versions, names },
  };
  await kubectl(['create', '-f', '-'], JSON.stringify(bare));
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', `crd/${name}`]);
  const rule = ['--verb=get,create,patch', `--resource=${plural}.${group}`];
  await kubectl(['create', 'clusterrole', 'storm-bare', ...rule]);
  await kubectl([
    'create',
    'rolebinding',
    'storm-bare',
    '-n',
    'ecase',
    '--clusterrole=storm-bare',
    '--user=storm',
  ]);
  const like = await editor('GET', `/apis/supportaccess.dev/v1beta1/namespaces/ecase/${plural}/${stormName}`);
  const { spec } = like.body as { spec: object };
  const items = Array.from({ length: objects }, (_, turn) => ({
    apiVersion: `${group}/v1beta1`,
    kind: names.kind,
    metadata: { name: `bare-${turn}`, namespace: 'ecase' },
    spec,
  }));
  await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}
