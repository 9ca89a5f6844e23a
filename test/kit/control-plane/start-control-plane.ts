/**
 * Starts a real control plane (etcd, kube-apiserver, kube-controller-manager) as local processes that end with the
 * calling process, however that ends. Must not be given to production: its database does not survive a power cut.
 */
import { join } from 'node:path';
import { eventually } from '../clock/eventually.ts';
import { type AdminRequests, createAdminRequests } from './admin-requests.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { ADMIN_KUBECONFIG, attachControlPlane } from './attach-control-plane.ts';
import { findBinaries } from './binaries.ts';
import type { BinaryPaths } from './binary-source.ts';
import type { OwnControlPlane } from './control-plane.ts';
import { startEtcd } from './etcd-member.ts';
import { freePort } from './free-port.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { Authority } from './pki.ts';
import { apiServerFlags, controllerManagerFlags, type Layout, layoutOf } from './program-flags.ts';
import { createStateDirectory, removeStaleDirectories } from './state-directory.ts';
import { type RunningProgram, type Supervisor, startSupervisor } from './supervisor.ts';
import { writeKeys } from './write-keys.ts';

export interface ControlPlaneOptions {
  /** Added to the API server's own flags; a later flag wins. */
  readonly apiServerFlags?: readonly string[];
}

/** Starts a control plane of one's own. Returns when it is ready to be used; stop it when done. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<OwnControlPlane> {
  const binaries = await findBinaries();
  await removeStaleDirectories();
  const layout = layoutOf(createStateDirectory());
  const supervisor = startSupervisor(layout.directory);
  try {
    return await bringUp({ binaries, layout, supervisor }, options);
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

interface Ground {
  readonly binaries: BinaryPaths;
  readonly layout: Layout;
  readonly supervisor: Supervisor;
}

async function bringUp(ground: Ground, options: ControlPlaneOptions): Promise<OwnControlPlane> {
  const { binaries, layout, supervisor } = ground;
  const etcd = await startEtcd(layout, { supervisor, binaries });
  const authority = await writeKeys(layout, {
    addresses: ['127.0.0.1', '::1'],
    names: ['localhost', 'kubernetes.default.svc'],
  });
  const { apiServer, url, admin } = await serveOnFreePort(ground, authority, options);
  let controllers = await startControllers(ground, { authority, url, admin });
  await untilControllersWork(admin, controllers);
  admin.close();
  const address = { directory: layout.directory, url, binaries };
  const attached = await attachControlPlane(address);
  return {
    ...attached,
    address,
    stopApiServer: async () => apiServer.stop(),
    killApiServer: async () => apiServer.kill(),
    startApiServer: async () => apiServer.start(),
    saveState: async (name) => whileStopped(apiServer, () => etcd.save(name)),
    putBackState: async (name) => {
      await whileStopped(apiServer, () => etcd.putBack(name));
      // As Kubernetes asks for: its controllers would follow from versions that are not there any more, and see nothing.
      controllers.signal('SIGKILL');
      await controllers.exited;
      controllers = await startControllers(ground, { authority, url, admin });
    },
    pauseApiServer: async () => apiServer.pause(),
    resumeApiServer: async () => apiServer.resume(),
    pids: () => ({
      etcd: etcd.pid(),
      'kube-apiserver': apiServer.pid(),
      'kube-controller-manager': controllers.pid,
    }),
    stop: async () => {
      attached.admin.close();
      await supervisor.stop();
    },
  };
}

async function whileStopped(apiServer: ApiServer, act: () => Promise<void>): Promise<void> {
  await apiServer.stop();
  await act();
  await apiServer.start();
}

interface Served {
  readonly apiServer: ApiServer;
  readonly url: string;
  readonly admin: AdminRequests;
}

async function serveOnFreePort(
  { binaries, layout, supervisor }: Ground,
  authority: Authority,
  options: ControlPlaneOptions,
): Promise<Served> {
  const adminCertificate = await authority.issueClient({
    commonName: 'admin',
    organizations: ['system:masters'],
  });
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const port = await freePort();
    const server = { url: `https://127.0.0.1:${port}`, ca: authority.certificate };
    const admin = createAdminRequests({ ...server, admin: adminCertificate });
    const flags = [...apiServerFlags(layout, port), ...(options.apiServerFlags ?? [])];
    const program = binaries['kube-apiserver'];
    const apiServer = await startApiServer({ supervisor, program, flags, admin });
    if (apiServer !== 'port taken') {
      writeKubeconfig(join(layout.directory, ADMIN_KUBECONFIG), server, { certificate: adminCertificate });
      return { apiServer, url: server.url, admin };
    }
    admin.close();
  }
  throw new Error('No free port for kube-apiserver in five attempts.');
}

async function startControllers(
  { binaries, layout, supervisor }: Ground,
  { authority, url }: { readonly authority: Authority } & Omit<Served, 'apiServer'>,
): Promise<RunningProgram> {
  const certificate = await authority.issueClient({ commonName: 'system:kube-controller-manager' });
  writeKubeconfig(layout.controllersKubeconfig, { url, ca: authority.certificate }, { certificate });
  const program = binaries['kube-controller-manager'];
  return supervisor.start('kube-controller-manager', program, controllerManagerFlags(layout));
}

/** The controllers have no address to ask; their first visible work is the ServiceAccount of the default namespace. */
async function untilControllersWork(admin: AdminRequests, controllers: RunningProgram): Promise<void> {
  const working = eventually(
    async () => {
      const { status } = await admin.send('GET', '/api/v1/namespaces/default/serviceaccounts/default');
      if (status !== 200) throw new Error(`the default ServiceAccount is not there (${status})`);
    },
    { within: 60_000 },
  );
  working.catch(() => {});
  const died = controllers.exited.then(() => {
    throw new Error(`kube-controller-manager ended:\n${controllers.lastWords()}`);
  });
  died.catch(() => {});
  await Promise.race([working, died]);
}
