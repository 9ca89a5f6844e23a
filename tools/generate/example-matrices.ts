/** Writes each source system's matrix as the manifest that an installation applies, from the one list of matrices. */
import { stringify } from 'yaml';
import { matrices, matrixName } from '../../crds/matrices/index.ts';
import type { Output } from './output.ts';

const header = '# Generated from crds/matrices by tools/generate.ts, do not edit.\n';

/** One folder of manifests, a file per matrix, and what `kubectl apply -k` takes from it. */
export function generateExampleMatrices(): Output {
  const files = matrices.map((spec): [string, string] => {
    const name = matrixName(spec);
    const manifest = {
      apiVersion: 'supportaccess.dev/v1beta1',
      kind: 'SupportPermissionMatrix',
      metadata: { name },
      spec,
    };
    return [`${name}.yaml`, `${header}${stringify(manifest)}`];
  });
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: files.map(([name]) => name),
  };
  files.push(['kustomization.yaml', `${header}${stringify(kustomization)}`]);
  return { folder: 'examples/generated', files: new Map(files) };
}
