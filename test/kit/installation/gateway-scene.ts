/**
 * A gateway on a real control plane, as its own ServiceAccount with the chart's rights, with a real store of records
 * and a real application behind it. The operator's part (status of the grant) is written by the test; people are let
 * in by writing their session the way the gateway does, without an identity provider.
 */
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { kinds } from '../../../crds/kinds.ts';
import { matrixHash } from '../../../crds/rules/matrix/matrix.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { ConfigMaps, Namespaces, Secrets, Services } from '../../../kube/resources.ts';
import { createAccess } from '../../../webhook/callers/callers.ts';
import { type GatewayKeys, loadKeys } from '../../../webhook/gateway/sessions/keys.ts';
import { createSessionStore } from '../../../webhook/gateway/sessions/session-store.ts';
import { type RunningGateway, startGateway } from '../../../webhook/gateway/start.ts';
import { createRecordsHttp } from '../../../webhook/in-cluster/records/http/routes.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import type { OwnControlPlane } from '../control-plane/control-plane.ts';
import { createAuthority } from '../control-plane/pki.ts';
import { anApplication } from '../objects/application.ts';
import { aGrant } from '../objects/grant.ts';
import { aMatrix } from '../objects/matrix.ts';
import { withoutSpec, withSpec } from '../objects/object.ts';
import { aPolicy } from '../objects/policy.ts';
import { aUser } from '../objects/user.ts';
import { aPerson, type Person } from '../people/http-person.ts';
import { installChart, releaseNamespace } from './install.ts';

export const supportHost = 'support.localhost';
export const applicationHost = 'ecase.localhost';
const silent = pino({ level: 'silent' });

export interface GatewayScene {
  readonly admin: KubeClient;
  readonly gateway: RunningGateway;
  readonly keys: GatewayKeys;
  readonly store: RecordStore;
  readonly application: string;
  readonly support: string;
  readonly ca: string;
  /** The objects as they are stored now. */
  readonly read: () => Promise<{ grant: SupportAccessGrant; policy: SupportAccessPolicy; user: SupportUser }>;
  /** A session as the gateway writes it. */
  aSession(): Promise<SupportSession>;
  /** Ada in front of a browser that has this session on the application's host. */
  withSession(session?: SupportSession): Promise<Person>;
  /** Puts the grant back: a new one, opened. */
  reopen(): Promise<void>;
  another(): Promise<RunningGateway>;
  stop(): Promise<void>;
}

/** Starts everything; `answer` is the application. */
export async function aGatewayScene(
  controlPlane: OwnControlPlane,
  answer: RequestListener,
): Promise<GatewayScene> {
  await installChart(controlPlane, {}, { without: ['ValidatingWebhookConfiguration'] });
  const admin = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  const authority = await createAuthority('gateway scene');
  const pair = await authority.issueLoopbackServer([supportHost, applicationHost]);
  const application = await listening(createHttpServer(answer));
  const records = await servedRecords(controlPlane, pair);
  await applySecrets(admin, { ca: authority.certificate, pair });
  const start = await gatewayStarter(controlPlane, { recordsPort: portOf(records.server), application });
  const gateway = await start();
  const operator = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-operator');
  const asOperator = await createKubeClient({ kubeconfigPath: operator.kubeconfig });
  await applyObjects({ admin, asOperator }, gateway.port);
  const account = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway');
  const asGateway = await createKubeClient({ kubeconfigPath: account.kubeconfig });
  const keys = await loadKeys(asGateway, releaseNamespace);
  const read = () => readObjects(admin);
  const sessions = createSessionStore({
    client: asGateway,
    keys,
    trail: { appendInBackground: () => true },
    now: () => Date.now(),
    onFailure: () => undefined,
  });
  const aSession = async (): Promise<SupportSession> => {
    const { grant, policy, user } = await read();
    return sessions.create({ grant, user, boundAddress: '127.0.0.1' }, policy);
  };
  const origins = {
    application: `https://${applicationHost}:${gateway.port}`,
    support: `https://${supportHost}:${gateway.port}`,
  };
  const extras: RunningGateway[] = [];
  return {
    admin,
    gateway,
    keys,
    store: records.store,
    ...origins,
    ca: authority.certificate,
    read,
    aSession,
    withSession: async (session) => {
      const person = aPerson({ ca: authority.certificate });
      const signedIn = session ?? (await aSession());
      for (const [origin, host] of [
        [origins.application, applicationHost],
        [origins.support, supportHost],
      ] as const)
        person.cookies.keep(sessions.cookieFor(signedIn, host), new URL(origin));

      return person;
    },
    reopen: () => reopen({ admin, asOperator }),
    another: async () => {
      const more = await start();
      extras.push(more);
      return more;
    },
    stop: async () => {
      await Promise.all([gateway, ...extras].map((each) => each.stop()));
      await closed(application);
      await closed(records.server);
      await records.store.close();
      account.stop();
      operator.stop();
      await Promise.all([admin, asGateway, asOperator].map((client) => client.close()));
    },
  };
}

