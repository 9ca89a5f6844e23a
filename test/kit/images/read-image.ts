/** Reads an OCI archive back, ours or of another tool: its tree as a container would see it, and its settings. */
import { gunzipSync } from 'node:zlib';
import { modeOf } from '../../../tools/image/entry.ts';
import { sha256 } from '../../../tools/image/layer.ts';
import { readTar } from '../../../tools/image/tar.ts';

export interface ReadImage {
  /** Path to what is there: permissions with content's digest, or a link's target. */
  readonly tree: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
}

interface Descriptor {
  readonly digest: string;
}

/** The first image of an archive. */
export function readImage(archive: Buffer): ReadImage {
  const files = new Map(
    readTar(archive).flatMap((entry) =>
      entry.kind === 'file' ? [[entry.path, entry.content] as const] : [],
    ),
  );
  const at = (path: string): Buffer => files.get(path) ?? Buffer.alloc(0);
  const read = (path: string): unknown => JSON.parse(at(path).toString('utf8'));
  const pathOf = ({ digest }: Descriptor): string => `blobs/${digest.replace(':', '/')}`;
  const [first] = (read('index.json') as { manifests: Descriptor[] }).manifests;
  if (first === undefined) throw new Error('The archive holds no image.');
  const manifest = read(pathOf(first)) as { config: Descriptor; layers: Descriptor[] };
  const tree = Object.fromEntries(
    manifest.layers
      .flatMap((layer) => readTar(unpacked(at(pathOf(layer)))))
      .map((entry) => {
        const said = entry.kind === 'link' ? `-> ${entry.target}` : modeOf(entry).toString(8);
        return [entry.path, entry.kind === 'file' ? `${said} ${sha256(entry.content)}` : said];
      }),
  );
  const { config } = read(pathOf(manifest.config)) as Pick<ReadImage, 'config'>;
  return { tree, config };
}

/** podman writes layers compressed or not. */
function unpacked(layer: Buffer): Buffer {
  return layer[0] === 0x1f && layer[1] === 0x8b ? gunzipSync(layer) : layer;
}
