/**
 * The installation of the examples: a control plane, the product as its chart installs it, the customer's application and the vendor's
 * identity provider, and the objects of examples/casepoint-ecase applied with real kubectl.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type RunningApplication, startApplication } from '../../../examples/application/application.ts';
import type { KubectlResult, OwnControlPlane } from '../control-plane/control-plane.ts';
import { startControlPlane } from '../control-plane/start-control-plane.ts';
import { startTestIdp, type TestIdp } from '../idp/test-idp.ts';
import { canary } from '../laws/canaries.ts';
import { applicationHost, ownHost, supportHost } from './installation.ts';
import { type Narrator, silentNarrator } from './narrator.ts';
import { type RunningProduct, startProduct } from './product.ts';
import type { Programs } from './programs.ts';
import { shownManifests } from './shown-manifests.ts';
import { aTeardown, type Teardown } from './teardown.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const examples = join(root, 'examples/casepoint-ecase/');
const cli = fileURLToPath(new URL('../../../cli/', import.meta.url));

/** Where examples/own-application.yaml is expected to listen. */
export const ownPort = 8000;

export interface Credentials {
  readonly name: string;
  readonly user: string;
  readonly password: string;
}

export const people = [
  {
    name: 'Ada Lovelace',
    user: 'ada',
    password: 'engine-1843',
    nameID: 'ada@vendor.example',
    userId: 'cp-1042',
  },
  {
    name: 'Charles Babbage',
    user: 'charles',
    password: 'difference-1822',
    nameID: 'charles@vendor.example',
    userId: 'cp-1043',
  },
] as const satisfies readonly (Credentials & { readonly nameID: string; readonly userId: string })[];

export interface ExampleInstallation {
  readonly controlPlane: OwnControlPlane;
  readonly product: RunningProduct;
  readonly application: RunningApplication;
  readonly idp: TestIdp;
  readonly origin: string;
  readonly applicationOrigin: string;
  readonly signInUrl: string;
  /** Runs kubectl as the customer's administrator, after showing the command. */
  kubectl(args: readonly string[], input?: string): Promise<KubectlResult>;
  /** Reads one of the example manifests, changed by `change`. */
  example(file: string, change?: (manifest: Manifest) => void): Promise<string>;
  stop(): Promise<void>;
}

/** What people need of an installation, wherever its processes run. */
export interface Site
  extends Pick<ExampleInstallation, 'applicationOrigin' | 'signInUrl' | 'kubectl' | 'example'> {
  readonly product: Pick<RunningProduct, 'ca'>;
  /** Where its hosts are; the loopback unless said. */
  readonly at?: string;
}

export interface Manifest {
  [field: string]: unknown;
  metadata: { name: string; namespace?: string };
  spec: Record<string, unknown>;
}

export interface ExampleWish {
  /** Who tells what happens; nothing is told by default. */
  readonly narrator?: Narrator;
  /** Where to note what must be taken down, for a caller that may have to end while things are still being put up. */
  readonly teardown?: Teardown;
  /** What is run as the product; its sources unless told otherwise. */
  readonly programs?: Programs;
}

