/** The images of a node's own pods, each with one program of ours. Must not hold anything of the product. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ociArchive } from '../../../tools/image/archive.ts';
import { aFile } from '../../../tools/image/entry.ts';
import { imageCache, layerOf } from '../../../tools/image/layer.ts';
import { thisArchitecture } from '../../../tools/image/product.ts';
import type { NodeProgram } from './programs.ts';

/** Holds the namespaces of every pod. */
export const PAUSE_IMAGE = 'localhost/support-access-test/pause:1';
/** A web server, and the questions that a pod asks of another: see `test/node/modules/programs/probe/`. */
export const PROBE_IMAGE = 'localhost/support-access-test/probe:1';
export const DNS_IMAGE = 'localhost/support-access-test/coredns:1';

const IMAGES = [
  { name: PAUSE_IMAGE, program: 'pause', user: '65535:65535' },
  { name: PROBE_IMAGE, program: 'probe', user: '65532:65532' },
  // Port 53 is root's alone, or that of a program with the right to it.
  { name: DNS_IMAGE, program: 'coredns', user: '0:0' },
] as const satisfies readonly {
  readonly name: string;
  readonly program: NodeProgram;
  readonly user: string;
}[];

/** Writes the archives into a folder and returns their paths. */
export function writeNodeImages(
  folder: string,
  programs: Readonly<Record<NodeProgram, string>>,
): readonly string[] {
  return IMAGES.map(({ name, program, user }) => {
    const path = join(folder, `${program}.tar`);
    const file = aFile(program, readFileSync(programs[program]), 0o755);
    const { bytes } = ociArchive({
      name,
      architecture: thisArchitecture(),
      created: 0,
      layers: [layerOf([file], { comment: program, cache: imageCache })],
      config: { user, environment: [], entrypoint: [`/${program}`] },
    });
    writeFileSync(path, bytes);
    return path;
  });
}
