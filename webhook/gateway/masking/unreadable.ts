/**
 * Watches a text for what would be read otherwise than as the text that it is called: packed files wherever they begin,
 * references that the document declares itself, and bytes that no text has. It holds nothing back; it only says no.
 */
import { NotMaskable } from './masker.ts';

/** The first bytes of GZIP, ZIP, Zstandard, XZ, 7z, RAR, LZ4 and BZIP2, none of which is text. */
export const packedSignatures: readonly string[] = [
  '\x1f\x8b\x08',
  'PK\x03\x04',
  '\x28\xb5\x2f\xfd',
  '\xfd7zXZ\0',
  '7z\xbc\xaf\x27\x1c',
  'Rar!\x1a\x07',
  '\x04\x22\x4d\x18',
  '1AY&SY',
];
/** zlib has only two bytes of its own, so that it is looked for at the beginning alone; EBCDIC has `<?xm` there. */
const strangeBeginnings: readonly string[] = ['x\x01', 'x\x9c', 'x\xda', '\x4c\x6f\xa7\x94', '%PDF-'];

const declaration = '<!ENTITY';
/** A reference that a document declares; an address of a namespace, as drawing programs declare it, is none of ours. */
const harmless = /^<!ENTITY\s+[\w:.-]{1,64}\s+(["'])https?:\/\/[\w./:#?-]{0,256}\1\s*>/;
const longestDeclaration = 400;

/** What stands in no text: control characters but white space, the escape of terminals and the mark between records. */
export const inNoText = new RegExp(String.raw`[\0-\x08\x0e-\x1a\x1c\x1d\x1f]`);
/** How far a response is looked through that is called a text (as the MIME Sniffing Standard 5.2 does). */
export const textHead = 1445;

/** The watch over one text. */
export class UnreadableWatch {
  #tail = '';
  #begun = false;
  /** How many characters more have to be such as a text has. */
  #textFor: number;

  /** The first `textFor` characters have to be such as a text has. */
  constructor(textFor: number) {
    this.#textFor = textFor;
  }

  /** Throws `NotMaskable` when this and what came before it hold something of the kind. */
  look(text: string, final: boolean): void {
    if (!this.#begun && strangeBeginnings.some((beginning) => text.startsWith(beginning))) throw packed();
    this.#begun = true;
    // What lies across two chunks, and what lies in one: to join them would copy everything once more.
    const across = this.#tail + text.slice(0, longestDeclaration);
    if (isPacked(across) || isPacked(text)) throw packed();
    if (this.#textFor > 0 && inNoText.test(text.slice(0, this.#textFor)))
      throw new NotMaskable('must be free of bytes that no text has');
    this.#textFor -= text.length;
    const declared = text.includes(declaration) || across.includes(declaration);
    this.#tail = declared
      ? afterDeclarations(this.#tail + text, final)
      : (this.#tail + text.slice(-declaration.length)).slice(-declaration.length);
  }
}

function isPacked(text: string): boolean {
  return packedSignatures.some((signature) => text.includes(signature));
}

/** Judges every declaration, and returns what has to be seen again: one that has not ended. */
function afterDeclarations(text: string, final: boolean): string {
  for (let at = text.indexOf(declaration); at >= 0; at = text.indexOf(declaration, at + 1)) {
    const written = text.slice(at, at + longestDeclaration);
    if (harmless.test(written)) continue;
    if (final || written.includes('>') || written.length === longestDeclaration)
      throw new NotMaskable('must declare no references of its own');
    return written;
  }
  return text.slice(-declaration.length);
}

function packed(): NotMaskable {
  return new NotMaskable('must not be packed, unless its type is that of a packed file');
}
