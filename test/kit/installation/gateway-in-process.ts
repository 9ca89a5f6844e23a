/**
 * A gateway on a real control plane, as its own ServiceAccount with the chart's rights, with a real store of records
 * and a real application behind it. The operator's part (status of the grant) is written by the test; people are let
 * in by writing their session the way the gateway does, without an identity provider.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { kinds } from '../../../crds/kinds.ts';
import { defaultNamespaces } from '../../../crds/names.ts';
import { matrixHash } from '../../../crds/rules/matrix/matrix.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { systemClock } from '../../../kube/clock.ts';
import { Namespaces, Services } from '../../../kube/resources.ts';
import type { Service } from '../../../operator/watching/kubernetes-objects.ts';
import { createMetrics } from '../../../process/metrics.ts';
import { createWaiting } from '../../../process/waiting.ts';
import { gatewayMetrics } from '../../../webhook/gateway/metrics.ts';
import { type GatewayKeys, loadKeys } from '../../../webhook/gateway/sessions/keys.ts';
import type { SessionProof } from '../../../webhook/gateway/sessions/session-cookie.ts';
import { createSessionStore } from '../../../webhook/gateway/sessions/session-store.ts';
import { type RunningGateway, startGateway } from '../../../webhook/gateway/start.ts';
import type { RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import { eventually } from '../clock/eventually.ts';
import type { OwnControlPlane } from '../control-plane/control-plane.ts';
import { kubeconfigThrough, type TcpFaultProxy } from '../control-plane/tcp-fault-proxy.ts';
import { anApplication } from '../objects/application.ts';
import { aGrant, backendPins } from '../objects/grant.ts';
import { aMatrix, withKubernetesRules } from '../objects/matrix.ts';
import { withoutSpec, withSpec } from '../objects/object.ts';
import { anOpening } from '../objects/opening.ts';
import { aPolicy } from '../objects/policy.ts';
import { aUser } from '../objects/user.ts';
import { aPerson, type Person } from '../people/http-person.ts';
import type { RecordsServer } from '../records/records-server.ts';
import {
  anInstallation,
  applicationHost,
  type Installation,
  keepRecordsHere,
  supportHost,
} from './installation.ts';
import { matrixRole } from './operated-installation.ts';

const silent = pino({ level: 'silent' });

/** A host of the customer's own people, which the gateway does not serve. */
export const ordinaryHost = 'people.example.com';

export interface GatewayInProcess {
  readonly admin: KubeClient;
  /** As the operator, which writes what only it may. */
  readonly asOperator: KubeClient;
  readonly gateway: RunningGateway;
  readonly keys: GatewayKeys;
  readonly store: RecordStore;
  readonly application: string;
  readonly support: string;
  readonly ca: string;
  /** The pair of the gateway, which a server of the customer's own may show too. */
  readonly certificate: Installation['gatewayCertificate'];
  /** Where the customer's application listens. */
  readonly applicationPort: number;
  /** The objects as they are stored now. */
  readonly read: () => Promise<{ grant: SupportAccessGrant; policy: SupportAccessPolicy; user: SupportUser }>;
  /** A session as the gateway writes it, started from this address of the machine. */
  aSession(from?: string): Promise<SupportSession>;
  /** What the cookie of a session of `aSession` says. */
  proofOf(session: SupportSession): SessionProof;
  /** Ada in front of a browser that has this session on the application's host. */
  withSession(session?: SupportSession): Promise<Person>;
  /** Puts the grant back: a new one, opened. */
  reopen(): Promise<void>;
  another(): Promise<RunningGateway>;
  stop(): Promise<void>;
}

export interface GatewayWish {
  /** The gateway itself, and nothing else, reads through it. */
  readonly proxy?: TcpFaultProxy;
  /** What the matrix gives at the Kubernetes API; nothing without it. */
  readonly rules?: NonNullable<SupportPermissionMatrix['spec']['kubernetes']>['rules'];
}

