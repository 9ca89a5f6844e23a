/** Follows `docs/install.md` on a cluster, block by block, as a platform engineer who copies it into a terminal. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAuthority } from '../control-plane/pki.ts';
import { type CommandBlock, commandBlocks } from '../documents/command-blocks.ts';
import { type ShellSettings, startShell } from '../documents/shell-session.ts';
import { helm4 } from '../machine/helm.ts';
import { pid1Of } from '../node/namespaces.ts';
import type { ClusterNode } from '../node/node.ts';
import { rangeOf, throughNodePort } from './pod-site.ts';
import { applicationHost, gatewayPort, supportHost } from './prerequisites.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Step extends CommandBlock {
  readonly output: string;
  readonly seconds: number;
}

export interface Followed {
  readonly steps: readonly Step[];
  /** PEM of the authority that signed the gateway's certificate. */
  readonly ca: string;
}

export interface GuideWish {
  readonly idpMetadata: string;
  /** What a person does beside the terminal when a block is through. */
  readonly beside?: (step: Step, ca: string) => Promise<void>;
}

/** Runs the page. Throws at the first command that fails. */
export async function followGuide(node: ClusterNode, { idpMetadata, beside }: GuideWish): Promise<Followed> {
  const { env, ca } = await prepare(node, idpMetadata);
  const settings = readersShell(node);
  const shell = startShell({ ...settings, env: { ...settings.env, ...env } });
  try {
    // The first block has the names that are the reader's own.
    const [, ...blocks] = commandBlocks(readFileSync(join(root, 'docs/install.md'), 'utf8'));
    const steps: Step[] = [];
    for (const block of blocks) {
      const from = performance.now();
      const output = await shell.run(block.commands);
      const step = { ...block, output, seconds: (performance.now() - from) / 1000 };
      steps.push(step);
      await beside?.(step, ca);
    }
    return { steps, ca };
  } finally {
    await shell.stop();
  }
}

const folderOf = (node: ClusterNode): string => join(node.directory, 'guide');

/** The terminal of who installs: in a copy of the repository, with kubectl and Helm, as administrator of the cluster. */
export function readersShell(node: ClusterNode): ShellSettings {
  const folder = folderOf(node);
  return {
    scratch: folder,
    folder: join(folder, 'repository'),
    env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, HOME: folder, KUBECONFIG: node.kubeconfig },
    // The ports that a reader forwards are free there, whatever else runs on this machine.
    within: ['nsenter', `--net=/proc/${pid1Of(node.directory)}/ns/net`],
  };
}

/** The values of the page's first block, on this machine. */
async function prepare(
  node: ClusterNode,
  idpMetadata: string,
): Promise<{ readonly env: Readonly<Record<string, string>>; readonly ca: string }> {
  const folder = folderOf(node);
  const programs = join(folder, 'bin');
  mkdirSync(programs, { recursive: true });
  symlinkSync(node.binaries.kubectl, join(programs, 'kubectl'));
  symlinkSync(await helm4(), join(programs, 'helm'));
  copyRepository(join(folder, 'repository'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const authority = await createAuthority('the customer’s authority');
  const { certificate, key } = await authority.issueLoopbackServer([supportHost, applicationHost]);
  const env = {
    SUPPORT_HOST: supportHost,
    APPLICATION_HOST: applicationHost,
    SUPPORT_PORT: String(gatewayPort),
    TLS_CERTIFICATE: file('tls.crt', certificate),
    TLS_KEY: file('tls.key', key),
    IDP_METADATA: file('idp-metadata.xml', idpMetadata),
    SUPPORT_ADDRESSES: rangeOf(node.machineAddress),
    ADMINISTRATORS: 'platform-team',
    EXPIRES: '2030-12-03T08:00:00Z',
    SETTINGS: throughNodePort.join(' '),
  };
  return { env, ca: authority.certificate };
}

/** What the page's commands write stays out of the repository. */
function copyRepository(folder: string): void {
  mkdirSync(folder);
  for (const name of ['charts', 'examples', 'cli', 'docs']) symlinkSync(join(root, name), join(folder, name));
}
