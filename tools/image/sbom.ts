/**
 * The bill of materials of the image, CycloneDX 1.6 as JSON: what is really in it, not what the repository depends on.
 * Holds no time and no serial number, so that the same sources make the same document.
 */
import type { Architecture } from './archive.ts';
import { release, type UnpackedPackage } from './debian.ts';
import type { Base } from './ground.ts';
import type { BundledPackage } from './packages.ts';

interface Materials {
  readonly version: string;
  readonly architecture: Architecture;
  readonly base: Base;
  readonly packages: readonly BundledPackage[];
}

type Component = Readonly<Record<string, unknown>> & { readonly 'bom-ref': string };

/** The document, with a final newline. */
export function billOfMaterials({ version, architecture, base, packages }: Materials): string {
  const product: Component = {
    type: 'application',
    'bom-ref': `pkg:npm/support-access@${version}`,
    name: 'support-access',
    version,
    purl: `pkg:npm/support-access@${version}`,
    licenses: [{ license: { id: 'Apache-2.0' } }],
  };
  const components = [
    nodeComponent(base.node.version),
    ...base.packages.map((one) => debianComponent(one, architecture)),
    ...packages.map(npmComponent),
  ];
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: product },
    components,
    dependencies: [{ ref: product['bom-ref'], dependsOn: components.map((one) => one['bom-ref']) }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Node and what is linked into it; `process.versions` is of the same release, for the build runs on it. */
function nodeComponent(version: string): Component {
  const here = process.versions.node;
  if (here !== version)
    throw new Error(`This is Node ${here}, the image's is ${version}: its parts are not known.`);
  const parts = Object.entries(process.versions).filter(
    ([name, value]) => value !== undefined && name !== 'node' && name !== 'modules' && name !== 'napi',
  );
  return {
    type: 'platform',
    'bom-ref': `pkg:generic/node@${version}`,
    name: 'node',
    version,
    purl: `pkg:generic/node@${version}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    licenses: [{ license: { id: 'MIT' } }],
    components: parts.map(([name, value = '']) => ({
      type: 'library',
      'bom-ref': `pkg:generic/node@${version}#${name}`,
      name,
      version: value,
    })),
  };
}

function debianComponent({ name, version, sha256 }: UnpackedPackage, architecture: Architecture): Component {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-${release.version}`;
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
  };
}

function npmComponent({ name, version, license, integrity }: BundledPackage): Component {
  const purl = `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
  const [, digest = ''] = integrity.split('sha512-');
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    ...(license === '' ? {} : { licenses: [{ expression: license }] }),
  };
}
