/**
 * What stands in place of a value for one session: a pseudonym, the same for one person within a grant and another in every
 * other grant (`‹e-mail 7f3a›`). Where what is shown may be sent back (a link, a field of a form, JSON), the value is sealed
 * beside it, for this session alone, so that the way back needs no memory: any gateway opens it, also after a restart.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { sealedDomain } from './classes/sealed-domain.ts';

/** Longer than any header. */
const longestTag = 64 * 1024;
const nonceBytes = 12;
const tagBytes = 16;
/** Longer values are not sealed: what is sent back of them is refused. */
export const longestSealedValue = 2048;
/** The shortest name of a person, in hexadecimal digits; two people of one name get longer ones. */
const shortestName = 4;
/** So many people of a grant are kept apart by short names; others have long ones. */
const mostNames = 50_000;

const sealedEnd = '.hidden';

/** Writes what stands for values, and reads it back. */
export interface Pseudonyms {
  /** What people read. */
  shown(label: string, value: string): { readonly label: string; readonly name: string };
  /** What leads back to the value, made of characters that every address, form and text takes as they are. */
  kept(label: string, value: string): string | undefined;
  /** The value that this session was sent in place of; undefined for what no gateway sealed for it. */
  open(sealed: string): string | undefined;
  /** Tags of an application's versions: made of bodies in the clear, they would tell what is hidden in these. */
  readonly tags: SealedTags;
  /** By what the responses of this session differ from those of others. */
  readonly mark: string;
}

/** Hides tags for one session, the same tag always alike. */
export interface SealedTags {
  seal(tag: string): string;
  open(sealed: string): string | undefined;
}

export interface PseudonymKeys {
  /** Keys of the gateways, the one in force first. */
  readonly keys: readonly Buffer[];
  readonly grant: string;
  readonly session: string;
  /** The names given in this grant so far, by this gateway. */
  readonly names: Map<string, string>;
}

export function pseudonymsOf({ keys, grant, session, names }: PseudonymKeys): Pseudonyms {
  const [newest = Buffer.alloc(0)] = keys;
  const ofGrant = derived(newest, `grant ${grant}`);
  const sealing = keys.map((key) => derived(key, `session ${grant} ${session}`));
  const [sealingNow = Buffer.alloc(0)] = sealing;
  // By keys of their own: what is sealed as a tag must not open as a value.
  const tagging = sealing.map((key) => derived(key, 'tags'));
  const [taggingNow = Buffer.alloc(0)] = tagging;
  const nameOf = (label: string, value: string): string =>
    shortest(
      names,
      createHmac('sha256', ofGrant)
        .update(`${label}\0${sameFor(label, value)}`)
        .digest('hex'),
    );
  return {
    shown: (label, value) => ({ label, name: nameOf(label, value) }),
    kept: (label, value) => {
      const bytes = Buffer.from(value, 'utf8');
      if (bytes.length > longestSealedValue || bytes.toString('utf8') !== value) return undefined;
      const end = label === 'e-mail' ? `@${sealedDomain}` : sealedEnd;
      return `${label}-${nameOf(label, value)}.${seal(sealingNow, bytes)}${end}`;
    },
    open: (sealed) => openedBy(sealing, sealed, longestSealedValue),
    tags: {
      seal: (tag) => seal(taggingNow, Buffer.from(tag, 'utf8')),
      open: (sealed) => openedBy(tagging, sealed, longestTag),
    },
    mark: derived(sealingNow, 'mark').toString('base64url').slice(0, 8),
  };
}

function derived(key: Buffer, purpose: string): Buffer {
  return createHmac('sha256', key).update(purpose).digest();
}

/** One person writes an address in any letter case, and a number with blanks or without. */
function sameFor(label: string, value: string): string {
  return label === 'e-mail' ? value.toLowerCase() : value.replaceAll(/[\s-]/g, '');
}

/** The shortest beginning of a digest that no other has in this grant. */
function shortest(names: Map<string, string>, digest: string): string {
  for (let length = shortestName; length < 16; length += shortestName) {
    const name = digest.slice(0, length);
    const known = names.get(name);
    if (known === digest) return name;
    if (known === undefined && names.size < mostNames) {
      names.set(name, digest);
      return name;
    }
  }
  return digest.slice(0, 16);
}

/** The nonce is made of the value, so that one value is always sealed alike and no nonce serves two. */
function seal(key: Buffer, value: Buffer): string {
  const nonce = createHmac('sha256', key).update('nonce\0').update(value).digest().subarray(0, nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

function openedBy(keys: readonly Buffer[], sealed: string, longest: number): string | undefined {
  return keys.map((key) => opened(key, sealed, longest)).find((value) => value !== undefined);
}

function opened(key: Buffer, sealed: string, longest: number): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < nonceBytes + tagBytes || bytes.length > longest + nonceBytes + tagBytes)
    return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    return undefined;
  }
}
