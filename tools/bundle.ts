/**
 * `npm run bundle [-- folder [uri]]`: the programs of the image as files that need Node and nothing else, without an image;
 * and beside them, in `plugin`, what people get of the plugin. The uri is where its archive will be loaded from.
 */
import { statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { bundleProduct, root } from './image/bundles.ts';
import { releasePlugin } from './plugin/release.ts';

const folder = resolve(process.argv[2] ?? join(root, 'dist', 'app'));
const say = (path: string, bytes: number): void =>
  console.log(`${relative(process.cwd(), resolve(root, path))}  ${(bytes / 2 ** 20).toFixed(1)} MiB`);

const { outputs } = await bundleProduct(folder);
for (const [path, { bytes }] of Object.entries(outputs)) say(path, bytes);
const from = process.argv[3] ?? 'https://example.com/replace-by-where-the-archive-is';
for (const path of await releasePlugin(join(folder, '..', 'plugin'), from)) say(path, statSync(path).size);
