/**
 * Seals text so that only gateways can read or write it: AES-256-GCM, with a fresh random nonce, base64url. The purpose is
 * authenticated too, so that what was sealed for one use does not open as another even if a key were shared.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Longer than anything we seal, and short enough to be free to refuse. */
const longestSealed = 2048;

/** The text, sealed. Throws unless the key has 32 bytes. */
export function sealText(key: Buffer | undefined, purpose: string, text: string): string {
  if (key?.length !== keyBytes) throw new TypeError('a sealing key must have 32 bytes');

  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
}

/** The text that was sealed with one of these keys for this purpose; undefined for everything else. */
export function openWithAny(keys: readonly Buffer[], purpose: string, sealed: string): string | undefined {
  return keys.map((key) => openSealedText(key, purpose, sealed)).find((text) => text !== undefined);
}

/** The text that was sealed with this key for this purpose; undefined for everything else. */
export function openSealedText(key: Buffer, purpose: string, sealed: string): string | undefined {
  if (sealed.length > longestSealed || key.length !== keyBytes) return undefined;

  const bytes = Buffer.from(sealed, 'base64url');
  // Base64 has several spellings of the same bytes; only the one that we write is ours.
  if (bytes.toString('base64url') !== sealed) return undefined;
  if (bytes.length <= nonceBytes + tagBytes) return undefined;

  try {
    const options = { authTagLength: tagBytes };
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), options)
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(-tagBytes));
    const body = bytes.subarray(nonceBytes, -tagBytes);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
