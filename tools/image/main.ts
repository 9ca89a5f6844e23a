/**
 * `npm run image [-- --arch=amd64|arm64] [--name=registry/name:tag] [--revision=commit] [--out=folder]`: the image as an
 * OCI archive, without a container engine, and its bill of materials. `--tree=folder` writes the files themselves; the Dockerfile takes them.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, version } from './bundles.ts';
import { completed, type Entry, modeOf } from './entry.ts';
import { imageCache } from './layer.ts';
import { imageContents, productImage, thisArchitecture } from './product.ts';

const { values } = parseArgs({
  options: {
    arch: { type: 'string' },
    name: { type: 'string' },
    revision: { type: 'string' },
    out: { type: 'string', default: join(root, 'dist') },
    tree: { type: 'string' },
  },
});

/** Writes entries below a folder that does not exist yet. */
async function writeTree(entries: readonly Entry[], folder: string): Promise<void> {
  mkdirSync(folder);
  for (const entry of completed(entries)) {
    const path = join(folder, entry.path);
    if (entry.kind === 'link') symlinkSync(entry.target, path);
    else if (entry.kind === 'file') writeFileSync(path, entry.content);
    else mkdirSync(path);
    // Said again, for the umask takes bits away.
    if (entry.kind !== 'link') await chmod(path, modeOf(entry));
  }
}

const architecture = values.arch ?? thisArchitecture();
if (architecture !== 'amd64' && architecture !== 'arm64') {
  console.error(`--arch must be amd64 or arm64, not "${architecture.slice(0, 40)}"`);
  process.exit(2);
}
if (values.tree === undefined) {
  const { name, revision } = values;
  const image = await productImage({
    architecture,
    cache: imageCache,
    ...(name === undefined ? {} : { name }),
    ...(revision === undefined ? {} : { revision }),
  });
  mkdirSync(values.out, { recursive: true });
  const path = join(resolve(values.out), `support-access-${version}-${architecture}`);
  writeFileSync(`${path}.oci.tar`, image.bytes);
  writeFileSync(`${path}.cdx.json`, image.bill);
  const unpacked = image.layers.reduce((all, layer) => all + layer.unpackedBytes, 0);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `${relative(process.cwd(), path)}.oci.tar  ${megabytes(image.bytes.length)}, unpacked ${megabytes(unpacked)}`,
  );
  console.log(`${relative(process.cwd(), path)}.cdx.json  its bill of materials`);
  console.log(`${image.name}@${image.digest}`);
} else {
  const { base, programs } = await imageContents(architecture, imageCache);
  await writeTree([...base, ...programs], resolve(values.tree));
}
