/** What the control plane's programs are called, and what a place that may have them looks like. Only shapes and names. */

/** The Kubernetes version that every run tests. Also the version that `test/control-plane/go.mod` pins. */
export const KUBERNETES_VERSION = '1.37.1';

/** The other supported versions, which `npm run test:versions` tests. Each is pinned in `test/control-plane/<minor>/`. */
export const OTHER_KUBERNETES_VERSIONS = ['1.36.4', '1.35.4'] as const;

export const BINARY_NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;
export type BinaryName = (typeof BINARY_NAMES)[number];
export type BinaryPaths = Readonly<Record<BinaryName, string>>;

export interface Search {
  readonly version: string;
  /** The cache of this version: sources that make binaries put them here. */
  readonly folder: string;
  /** Tells a person what is going on. */
  readonly say: (line: string) => void;
}

/** A place that may have some of the wanted binaries. */
export interface Source {
  readonly name: string;
  /** The paths of those it has. Having none is no error. */
  find(wanted: readonly BinaryName[], search: Search): Promise<Partial<BinaryPaths>>;
}
