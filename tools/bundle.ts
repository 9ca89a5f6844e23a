/** `npm run bundle [-- folder]`: the programs of the image as files that need Node and nothing else, without an image. */
import { join, relative, resolve } from 'node:path';
import { bundleProduct, root } from './image/bundles.ts';

const folder = resolve(process.argv[2] ?? join(root, 'dist', 'app'));
const { outputs } = await bundleProduct(folder);
for (const [path, { bytes }] of Object.entries(outputs))
  console.log(`${relative(process.cwd(), resolve(root, path))}  ${(bytes / 2 ** 20).toFixed(1)} MiB`);
