/**
 * Fourth and last source: builds the programs from the Go modules pinned in `test/control-plane/`. Must not build a
 * version that is not pinned there.
 */
import { join } from 'node:path';
import {
  type BinaryName,
  type BinaryPaths,
  KUBERNETES_VERSION,
  OTHER_KUBERNETES_VERSIONS,
  type Source,
} from '../binary-source.ts';
import { buildGoProgram, clearAbandonedWorkshops, hasGo } from './go-build.ts';

const MODULES = join(import.meta.dirname, '../../../control-plane');
const PINNED: readonly string[] = [KUBERNETES_VERSION, ...OTHER_KUBERNETES_VERSIONS];

interface Recipe {
  readonly package: string;
  /** On two cores with nothing cached, measured. */
  readonly duration: string;
}

const RECIPES: Readonly<Record<BinaryName, Recipe>> = {
  etcd: { package: 'go.etcd.io/etcd/server/v3', duration: '1 minute' },
  'kube-apiserver': { package: 'k8s.io/kubernetes/cmd/kube-apiserver', duration: '5 minutes' },
  'kube-controller-manager': {
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    duration: '2 minutes',
  },
  kubectl: { package: 'k8s.io/kubernetes/cmd/kubectl', duration: '1 minute' },
};

export const goModules: Source = {
  name: 'Go modules',
  find: async (wanted, { version, folder, say }) => {
    if (!PINNED.includes(version)) {
      say(`no Go module pins ${version}; pinned are ${PINNED.join(', ')}`);
      return {};
    }
    if (!(await hasGo())) {
      say('no `go` on PATH: nothing can be built');
      return {};
    }
    clearAbandonedWorkshops(folder);
    const built: Partial<Record<BinaryName, string>> = {};
    for (const name of wanted) {
      const program = {
        name,
        title: `${name} ${version}`,
        module: moduleFor(name, version),
        ...RECIPES[name],
        settings: kubernetesVersionSettings(version),
      };
      built[name] = await buildGoProgram(program, { folder, say });
    }
    return built satisfies Partial<BinaryPaths>;
  },
};

/** Every version runs on the same etcd, which therefore is pinned once. */
function moduleFor(name: BinaryName, version: string): string {
  if (name === 'etcd' || version === KUBERNETES_VERSION) return MODULES;
  return join(MODULES, version.split('.').slice(0, 2).join('.'));
}

/** What a program of Kubernetes says when it is asked for its version. */
export function kubernetesVersionSettings(version: string): readonly string[] {
  const [major, minor] = version.split('.');
  const variable = 'k8s.io/component-base/version.git';
  return [`${variable}Version=v${version}`, `${variable}Major=${major}`, `${variable}Minor=${minor}`];
}