/** Starts everything; `answer` is the application. */
export async function aGatewayInProcess(
  controlPlane: OwnControlPlane,
  answer: RequestListener,
  { proxy, rules }: GatewayWish = {},
): Promise<GatewayInProcess> {
  const installation = await anInstallation(controlPlane, {
    hosts: [supportHost, applicationHost, ordinaryHost],
    ...(rules === undefined ? {} : { values: { matrixRoles: [matrixRole] } }),
  });
  const { admin, ca } = installation;
  const records = await keepRecordsHere(installation);
  const application = await applicationPort(installation, answer);
  const start = await gatewayStarter(installation, records, { application, proxy });
  const gateway = await start();
  const origins = {
    application: `https://${applicationHost}:${gateway.port}`,
    support: `https://${supportHost}:${gateway.port}`,
  };
  const writers = { admin, asOperator: await installation.clientOf('operator') };
  await applyObjects(writers, gateway.port, rules);
  const asGateway = await installation.clientOf('gateway');
  const keys = await loadKeys(asGateway, defaultNamespaces.release);
  const read = () => readObjects(admin);
  const sessions = createSessionStore({
    client: asGateway,
    keys,
    trail: { appendInBackground: () => true },
    now: () => Date.now(),
    clock: systemClock,
    onFailure: () => undefined,
  });
  // What only the browser of each person would hold.
  const proofs = new Map<string, SessionProof>();
  const aSession = async (from = '127.0.0.1'): Promise<SupportSession> => {
    const { grant, policy, user } = await read();
    const made = await sessions.create({ grant, user, boundAddress: from }, policy);
    proofs.set(made.session.metadata.uid, made.proof);
    return made.session;
  };
  const proofOf = ({ metadata }: SupportSession): SessionProof => {
    const proof = proofs.get(metadata.uid);
    if (proof === undefined) throw new Error(`no secret is known of the session ${metadata.name}`);
    return proof;
  };
  return {
    ...writers,
    gateway,
    keys,
    store: records.store,
    ...origins,
    ca,
    certificate: installation.gatewayCertificate,
    applicationPort: application,
    read,
    aSession,
    proofOf,
    withSession: async (session) => {
      const person = aPerson({ ca });
      const signedIn = proofOf(session ?? (await aSession()));
      person.cookies.keep(sessions.cookieFor(signedIn, applicationHost), new URL(origins.application));
      person.cookies.keep(sessions.cookieFor(signedIn, supportHost), new URL(origins.support));
      return person;
    },
    reopen: () => reopen(writers),
    another: start,
    stop: () => installation.stop(),
  };
}

