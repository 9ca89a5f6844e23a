/** The images of what runs as pods: the product, and what is in the cluster before it. */
import { type BuiltImage, buildProductImage, buildTestImage } from '../images/test-image.ts';
import type { ClusterNode } from '../node/node.ts';

export interface PodImages {
  readonly product: BuiltImage;
  readonly application: BuiltImage;
  readonly idp: BuiltImage;
}

/** Builds the archives into a folder. */
export async function buildPodImages(folder: string): Promise<PodImages> {
  const [product, application, idp] = await Promise.all([
    buildProductImage(folder),
    buildTestImage('example-application', folder),
    buildTestImage('idp', folder),
  ]);
  const plain = ({ name, archive }: BuiltImage): BuiltImage => ({ name, archive });
  return { product: plain(product), application: plain(application), idp: plain(idp) };
}

/** Makes them known to a node. */
export async function importPodImages(
  node: ClusterNode,
  { product, application, idp }: PodImages,
): Promise<void> {
  for (const { archive } of [product, application, idp]) await node.importImage(archive);
}
