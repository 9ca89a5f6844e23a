/**
 * The customer's administrator as the plugin meets them: their own kubeconfig, exactly the chart's rights, and the one file that
 * people get, which also starts in a fraction of the time of the sources.
 */
import { dirname, join } from 'node:path';
import { ClusterRoleBindings } from '../../../kube/resources.ts';
import { bundlePlugin } from '../../../tools/plugin/one-file.ts';
import type { ControlPlane, KubectlResult } from '../control-plane/control-plane.ts';
import { type AtTerminal, atTerminal } from './pseudo-terminal.ts';

/** Where the plugin is, and the Node of this run: made once for each control plane. */
const folders = new WeakMap<ControlPlane, Promise<readonly string[]>>();

async function foldersOf(controlPlane: ControlPlane): Promise<readonly string[]> {
  const known = folders.get(controlPlane);
  if (known !== undefined) return known;
  const made = bundlePlugin(join(controlPlane.directory, 'plugin')).then((file) => [
    dirname(file),
    dirname(process.execPath),
  ]);
  folders.set(controlPlane, made);
  return made;
}

export interface PluginUser {
  readonly kubeconfig: string;
  /** `kubectl support-access <words>` at a terminal. */
  atTerminal(
    words: readonly string[],
    options?: { readonly columns?: number; readonly env?: Readonly<Record<string, string>> },
  ): AtTerminal;
  /** A command line as a reader of the documentation types it, at a terminal, in this folder. */
  types(line: string, folder: string): AtTerminal;
  /** The same without a terminal. `code` says how it must end. */
  run(words: readonly string[], code?: number): Promise<KubectlResult>;
}

/** A person of this name, bound to a ClusterRole of the chart. */
export async function pluginUser(
  controlPlane: ControlPlane,
  name: string,
  clusterRole = 'support-access-administrator',
): Promise<PluginUser> {
  const kubeconfig = await controlPlane.userKubeconfig(name);
  await bind(controlPlane, name, clusterRole);
  const path = await foldersOf(controlPlane);
  const usual = {
    HOME: controlPlane.directory,
    KUBECONFIG: kubeconfig,
    PATH: [...path, dirname(controlPlane.binaries.kubectl), process.env['PATH'] ?? ''].join(':'),
    TERM: 'xterm',
    TZ: 'Europe/Berlin',
  };
  return {
    kubeconfig,
    atTerminal: (words, { columns, env = {} } = {}) =>
      atTerminal([controlPlane.binaries.kubectl, 'support-access', ...words], {
        env: { ...usual, ...env },
        ...(columns === undefined ? {} : { columns }),
      }),
    types: (line, folder) => atTerminal(['bash', '-c', `cd "$1" && ${line}`, 'bash', folder], { env: usual }),
    run: async (words, code = 0) => {
      const result = await controlPlane.kubectl(['support-access', ...words], {
        kubeconfig,
        path,
        env: { TZ: 'Europe/Berlin' },
        expectFailure: code !== 0,
      });
      if (result.code !== code) throw new Error(`ended with ${result.code}:\n${result.stderr}`);
      return result;
    },
  };
}

async function bind({ admin }: ControlPlane, name: string, clusterRole: string): Promise<void> {
  const { group, version, plural } = ClusterRoleBindings;
  const { status, text } = await admin.send('POST', `/apis/${group}/${version}/${plural}`, {
    body: {
      apiVersion: `${group}/${version}`,
      kind: 'ClusterRoleBinding',
      metadata: { name: `${name}-${clusterRole}` },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: clusterRole },
      subjects: [{ apiGroup: group, kind: 'User', name }],
    },
  });
  if (status >= 300) throw new Error(`binding ${name}: ${status} ${text}`);
}
