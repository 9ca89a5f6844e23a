/** Makes namespaces for tests that share a control plane. Must not make objects in namespaces that it did not make. */
import { randomBytes } from 'node:crypto';
import { eventually } from '../clock/eventually.ts';
import type { ControlPlane } from './control-plane.ts';

export interface NamespaceWish {
  /** Start of the name; default `test`. */
  readonly prefix?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Makes a namespace of one's own and returns its name when its default ServiceAccount is there. */
export async function aNamespace(controlPlane: ControlPlane, wish: NamespaceWish = {}): Promise<string> {
  const { prefix = 'test', labels = {} } = wish;
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  const { status, text } = await controlPlane.admin.send('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
  });
  if (status !== 201) throw new Error(`Namespace ${name} was not made: ${status} ${text}`);
  await eventually(async () => {
    const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    const account = await controlPlane.admin.send('GET', path);
    if (account.status !== 200) throw new Error(`${name} has no default ServiceAccount (${account.status})`);
  });
  return name;
}
