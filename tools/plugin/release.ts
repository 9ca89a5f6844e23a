/** What people get of the plugin: the one file, an archive of it, and the manifest by which krew installs that archive. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root, version } from '../image/bundles.ts';
import { aFile } from '../image/entry.ts';
import { tarOf } from '../image/tar.ts';
import { krewManifest } from './krew.ts';
import { bundlePlugin } from './one-file.ts';

const archiveName = 'kubectl-support_access.tar.gz';

/** Puts all of it into a folder; `from` is where the archive will be loaded from. The answer lists the files. */
export async function releasePlugin(folder: string, from: string): Promise<string[]> {
  const file = await bundlePlugin(folder);
  const archive = gzipSync(
    tarOf([
      aFile('kubectl-support_access', readFileSync(file), 0o755),
      aFile('kubectl-support_access.cmd', readFileSync(`${file}.cmd`)),
      aFile('LICENSE', readFileSync(join(root, 'LICENSE'))),
    ]),
  );
  const sha256 = createHash('sha256').update(archive).digest('hex');
  writeFileSync(join(folder, archiveName), archive);
  const manifest = krewManifest({ version, uri: `${from.replace(/\/$/, '')}/${archiveName}`, sha256 });
  writeFileSync(join(folder, 'support-access.yaml'), manifest);
  return [file, `${file}.cmd`, join(folder, archiveName), join(folder, 'support-access.yaml')];
}
