/** The archive is an OCI layout in which every digest is true, and one that `docker load` reads. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImageDescription, ociArchive } from '../../../../tools/image/archive.ts';
import { aFile } from '../../../../tools/image/entry.ts';
import { layerOf, sha256 } from '../../../../tools/image/layer.ts';
import { readTar, tarOf } from '../../../../tools/image/tar.ts';

const base = [aFile('usr/bin/program', 'program', 0o755)];
const above = [aFile('app/main.js', 'main')];

function anImage(): ImageDescription {
  return {
    name: 'registry.example/team/thing:1.2',
    architecture: 'amd64',
    created: 1_700_000_000,
    layers: [layerOf(base, { comment: 'base' }), layerOf(above, { comment: 'above' })],
    config: { user: '65532:65532', environment: ['A=b'], command: ['program'], labels: { revision: 'abc' } },
  };
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

function contents(bytes: Buffer) {
  const files = new Map(
    readTar(bytes).flatMap((one) => (one.kind === 'file' ? [[one.path, one.content] as const] : [])),
  );
  const at = (path: string): Buffer => files.get(path) ?? Buffer.alloc(0);
  const read = (path: string): Record<string, unknown> =>
    JSON.parse(at(path).toString('utf8')) as Record<string, unknown>;
  const blob = ({ digest, size }: Descriptor): Buffer => {
    const found = at(`blobs/${digest.replace(':', '/')}`);
    expect([sha256(found), found.length]).toEqual([digest, size]);
    return found;
  };
  return { names: [...files.keys()], read, blob };
}

describe('an OCI archive', () => {
  const { names, read, blob } = contents(ociArchive(anImage()).bytes);
  const [manifestDescriptor] = read('index.json')['manifests'] as (Descriptor & { annotations: object })[];
  const manifest = JSON.parse(String(blob(manifestDescriptor ?? { digest: '', size: 0 }))) as {
    config: Descriptor;
    layers: Descriptor[];
  };
  const config = JSON.parse(String(blob(manifest.config))) as {
    rootfs: { diff_ids: string[] };
    history: unknown[];
  };

  it('leads from the index over the manifest to config and layers by digests and sizes that are true', () => {
    expect(read('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
    const unpacked = manifest.layers.map((layer) => gunzipSync(blob(layer)));
    expect(unpacked.map(sha256)).toEqual(config.rootfs.diff_ids);
    expect(unpacked).toEqual([tarOf(base), tarOf(above)]);
    expect(config.history).toHaveLength(2);
    expect(names).toHaveLength(3 + 4);
  });

  it('carries its name for containerd and for podman, and user, command, labels and time for all', () => {
    const name = 'registry.example/team/thing:1.2';
    expect(manifestDescriptor?.annotations).toEqual({
      'io.containerd.image.name': name,
      'org.opencontainers.image.ref.name': name,
    });
    expect(config).toMatchObject({
      architecture: 'amd64',
      os: 'linux',
      created: '2023-11-14T22:13:20Z',
      config: { User: '65532:65532', Env: ['A=b'], Cmd: ['program'], Labels: { revision: 'abc' } },
    });
  });

  it('is what `docker load` reads', () => {
    const path = ({ digest }: Descriptor): string => `blobs/${digest.replace(':', '/')}`;
    expect(read('manifest.json')).toEqual([
      {
        Config: path(manifest.config),
        RepoTags: ['registry.example/team/thing:1.2'],
        Layers: manifest.layers.map(path),
      },
    ]);
  });

  it('is the same bytes each time, and other bytes when one byte of a layer is another', () => {
    const again = ociArchive(anImage());
    expect(again.bytes.equals(ociArchive(anImage()).bytes)).toBe(true);
    expect(again.digest).toBe(manifestDescriptor?.digest);
    const other = ociArchive({
      ...anImage(),
      layers: [layerOf([aFile('app/main.js', 'mean')], { comment: 'above' })],
    });
    expect(other.digest).not.toBe(again.digest);
  });

  it('holds two equal layers once', () => {
    const layer = layerOf(above, { comment: 'above' });
    const twice = contents(ociArchive({ ...anImage(), layers: [layer, layer] }).bytes);
    expect(twice.names).toHaveLength(3 + 3);
  });
});

describe('the memory of compressed layers', () => {
  let cache: string;
  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'support-access-layers-'));
  });
  afterAll(() => rmSync(cache, { recursive: true, force: true }));

  it('gives the same layer as making it, and is not believed when a file in it was changed', () => {
    const made = layerOf(base, { comment: 'base' });
    expect(layerOf(base, { comment: 'base', cache })).toEqual(made);
    const [file = ''] = readdirSync(join(cache, 'layers'));
    expect(layerOf(base, { comment: 'base', cache })).toEqual(made);
    for (const wrong of [
      made.compressed.subarray(0, 40),
      layerOf(above, { comment: '' }).compressed,
      Buffer.alloc(0),
    ]) {
      writeFileSync(join(cache, 'layers', file), wrong);
      expect(layerOf(base, { comment: 'base', cache })).toEqual(made);
    }
  });
});
