/**
 * The one way to an installation on a control plane of the kit: the chart applied, the customer's certificate for the
 * gateway, and sign-ins as the product's ServiceAccounts. Which programs run on it, and where, is for those who build on it:
 * `product.ts` (all as processes), `operated-installation.ts`, `gateway-in-process.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultNamespaces, installed, programs } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { ConfigMaps, Secrets } from '../../../kube/resources.ts';
import { createAccess } from '../../../webhook/callers/access.ts';
import { readsAt } from '../../../webhook/in-cluster/admission/judge.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import type { ControlPlane, ServiceAccountKubeconfig } from '../control-plane/control-plane.ts';
import { createAuthority } from '../control-plane/pki.ts';
import { type RecordsServer, startRecordsServer } from '../records/records-server.ts';
import type { ChartValues } from './chart.ts';
import { installChart, webhookConfigurations } from './install.ts';
import { aTeardown, type Teardown } from './teardown.ts';

export const supportHost = 'support.localhost';
export const applicationHost = 'ecase.localhost';
/** Of examples/own-application.yaml. */
export const ownHost = 'own.localhost';

export type ProgramName = keyof typeof programs;

export interface Installation {
  readonly controlPlane: ControlPlane;
  readonly releaseNamespace: string;
  /** A folder of its own below the control plane's, which is swept even after a kill -9. */
  readonly directory: string;
  /** system:masters, by the product's own client. */
  readonly admin: KubeClient;
  /** PEM of the customer's authority, and the pair that it signed for the gateway. */
  readonly ca: string;
  readonly gatewayCertificate: { readonly certificate: string; readonly key: string };
  /** A kubeconfig with exactly the chart's rights of that program; one for each. */
  account(program: ProgramName): Promise<ServiceAccountKubeconfig>;
  /** Its token for the records. */
  recordsToken(program: ProgramName): Promise<ServiceAccountKubeconfig>;
  /** A client that signs in as that program. */
  clientOf(program: ProgramName): Promise<KubeClient>;
  /** Taken down by `stop`, newest first. */
  readonly teardown: Teardown;
  stop(): Promise<void>;
}

export interface InstallationWish {
  /** For the chart. Without a webhook's URL its configuration is left out, and nothing is admitted by it. */
  readonly values?: ChartValues & { readonly webhook?: { readonly url: string } };
  /** Where `install` puts it. */
  readonly releaseNamespace?: string;
  /** How the chart comes onto the control plane, where it is not applied as it is rendered. */
  readonly install?: () => Promise<unknown>;
  /** Hosts of the gateway's certificate. */
  readonly hosts?: readonly string[];
}

/** Installs the chart. No program runs yet. */
export async function anInstallation(
  controlPlane: ControlPlane,
  { values = {}, hosts = [], install, releaseNamespace = defaultNamespaces.release }: InstallationWish = {},
): Promise<Installation> {
  const teardown = aTeardown();
  const directory = await mkdtemp(join(controlPlane.directory, 'installation-'));
  teardown.add(() => rm(directory, { recursive: true, force: true }));
  const without = values.webhook ? {} : { without: webhookConfigurations };
  await (install?.() ?? installChart(controlPlane, values, without));
  const admin = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  teardown.add(() => admin.close());
  const authority = await createAuthority('the customer’s authority');
  const gatewayCertificate = await authority.issueLoopbackServer(hosts);
  await giveGatewayCertificate(admin, releaseNamespace, gatewayCertificate);
  const signIn = signInOnce(controlPlane, releaseNamespace, teardown);
  const account = (program: ProgramName) => signIn(program, {});
  return {
    controlPlane,
    releaseNamespace,
    directory,
    admin,
    ca: authority.certificate,
    gatewayCertificate,
    account,
    recordsToken: (program) => signIn(program, { audience: 'support-access' }),
    clientOf: async (program) => {
      const client = await createKubeClient({ kubeconfigPath: (await account(program)).kubeconfig });
      teardown.add(() => client.close());
      return client;
    },
    teardown,
    stop: () => teardown.run(),
  };
}

type SignIn = (
  program: ProgramName,
  options: { readonly audience?: string },
) => Promise<ServiceAccountKubeconfig>;

/** Each account signs in once, and stops to renew its token at the end. */
function signInOnce(controlPlane: ControlPlane, namespace: string, teardown: Teardown): SignIn {
  const known = new Map<string, Promise<ServiceAccountKubeconfig>>();
  const begin: SignIn = async (program, options) => {
    const account = await controlPlane.serviceAccountKubeconfig(namespace, programs[program], options);
    teardown.add(() => account.stop());
    return account;
  };
  return (program, options) => {
    const key = `${program} ${options.audience ?? ''}`;
    const account = known.get(key) ?? begin(program, options);
    known.set(key, account);
    return account;
  };
}

/** The customer's own step: a certificate for the gateway's hosts, in the Secret that the policy names. */
async function giveGatewayCertificate(
  admin: KubeClient,
  namespace: string,
  { certificate, key }: Installation['gatewayCertificate'],
): Promise<void> {
  const secret = {
    type: 'kubernetes.io/tls',
    metadata: { name: 'support-access-gateway-tls', namespace },
    stringData: { 'tls.crt': certificate, 'tls.key': key },
  };
  await admin.apply(Secrets, secret, { fieldManager: 'customer', force: true });
}

/** Lets this process keep the records, in the webhook's place: same store, same rights, and an authority that is published. */
export async function keepRecordsHere(installation: Installation): Promise<RecordsServer> {
  const { admin, directory, teardown, releaseNamespace: namespace } = installation;
  const store = await openSqliteStore({ path: join(directory, 'records.db'), origin: 'test/installation' });
  const client = await installation.clientOf('webhook');
  const access = createAccess({ client, clock: () => performance.now() });
  const readFresh = readsAt(client).read;
  const records = await startRecordsServer({ store, access, readFresh, releaseNamespace: namespace });
  teardown.add(() => records.close());
  const published = {
    metadata: { name: installed.authority, namespace },
    data: { 'ca.crt': records.ca },
  };
  await admin.apply(ConfigMaps, published, { fieldManager: 'records-here', force: true });
  return records;
}
