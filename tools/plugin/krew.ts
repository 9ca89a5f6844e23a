/** The manifest by which krew installs the plugin: where the archive of a release is, and what is in it. */
import { stringify } from 'yaml';

export interface Archive {
  readonly version: string;
  /** Where it can be loaded from. */
  readonly uri: string;
  readonly sha256: string;
}

/**
 * The manifest, for one archive that serves every platform: the plugin is JavaScript. Not for Windows, where krew starts
 * nothing but programs that end in .exe; there the .cmd file of the archive goes on PATH.
 */
export function krewManifest({ version, uri, sha256 }: Archive): string {
  const platform = (os: string) => ({
    selector: { matchLabels: { os } },
    uri,
    sha256,
    bin: 'kubectl-support_access',
  });
  return stringify({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'support-access' },
    spec: {
      version: `v${version}`,
      shortDescription: "Open and close a vendor's access to your cluster",
      description:
        "Opens your cluster and applications to a vendor's support people on your terms, and takes it back at once. It acts with your own kubeconfig and rights.\n",
      caveats: 'Needs Node 20.16 or newer on PATH. On macOS it was never tried.\n',
      platforms: [platform('linux'), platform('darwin')],
    },
  });
}
