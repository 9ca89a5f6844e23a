/**
 * What a test may do with a control plane. Only shapes: `start-control-plane.ts` makes one, `attach-control-plane.ts`
 * gives one that was started elsewhere.
 */
import type { AdminRequests } from './admin-requests.ts';
import type { BinaryPaths } from './binary-source.ts';

/** A control plane that may be shared: nothing here disturbs another test. */
export interface ControlPlane {
  /** Path of a kubeconfig in system:masters: for the test itself, never for the product. */
  readonly kubeconfig: string;
  /** https://127.0.0.1:<port> */
  readonly url: string;
  /** PEM of the CA that signed the API server's certificate. */
  readonly ca: string;
  /** Keys, logs (`kube-apiserver.log`, ...) and everything that goes away with the control plane. */
  readonly directory: string;
  readonly binaries: BinaryPaths;
  /** Raw requests as admin, independent of the product's own client. */
  readonly admin: AdminRequests;
  /** Runs the real kubectl. Throws when it fails, unless `expectFailure`: then it throws when it succeeds. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<KubectlResult>;
  /** A kubeconfig for an arbitrary user and groups, by client certificate. */
  userKubeconfig(user: string, groups?: readonly string[]): Promise<string>;
  /** A kubeconfig for a ServiceAccount, by a TokenRequest token in a file that is kept fresh while the process lives. */
  serviceAccountKubeconfig(
    namespace: string,
    name: string,
    options?: TokenOptions,
  ): Promise<ServiceAccountKubeconfig>;
}

/** A control plane of one's own: it may be broken at will. */
export interface OwnControlPlane extends ControlPlane {
  /** Ends all programs and removes the directory. */
  stop(): Promise<void>;
  /** Graceful (SIGTERM). */
  stopApiServer(): Promise<void>;
  /** SIGKILL. */
  killApiServer(): Promise<void>;
  /** Same port, same etcd; returns when ready. */
  startApiServer(): Promise<void>;
  /** Keeps the whole state of the cluster under a name; the API server is stopped meanwhile. */
  saveState(name: string): Promise<void>;
  /** Puts that state back, revisions and all, as a restored backup of etcd does. */
  putBackState(name: string): Promise<void>;
  /** SIGSTOP: sockets stay open, nothing answers. Returns when it has stopped. */
  pauseApiServer(): Promise<void>;
  /** SIGCONT. */
  resumeApiServer(): Promise<void>;
  /** Pids of the three programs at this moment. */
  pids(): Readonly<Record<'etcd' | 'kube-apiserver' | 'kube-controller-manager', number>>;
  /** What another process needs to use it, as JSON. */
  readonly address: ControlPlaneAddress;
}

/** All that a second process needs; plain data. */
export interface ControlPlaneAddress {
  readonly directory: string;
  readonly url: string;
  readonly binaries: BinaryPaths;
}

export interface KubectlOptions {
  /** Written to its standard input (for `-f -`). */
  readonly input?: string;
  /** As whom; default the admin. */
  readonly kubeconfig?: string;
  readonly expectFailure?: boolean;
  /** Folders put before PATH, where kubectl looks for its plugins. */
  readonly path?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface KubectlResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export interface TokenOptions {
  /** Default: the API server itself. */
  readonly audience?: string;
  /** Default 3600, at least 600. */
  readonly expirationSeconds?: number;
}

export interface ServiceAccountKubeconfig {
  /** Path of the kubeconfig; it refers to the token file. */
  readonly kubeconfig: string;
  readonly tokenFile: string;
  /** Puts a new token into the file now. */
  renew(): Promise<void>;
  /** Ends the renewal. */
  stop(): void;
}
