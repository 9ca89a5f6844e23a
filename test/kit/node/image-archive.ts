/**
 * Writes an image of one layer as an OCI archive, for the few images of ours that hold a program and nothing else. Must
 * not be needed for the product's image, which `tools/image/` makes.
 */
import { createHash } from 'node:crypto';

export interface SmallImage {
  /** With its tag. */
  readonly name: string;
  /** Put at the root, under its own name; also the entry point. */
  readonly program: { readonly name: string; readonly content: Buffer };
  /** user:group in numbers. */
  readonly user: string;
}

const OCI = 'application/vnd.oci.image';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** The archive, as `ctr images import` reads it. The same bytes from the same program. */
export function imageArchive({ name, program, user }: SmallImage): Buffer {
  const layer = tarOf([{ name: program.name, mode: 0o755, content: program.content }]);
  const platform = { architecture: ARCHITECTURES[process.arch], os: 'linux' };
  const config = json({
    ...platform,
    config: { Entrypoint: [`/${program.name}`], User: user, WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: descriptorOf(`${OCI}.config.v1+json`, config),
    layers: [descriptorOf(`${OCI}.layer.v1.tar`, layer)],
  });
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        ...descriptorOf(`${OCI}.manifest.v1+json`, manifest),
        annotations: { 'io.containerd.image.name': name },
        platform,
      },
    ],
  });
  const blobs = [layer, config, manifest].map((content) => ({
    name: `blobs/sha256/${digestOf(content).slice('sha256:'.length)}`,
    mode: 0o644,
    content,
  }));
  const layout = { name: 'oci-layout', mode: 0o644, content: json({ imageLayoutVersion: '1.0.0' }) };
  return tarOf([layout, ...blobs, { name: 'index.json', mode: 0o644, content: index }]);
}

function descriptorOf(mediaType: string, content: Buffer) {
  return { mediaType, digest: digestOf(content), size: content.length };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

interface TarFile {
  readonly name: string;
  readonly mode: number;
  readonly content: Buffer;
}

function tarOf(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap((file) => [
    headerOf(file),
    file.content,
    Buffer.alloc((512 - (file.content.length % 512)) % 512),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function headerOf({ name, mode, content }: TarFile): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void =>
    void header.write(value.toString(8).padStart(length, '0'), at);
  header.write(name, 0, 100);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(content.length, 124, 11);
  octal(0, 136, 11);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header[154] = 0;
  return header;
}
