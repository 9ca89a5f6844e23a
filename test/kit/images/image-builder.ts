/**
 * A stand-in for the image that the Dockerfile builds on, which cannot be pulled here: Node, a shell and the tools that unpack
 * Debian's packages, taken from this machine with the libraries that they are linked against.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ociArchive } from '../../../tools/image/archive.ts';
import { aFile, type Entry } from '../../../tools/image/entry.ts';
import { layerOf } from '../../../tools/image/layer.ts';
import { thisArchitecture } from '../../../tools/image/product.ts';
import type { BuiltImage } from './test-image.ts';

const tools = { sh: 'bin/sh', 'dpkg-deb': 'usr/bin/dpkg-deb', tar: 'usr/bin/tar', rm: 'usr/bin/rm' } as const;

/** Where the builder keeps what it remembers, in the container. */
export const builderHome = '/builder';

/** Builds it into a folder. */
export async function buildImageBuilder(folder: string): Promise<BuiltImage> {
  const name = 'localhost/image-builder:test';
  const programs = [
    [process.execPath, 'usr/local/bin/node'] as const,
    ...Object.entries(tools).map(([tool, path]) => [commandOf(tool), path] as const),
  ];
  const entries: Entry[] = programs.map(([from, path]) => aFile(path, readFileSync(from), 0o755));
  for (const library of new Set(programs.flatMap(([from]) => librariesOf(from))))
    entries.push(aFile(library.slice(1), readFileSync(library), 0o755));
  entries.push(
    { kind: 'folder', path: 'tmp', mode: 0o1777 },
    aFile('etc/passwd', `root:x:0:0:root:${builderHome}:/bin/sh\n`),
  );
  const image = ociArchive({
    name,
    architecture: thisArchitecture(),
    created: 0,
    layers: [layerOf(entries, { comment: 'tools of this machine', level: 0 })],
    config: { user: '0:0', environment: ['PATH=/usr/local/bin:/usr/bin:/bin', `HOME=${builderHome}`] },
  });
  await mkdir(folder, { recursive: true });
  const archive = join(folder, 'image-builder.oci.tar');
  await writeFile(archive, image.bytes);
  return { name, archive };
}

function commandOf(tool: string): string {
  return execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
}

/** The libraries of a program and its loader, by the paths at which it looks for them. */
function librariesOf(program: string): readonly string[] {
  const said = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...said.matchAll(/(?:^|\s)(\/\S+) \(0x/gm)].map(([, path = '']) => path);
}