async function gatewayStarter(
  controlPlane: OwnControlPlane,
  { recordsPort, application }: { recordsPort: number; application: HttpServer },
): Promise<() => Promise<RunningGateway>> {
  const account = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway');
  const token = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-gateway', {
    audience: 'support-access',
  });
  const resolveMap = join(controlPlane.directory, 'services.json');
  await writeFile(resolveMap, JSON.stringify({ 'ecase/ecase:80': `127.0.0.1:${portOf(application)}` }));
  return async () =>
    startGateway({
      client: await createKubeClient({ kubeconfigPath: account.kubeconfig }),
      log: silent,
      config: {
        role: 'gateway',
        releaseNamespace,
        bind: '127.0.0.1',
        healthPort: 0,
        kubeconfig: account.kubeconfig,
        supportPort: 0,
        recordsUrl: `https://127.0.0.1:${recordsPort}`,
        recordsTokenFile: token.tokenFile,
        resolveMap,
      },
    });
}

async function servedRecords(controlPlane: OwnControlPlane, pair: { certificate: string; key: string }) {
  const store = await openSqliteStore({
    path: join(controlPlane.directory, 'scene-records.db'),
    origin: 'test/scene',
  });
  const account = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook');
  const client = await createKubeClient({ kubeconfigPath: account.kubeconfig });
  const door = createRecordsHttp({
    store,
    access: createAccess({ client, clock: () => performance.now() }),
    releaseNamespace,
    report: () => undefined,
  });
  return { store, server: await listening(createServer({ cert: pair.certificate, key: pair.key }, door)) };
}

const named = (resource: keyof typeof kinds) => kinds[resource];

async function applySecrets(
  admin: KubeClient,
  { ca, pair }: { ca: string; pair: { certificate: string; key: string } },
): Promise<void> {
  const fieldManager = 'scene';
  const apply = { fieldManager, force: true };
  const namespace = releaseNamespace;
  await admin.apply(
    ConfigMaps,
    { metadata: { name: 'support-access-ca', namespace }, data: { 'ca.crt': ca } },
    apply,
  );
  const tls = { 'tls.crt': encoded(pair.certificate), 'tls.key': encoded(pair.key) };
  const secret = {
    metadata: { name: 'support-access-gateway-tls', namespace },
    type: 'kubernetes.io/tls',
    data: tls,
  };
  await admin.apply(Secrets, secret, apply);
  await admin.apply(Namespaces, { metadata: { name: 'ecase' } }, apply);
  const service = { selector: { app: 'ecase' }, ports: [{ port: 80 }] };
  await admin.apply(Services, { metadata: { name: 'ecase', namespace: 'ecase' }, spec: service }, apply);
}

const encoded = (text: string): string => Buffer.from(text).toString('base64');

/** Who writes what: only the operator may say what was found. */
interface Writers {
  readonly admin: KubeClient;
  readonly asOperator: KubeClient;
}

async function applyObjects(writers: Writers, port: number): Promise<void> {
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
  for (const object of [policy, aUser(), aMatrix(), application]) {
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
  const pins = {
    consent: grant.spec.consent ?? 1,
    users: [{ name: 'ada', uid: user.metadata.uid }],
    matrix: { name: 'ecase-1', uid: matrix.metadata.uid, hash: matrixHash(matrix.spec) },
  };
  const status = { observedGeneration: 1, activeReason: 'Open', pins };
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

async function listening<S extends Server>(server: S): Promise<S> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function closed(server: Server): Promise<void> {
  if ('closeAllConnections' in server) (server as HttpServer).closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
