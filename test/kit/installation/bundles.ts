/** The programs as the image holds them, in a folder of their own with no packages beside or above them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProduct } from '../../../tools/image/bundles.ts';
import type { Programs } from './programs.ts';

export interface Bundles extends Programs {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Bundles the product as it is now (some seconds). */
export async function makeBundles(): Promise<Bundles> {
  const folder = await mkdtemp(join(tmpdir(), 'support-access-bundles-'));
  await bundleProduct(folder);
  return {
    folder,
    operator: join(folder, 'operator.js'),
    webhook: join(folder, 'webhook.js'),
    remove: async () => rm(folder, { recursive: true, force: true }),
  };
}
