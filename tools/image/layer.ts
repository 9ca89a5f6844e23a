/**
 * One layer of an image: the tar archive of its entries, compressed, and both digests. Compressed by fflate, not by Node's
 * zlib: that one takes other paths on other processors, and the same sources must give the same bytes on each of them.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { gzipSync } from 'fflate';
import type { Entry } from './entry.ts';
import { tarOf } from './tar.ts';

export interface Layer {
  /** For the image's history: what the layer is. */
  readonly comment: string;
  /** sha256 of the archive before compression, as the image's config names it. */
  readonly diffId: string;
  /** sha256 of what is stored. */
  readonly digest: string;
  readonly compressed: Buffer;
  readonly unpackedBytes: number;
}

/** 0: not at all, for what is read once. */
type Level = 0 | 6;

export interface LayerOptions {
  readonly comment: string;
  /** Folder that remembers compressed layers: the base takes 15 s and seldom changes. None: nothing is remembered. */
  readonly cache?: string | undefined;
  /** How hard to compress; 6 unless said. */
  readonly level?: Level;
}

/** Where compressed layers and fetched packages are remembered between runs. */
export const imageCache = join(homedir(), '.cache', 'support-access', 'image');

/** Makes a layer of the entries. */
export function layerOf(entries: readonly Entry[], { comment, cache, level = 6 }: LayerOptions): Layer {
  const tar = tarOf(entries);
  const diffId = sha256(tar);
  const compressed = cache === undefined ? compress(tar, level) : remembered(tar, diffId, cache);
  return { comment, diffId, digest: sha256(compressed), compressed, unpackedBytes: tar.length };
}

/** The digest of bytes, as OCI writes it. */
export function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function compress(tar: Buffer, level: Level): Buffer {
  return Buffer.from(gzipSync(tar, { level, mtime: 0 }));
}

function remembered(tar: Buffer, diffId: string, cache: string): Buffer {
  const path = join(cache, 'layers', `${diffId.slice('sha256:'.length)}.tar.gz`);
  // Read back and compared: a file that was cut short or changed must not become an image.
  if (existsSync(path)) {
    const found = readFileSync(path);
    if (isOf(found, diffId)) return found;
  }
  const made = compress(tar, 6);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, made);
  renameSync(`${path}.${process.pid}`, path);
  return made;
}

function isOf(compressed: Buffer, diffId: string): boolean {
  try {
    return sha256(gunzipSync(compressed)) === diffId;
  } catch {
    return false;
  }
}