/** Brings everything up, or takes down what was up and throws. The caller stops it. */
export async function anExampleInstallation(wish: ExampleWish = {}): Promise<ExampleInstallation> {
  const { narrator = silentNarrator, teardown = aTeardown() } = wish;
  try {
    return await build({ ...wish, narrator, teardown });
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function build({
  narrator,
  teardown,
  programs,
}: ExampleWish & { readonly narrator: Narrator; readonly teardown: Teardown }): Promise<ExampleInstallation> {
  const controlPlane = await narrator.during(
    'Starting a Kubernetes control plane: etcd, kube-apiserver and kube-controller-manager 1.37, as local processes.',
    startControlPlane,
  );
  teardown.add(() => controlPlane.stop());
  const application = await startApplication();
  teardown.add(() => application.stop());
  const product = await narrator.during(
    'Installing the chart (CRDs, RBAC, admission policies, webhook) and starting operator, webhook and gateway, each as the account that the chart makes for it.',
    () =>
      startProduct({
        controlPlane,
        hosts: [supportHost, applicationHost, ownHost],
        services: {
          'ecase/ecase:80': `127.0.0.1:${application.port}`,
          'ecase/own:80': `127.0.0.1:${ownPort}`,
        },
        secrets: people.map(({ password }) => password),
        ...(programs ? { programs } : {}),
      }),
  );
  teardown.add(() => product.stop());
  const origin = `https://${supportHost}:${product.gateway.port}`;
  const idp = await startTestIdp({
    serviceProvider: {
      entityID: `${origin}/support-access/saml/metadata`,
      acsURL: `${origin}/support-access/saml/acs`,
    },
    people: people.map(({ user, password, nameID, userId }) => ({
      user,
      password,
      nameID,
      // The provider says more of people than the policy reads.
      attributes: { userId, note: canary('attribute') },
    })),
  });
  teardown.add(() => idp.stop());
  narrator.say(
    `The customer's application runs on 127.0.0.1:${application.port}, the vendor's identity provider has the metadata ${idp.metadataURL}.`,
  );
  const installation: ExampleInstallation = {
    controlPlane,
    product,
    application,
    idp,
    origin,
    applicationOrigin: `https://${applicationHost}:${product.gateway.port}`,
    signInUrl: `${origin}/support-access/sign-in/ecase/case-4711`,
    kubectl: async (args, input) => {
      narrator.command(`kubectl ${args.join(' ')}`);
      const applied = await appliedManifests(args, input);
      if (applied !== undefined) narrator.show(shownManifests(applied));
      const result = await controlPlane.kubectl(args, {
        path: [cli],
        ...(input === undefined ? {} : { input }),
      });
      if (result.stdout.trim()) narrator.show(result.stdout);
      return result;
    },
    example: readExample,
    stop: async () => teardown.run(),
  };
  await applyExamples(installation, narrator);
  return installation;
}

/** What `kubectl apply -f` and `create -f` send: a file of the repository, or standard input. */
async function appliedManifests(
  args: readonly string[],
  input: string | undefined,
): Promise<string | undefined> {
  const [verb, flag, file] = args;
  if ((verb !== 'apply' && verb !== 'create') || flag !== '-f' || file === undefined) return undefined;
  return file === '-' ? input : readFile(join(root, file), 'utf8');
}

/** Reads one of the example manifests, changed by `change`, as kubectl takes it. */
export async function readExample(
  file: string,
  change: (manifest: Manifest) => void = () => undefined,
): Promise<string> {
  const manifest = parse(await readFile(join(examples, file), 'utf8')) as Manifest;
  change(manifest);
  // JSON, since kubectl reads YAML 1.1, where an unquoted Off is a boolean.
  return JSON.stringify(manifest);
}

/** The objects of the example, as the customer and the vendor would write them; only the addresses of today differ. */
async function applyExamples(installation: ExampleInstallation, narrator: Narrator): Promise<void> {
  const { product, idp } = installation;
  narrator.say('The customer says what may be opened, to whom, from where and until when.');
  const files = [
    'casepoint-ecase/service.yaml',
    'casepoint-ecase/application.yaml',
    'generated/casepoint-ecase-1.yaml',
    'casepoint-ecase/users.yaml',
  ];
  for (const file of files) await installation.kubectl(['apply', '-f', `examples/${file}`]);
  const policy = await readExample('policy.yaml', (manifest) => {
    manifest.spec.gateway = { ...(manifest.spec.gateway as object), port: product.gateway.port };
    const sso = manifest.spec.sso as { identityProvider: unknown };
    sso.identityProvider = { metadata: idp.metadata };
  });
  narrator.say(
    `The policy is the example's. Two things differ on each machine: the gateway's port and the metadata of the identity provider.`,
  );
  await installation.kubectl(['apply', '-f', '-'], policy);
  await installation.kubectl(['apply', '-f', 'examples/casepoint-ecase/grant.yaml']);
  for (const condition of ['Ready', 'Active']) {
    await installation.kubectl([
      'wait',
      '-n',
      'ecase',
      'sag/case-4711',
      `--for=condition=${condition}`,
      '--timeout=60s',
    ]);
  }
  await installation.kubectl(['get', '-n', 'ecase', 'sag']);
}
