/**
 * I1: how large is the image, and how long do its programs take from their start until they are ready? Size against
 * the Node binary that it must hold, time against Node doing nothing: the bundles, on a real control plane.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProductImage } from '../../kit/images/test-image.ts';
import { makeBundles } from '../../kit/installation/bundles.ts';
import { anExampleInstallation } from '../../kit/installation/example-installation.ts';
import type { ProductPart } from '../../kit/installation/product.ts';
import { parts } from '../../kit/installation/product-memory.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const rounds = 7;

export const i1: Row = {
  id: 'i1',
  title: 'Size of the image, and its programs from start to ready',
  async run(progress) {
    progress('the image');
    const sizes = await sizesOfImage();
    progress('the installation: control plane, product from its bundles, application');
    const bundles = await makeBundles();
    const installation = await anExampleInstallation({ programs: bundles });
    try {
      const starts: Result[] = [];
      for (const part of parts) {
        progress(`${part}: ${rounds} starts`);
        starts.push(await startsOf(part, installation.product[part]));
      }
      return [...sizes, ...starts];
    } finally {
      await installation.stop();
      await bundles.remove();
    }
  },
};

async function sizesOfImage(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'support-access-bench-image-'));
  try {
    const { layers } = await buildProductImage(folder);
    const node = statSync(process.execPath).size;
    const unpacked = sum(layers.map(({ unpackedBytes }) => unpackedBytes));
    const packed = sum(layers.map(({ compressed }) => compressed.length));
    const against = (what: string, bytes: number, limit: number): Result =>
      countedResult(what, {
        value: bytes / node,
        unit: 'x',
        limit,
        detail: `${megabytes(bytes)}; Node alone ${megabytes(node)}, not packed`,
      });
    return [against('unpacked', unpacked, 1.15), against('packed', packed, 0.45)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startsOf(what: string, part: ProductPart): Promise<Result> {
  const ratios: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await part.process().kill();
    const idle = bareNode();
    const startedAt = performance.now();
    await part.start();
    const took = performance.now() - startedAt;
    ours.push(took);
    ratios.push(took / idle);
  }
  return {
    what: `${what}, start to ready`,
    value: quantile(ratios, 0.5),
    unit: 'x',
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    limit: 20,
    detail: `median ${quantile(ours, 0.5).toFixed(0)} ms, against Node that does nothing`,
  };
}

/** Milliseconds that Node takes to start and end. */
function bareNode(): number {
  const startedAt = performance.now();
  spawnSync(process.execPath, ['--eval', '0']);
  return performance.now() - startedAt;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
