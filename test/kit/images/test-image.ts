/** Images of what tests put beside the product in a cluster: on the product's base, with a program of their own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ociArchive } from '../../../tools/image/archive.ts';
import { bundle } from '../../../tools/image/bundles.ts';
import { baseOf, environment, user } from '../../../tools/image/ground.ts';
import { imageCache, layerOf } from '../../../tools/image/layer.ts';
import { filesIn, type ProductImage, productImage, thisArchitecture } from '../../../tools/image/product.ts';

/** THE list of them, each with where its program begins. */
const programs = {
  /** Serves on 8080, health at `/healthz`. */
  'example-application': { path: 'examples/application/main.ts', environment: ['BIND=::'] },
  /** Serves on 8080, health at `/metadata`; reads /etc/idp/config.json (`test/kit/idp/main.ts`). */
  idp: { path: 'test/kit/idp/main.ts', environment: [] },
} as const;

export interface BuiltImage {
  /** As a pod names it; nothing can pull it. */
  readonly name: string;
  /** Path of the OCI archive. */
  readonly archive: string;
}

/** Builds the image of a test program into a folder. */
export async function buildTestImage(program: keyof typeof programs, folder: string): Promise<BuiltImage> {
  const { path, environment: added } = programs[program];
  const name = `localhost/${program}:test`;
  const architecture = thisArchitecture();
  const workshop = await mkdtemp(join(tmpdir(), 'support-access-test-image-'));
  try {
    await bundle({ main: path }, workshop);
    const layers = [
      layerOf(baseOf(architecture, imageCache).entries, { comment: 'base', cache: imageCache }),
      layerOf(filesIn(workshop, 'app'), { comment: path }),
    ];
    const config = { user, environment: [...environment, ...added], entrypoint: ['node', '/app/main.js'] };
    return await written(
      { name, bytes: ociArchive({ name, architecture, created: 0, layers, config }).bytes },
      folder,
    );
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

export type BuiltProductImage = BuiltImage & ProductImage;

/** Builds the product's own image into a folder, under the name that the chart asks for. */
export async function buildProductImage(folder: string, revision?: string): Promise<BuiltProductImage> {
  const image = await productImage({ cache: imageCache, ...(revision === undefined ? {} : { revision }) });
  return { ...image, ...(await written(image, folder)) };
}

async function written(
  { name, bytes }: { readonly name: string; readonly bytes: Buffer },
  folder: string,
): Promise<BuiltImage> {
  await mkdir(folder, { recursive: true });
  const archive = join(folder, `${name.replaceAll(/[/:]/g, '-')}.oci.tar`);
  await writeFile(archive, bytes);
  return { name, archive };
}