/** Serves the customer's application until the installation stops. */
async function applicationPort({ teardown }: Installation, answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  teardown.add(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function gatewayStarter(
  installation: Installation,
  records: RecordsServer,
  { application, proxy }: { readonly application: number; readonly proxy: TcpFaultProxy | undefined },
): Promise<() => Promise<RunningGateway>> {
  const { kubeconfig: straight } = await installation.account('gateway');
  const kubeconfig = proxy === undefined ? straight : kubeconfigThrough(proxy, straight);
  const { tokenFile } = await installation.recordsToken('gateway');
  const resolveMap = join(installation.directory, 'services.json');
  await writeFile(resolveMap, JSON.stringify({ 'ecase/ecase:80': `127.0.0.1:${application}` }));
  return async () => {
    const gateway = await startGateway({
      client: await createKubeClient({ kubeconfigPath: kubeconfig }),
      log: silent,
      config: {
        role: 'gateway',
        releaseNamespace: defaultNamespaces.release,
        identitiesNamespace: defaultNamespaces.identities,
        bind: '127.0.0.1',
        healthPort: 0,
        logLevel: 'info',
        kubeconfig,
        supportPort: 0,
        innerPort: 0,
        recordsUrl: records.url,
        recordsTokenFile: tokenFile,
        resolveMap,
        drainSeconds: 0,
        idleSeconds: 620,
      },
      waiting: createWaiting({ log: silent, stopping: new AbortController().signal }),
      metrics: createMetrics(gatewayMetrics).metrics,
    });
    installation.teardown.add(() => gateway.stop());
    // Until its watches have begun it knows no application, and answers 421.
    await eventually(() => assert.deepEqual(gateway.missing(), []), { within: 60_000 });
    return gateway;
  };
}

const named = (resource: keyof typeof kinds) => kinds[resource];

/** Who writes what: only the operator may say what was found. */
interface Writers {
  readonly admin: KubeClient;
  readonly asOperator: KubeClient;
}

async function applyObjects(writers: Writers, port: number, rules: GatewayWish['rules']): Promise<void> {
  const apply = { fieldManager: 'customer', force: true };
  await writers.admin.apply(Namespaces, { metadata: { name: 'ecase' } }, apply);
  const service = { selector: { app: 'ecase' }, ports: [{ port: 80 }] };
  const inEcase = { name: 'ecase', namespace: 'ecase' };
  await writers.admin.apply(Services, { metadata: inEcase, spec: service }, apply);
  const policy = aPolicy(
    withSpec({
      gateway: {
        host: supportHost,
        port,
        hostSuffixes: ['localhost'],
        tlsSecretRefs: [{ name: 'support-access-gateway-tls' }],
      },
      allowedCIDRs: ['127.0.0.0/8'],
    }),
  );
  const application = anApplication(withSpec({ host: applicationHost }));
  const matrix = rules === undefined ? aMatrix() : aMatrix(withKubernetesRules(...rules));
  for (const object of [policy, aUser(), matrix, application]) {
    const { name, namespace } = object.metadata;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    await writers.admin.create(named(object.kind), { ...object, metadata });
  }
  await reopen(writers);
}

async function reopen({ admin, asOperator }: Writers): Promise<void> {
  const ref = { namespace: 'ecase', name: 'case-4711' };
  await admin.delete(kinds.SupportAccessGrant, ref);
  const expirationTime = new Date(Date.now() + 3_600_000).toISOString();
  const wanted = aGrant(
    withoutSpec('startTime'),
    withSpec({ allowedCIDRs: ['127.0.0.0/8'], expirationTime }),
  );
  const grant = await admin.create<SupportAccessGrant>(kinds.SupportAccessGrant, {
    ...wanted,
    metadata: ref,
  });
  const user = await admin.get<SupportUser>(kinds.SupportUser, { name: 'ada' });
  const matrix = await admin.get<SupportPermissionMatrix>(kinds.SupportPermissionMatrix, { name: 'ecase-1' });
  const backend = { namespace: 'ecase', name: 'ecase' };
  const application = await admin.get<SupportApplication>(kinds.SupportApplication, backend);
  const service = await admin.get<Service>(Services, backend);
  const pins = {
    consent: grant.spec.consent ?? 1,
    users: [{ name: 'ada', uid: user.metadata.uid }],
    matrix: { name: 'ecase-1', uid: matrix.metadata.uid, hash: matrixHash(matrix.spec) },
    ...backendPins(application, service),
  };
  const policy = await admin.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, { name: 'default' });
  const opening = anOpening({ grant, policy, application }, [user]);
  const status = { observedGeneration: 1, activeReason: 'Open', opening, pins };
  await asOperator.mergePatch(kinds.SupportAccessGrant, ref, { patch: { status }, subresource: 'status' });
}

async function readObjects(admin: KubeClient) {
  const [grant, policy, user] = await Promise.all([
    admin.get<SupportAccessGrant>(kinds.SupportAccessGrant, { namespace: 'ecase', name: 'case-4711' }),
    admin.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, { name: 'default' }),
    admin.get<SupportUser>(kinds.SupportUser, { name: 'ada' }),
  ]);
  return { grant, policy, user };
}
