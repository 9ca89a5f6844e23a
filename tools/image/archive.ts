/**
 * An OCI archive: the tar of an OCI image layout, which containerd, podman and skopeo import, with the `manifest.json` that
 * `docker load` of every age reads. Knows nothing of what is in the layers.
 */
import { aFile } from './entry.ts';
import { type Layer, sha256 } from './layer.ts';
import { tarOf } from './tar.ts';

export type Architecture = 'amd64' | 'arm64';

export interface ImageDescription {
  /** With registry and tag: `ghcr.io/support-access/support-access:0.1.0`. */
  readonly name: string;
  readonly architecture: Architecture;
  /** When the sources were committed, epoch seconds. Not when it was built: the same sources make the same image. */
  readonly created: number;
  /** From the bottom up. */
  readonly layers: readonly Layer[];
  readonly config: {
    readonly user: string;
    readonly environment: readonly string[];
    readonly entrypoint?: readonly string[];
    readonly command?: readonly string[];
    readonly workingFolder?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

export interface OciArchive {
  readonly bytes: Buffer;
  /** Of the manifest: what a registry will call this image, and what the chart's `image.digest` takes. */
  readonly digest: string;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly bytes: Buffer;
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** The archive of one image for one architecture. */
export function ociArchive(image: ImageDescription): OciArchive {
  const layers = image.layers.map(({ compressed }) => blob(types.layer, compressed));
  const config = blob(types.config, json(configOf(image)));
  const manifest = blob(types.manifest, json(manifestOf(image, config, layers)));
  const bytes = tarOf([
    aFile('oci-layout', json({ imageLayoutVersion: '1.0.0' })),
    aFile('index.json', json(indexOf(image, manifest))),
    aFile(
      'manifest.json',
      json([{ Config: pathOf(config), RepoTags: [image.name], Layers: layers.map(pathOf) }]),
    ),
    // Two equal layers are one blob.
    ...new Map(
      [...layers, config, manifest].map((one) => [one.digest, aFile(pathOf(one), one.bytes)]),
    ).values(),
  ]);
  return { bytes, digest: manifest.digest };
}

function blob(mediaType: string, bytes: Buffer): Blob {
  return { mediaType, digest: sha256(bytes), size: bytes.length, bytes };
}

function pathOf({ digest }: Blob): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function described({ mediaType, digest, size }: Blob) {
  return { mediaType, digest, size };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function configOf({ architecture, created, config, layers }: ImageDescription) {
  const at = timeOf(created);
  return {
    created: at,
    architecture,
    os: 'linux',
    config: {
      User: config.user,
      Env: config.environment,
      Entrypoint: config.entrypoint,
      Cmd: config.command,
      WorkingDir: config.workingFolder,
      Labels: config.labels,
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ comment }) => ({ created: at, created_by: comment })),
  };
}

function manifestOf({ config: { labels } }: ImageDescription, config: Blob, layers: readonly Blob[]) {
  return {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: described(config),
    layers: layers.map(described),
    annotations: labels,
  };
}

/** containerd reads the name from its own annotation, podman and skopeo from the standard's. */
function indexOf({ name, architecture }: ImageDescription, manifest: Blob) {
  return {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: [
      {
        ...described(manifest),
        platform: { architecture, os: 'linux' },
        annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name },
      },
    ],
  };
}

/** Epoch seconds as OCI writes a time. */
export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
