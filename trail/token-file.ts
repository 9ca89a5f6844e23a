/** Reads the token that a process presents to the records: the one that its file holds now, as the kubelet replaces it. */
import { readFile } from 'node:fs/promises';

/** Reads the file at each call; it is a few hundred bytes in memory, and a cached token would outlive its rotation. */
export function tokenFromFile(path: string): () => Promise<string> {
  return async () => (await readFile(path, 'utf8')).trim();
}
