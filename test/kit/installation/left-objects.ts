/** What is left in a cluster of the product, and what its documentation says is left. */
import { readFile } from 'node:fs/promises';
import type { KubeObject } from '../../../kube/objects.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { identitiesNamespace, releaseNamespace } from './install.ts';

interface LeftObject extends Pick<KubeObject, 'apiVersion' | 'kind'> {
  readonly metadata: Pick<KubeObject['metadata'], 'name' | 'namespace' | 'labels'>;
}

/** All that is named or labelled as ours, or lies in our namespaces, as `Kind name`, of every kind that can be listed. */
export async function leftOfOurs(controlPlane: ControlPlane): Promise<string[]> {
  const { stdout: names } = await controlPlane.kubectl(['api-resources', '--verbs=list', '-o', 'name']);
  const resources = names.split('\n').filter((name) => name !== '' && !name.startsWith('events'));
  const { stdout } = await controlPlane.kubectl([
    'get',
    resources.join(','),
    '--all-namespaces',
    '--output=json',
  ]);
  const { items } = JSON.parse(stdout) as { items: readonly LeftObject[] };
  return items.filter(isOurs).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

function isOurs({ apiVersion, metadata: { name, namespace = '', labels = {} } }: LeftObject): boolean {
  const marks = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return (
    apiVersion.startsWith('supportaccess.dev/') ||
    /^support-access|supportaccess\.dev/.test(name) ||
    [releaseNamespace, identitiesNamespace].includes(namespace) ||
    marks.some((mark) => /supportaccess\.dev|=support-access/.test(mark))
  );
}

/** The rows of the table in docs/uninstall.md: `| Kind | name | why |`, with `*` in a name for any text. */
export async function documentedToStay(): Promise<RegExp[]> {
  const text = await readFile('docs/uninstall.md', 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \| `([^`]+)` \|/gm)];
  if (rows.length < 5) throw new Error('docs/uninstall.md has no table of what stays');
  const pattern = (name: string) => name.replaceAll('.', '\\.').replaceAll('*', '.*');
  return rows.map(([, kind, name = '']) => new RegExp(`^${kind} ${pattern(name)}$`));
}
