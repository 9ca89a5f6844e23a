/**
 * The product as pods, installed by Helm as `docs/install.md` says, once for all files of the suite: the first that asks
 * for it follows the page. A file that takes it down puts it up again.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartFolder } from '../installation/chart.ts';
import { people } from '../installation/example-installation.ts';
import type { ClusterNode } from '../node/node.ts';
import { aPerson } from '../people/http-person.ts';
import { followGuide, type Step } from './guide.ts';
import { buildPodImages, importPodImages } from './pod-images.ts';
import { type PodSite, podSite, throughNodePort, untilAdmitted } from './pod-site.ts';
import { applicationHost, gatewayPort, makePrerequisites } from './prerequisites.ts';

/** Plain data, kept in the node's folder. */
interface Remembered {
  readonly ca: string;
  readonly steps: readonly Step[];
  /** The containers when the guide had been followed: part, whether Ready, restarts. */
  readonly containers: readonly string[];
  /** Seconds from the beginning of `helm install` to the first page of the application. */
  readonly toFirstSignIn: number;
  readonly images: { readonly product: string; readonly application: string; readonly idp: string };
  /** The page of the application that the first person saw. */
  readonly firstPage: { readonly status: number; readonly body: string };
}

export interface PodInstallation extends Remembered, PodSite {
  /** What the guide's blocks under a heading printed. */
  printed(heading: string): string;
}

const memory = (node: ClusterNode): string => join(node.directory, 'installation.json');

/** The installation that all files share. */
export async function useInstalled(node: ClusterNode): Promise<PodInstallation> {
  if (!existsSync(memory(node))) writeFileSync(memory(node), JSON.stringify(await installedOrWhyNot(node)));
  const remembered = JSON.parse(readFileSync(memory(node), 'utf8')) as
    | Remembered
    | { readonly whyNot: string };
  if ('whyNot' in remembered) throw new Error(remembered.whyNot);
  return attached(node, remembered);
}

/** Tried once: what failed for the first file would take the others as long to find out. */
async function installedOrWhyNot(node: ClusterNode): Promise<Remembered | { readonly whyNot: string }> {
  try {
    return await install(node);
  } catch (error) {
    return { whyNot: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function install(node: ClusterNode): Promise<Remembered> {
  const from = performance.now();
  const images = await importImages(node);
  const imported = performance.now();
  const { idpMetadata } = await makePrerequisites(node, images);
  say('images', from, imported);
  say('what was there before the product', imported);
  let begun = 0;
  let seen: { toFirstSignIn: number; firstPage: Remembered['firstPage'] } | undefined;
  const { steps, ca } = await followGuide(node, {
    idpMetadata,
    beside: async (step, authority) => {
      if (step.commands.startsWith('helm install')) begun = performance.now() - step.seconds * 1000;
      if (!step.output.includes('/support-access/sign-in/')) return;
      const firstPage = await firstSignIn(node, authority, step.output.trim());
      seen = { toFirstSignIn: (performance.now() - begun) / 1000, firstPage };
    },
  });
  if (seen === undefined) throw new Error('no block of docs/install.md printed the address to sign in at');
  return { ca, steps, images, containers: await containersOf(node), ...seen };
}

function say(what: string, from: number, until = performance.now()): void {
  process.stderr.write(`node: ${what}: ${((until - from) / 1000).toFixed(1)} s\n`);
}

async function containersOf(node: ClusterNode): Promise<readonly string[]> {
  const { body } = await node.admin.send('GET', '/api/v1/namespaces/support-access/pods');
  const { items } = body as {
    items: {
      metadata: { labels: Record<string, string> };
      status: { containerStatuses: { ready: boolean; restartCount: number }[] };
    }[];
  };
  return items.flatMap(({ metadata, status }) =>
    status.containerStatuses.map(
      ({ ready, restartCount }) =>
        `${metadata.labels['app.kubernetes.io/component']} ready=${ready} restarts=${restartCount}`,
    ),
  );
}

/** As Ada would: from the address in the grant's status to the e-mail log. */
async function firstSignIn(node: ClusterNode, ca: string, url: string): Promise<Remembered['firstPage']> {
  await untilAdmitted(podSite(node, { ca, namespace: 'support-access' }));
  const ada = aPerson({ ca, at: node.nodeAddress });
  try {
    await ada.signIn(url, people[0]);
    const { status, body } = await ada.visit(`https://${applicationHost}:${gatewayPort}/email-log`);
    return { status, body };
  } finally {
    ada.leave();
  }
}

async function importImages(node: ClusterNode): Promise<Remembered['images']> {
  const images = await buildPodImages(join(node.directory, 'images'));
  await importPodImages(node, images);
  const { product, application, idp } = images;
  return { product: product.name, application: application.name, idp: idp.name };
}

function attached(node: ClusterNode, remembered: Remembered): PodInstallation {
  return {
    ...remembered,
    ...podSite(node, { ca: remembered.ca, namespace: 'support-access' }),
    printed: (heading) =>
      remembered.steps
        .filter((step) => step.heading === heading)
        .map(({ output }) => output)
        .join(''),
  };
}

/** The settings with which the guide installs on this machine. */
export const chartSettings: readonly string[] = [
  chartFolder,
  '--namespace=support-access',
  ...throughNodePort,
];
