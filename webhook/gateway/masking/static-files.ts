/**
 * Which files pass on a Static route? Scripts, style sheets, fonts and pictures by their type, where the first bytes agree. No
 * matrix is asked about such a route, so everything else is refused and not masked: a page or a list that is served there
 * would be a way past the matrix.
 */
import { brokenRule } from './content-policy.ts';
import { contentTypeOf } from './content-type.ts';
import { type FileFamily, fileTypes, knownFile, longestSignature } from './known-files.ts';
import { type Masker, type MaskingPlan, type MaskingStream, NotMaskable } from './masker.ts';

const rule =
  'must be a script, a style sheet, a font or a picture, by its type and by its first bytes, on a Static route';

/** What the first bytes say of the type. */
type Agrees = (head: Buffer, final: boolean) => 'yes' | 'no' | 'undecided';

/** Enough of a text to see past white space, a licence in a comment, or the prolog of a drawing. */
const longestHead = 4096;
/** So many characters tell what a text begins with, and how wide its characters are. */
const enough = 16;

/** A text whose beginning has this shape once white space and comments are left out. */
function textThat(begins: RegExp, comments: RegExp): Agrees {
  return (head, final) => {
    const text = head
      .subarray(0, longestHead)
      .toString('latin1')
      .replace(/^\xef\xbb\xbf/, '');
    // UTF-16, or no text at all.
    if (text.includes('\0')) return 'no';
    const rest = text.replace(comments, '');
    const isOpen = rest.length < enough || /^(?:\/[/*]|<[!?])/.test(rest);
    if (isOpen && !final && head.length < longestHead) return 'undecided';
    return begins.test(rest) ? 'yes' : 'no';
  };
}

const inScripts = /^(?:\s+|\/\*[^]*?\*\/|\/\/[^\n]*(?:\n|$))*/;
const inMarkup = /^(?:\s+|<\?[^]*?\?>|<!--[^]*?-->|<!DOCTYPE\s+svg[^>[]*>)*/i;

/** No markup and no JSON: a list, an object, a text that is no directive, or what the prefix keeps from being run. */
const script = textThat(/^(?![<{[])(?!"(?!use [a-z]+"))(?!\)\]\}')/, inScripts);

/** THE list of texts that pass, with how they begin. */
const texts: ReadonlyMap<string, Agrees> = new Map([
  ['text/javascript', script],
  ['application/javascript', script],
  ['application/x-javascript', script],
  ['text/ecmascript', script],
  ['application/ecmascript', script],
  ['text/css', textThat(/^(?![<{"])/, inScripts)],
  ['image/svg+xml', textThat(/^<svg[\s>]/i, inMarkup)],
]);

/** The files that pass besides: of the list of all files those that a page is built of. */
const families: readonly FileFamily[] = ['picture', 'font', 'wasm'];

function oneOf(allowed: readonly FileFamily[]): Agrees {
  return (head, final) => {
    const found = knownFile(head.subarray(0, longestSignature), final);
    if (found === 'undecided') return found;
    return found !== undefined && allowed.includes(found) ? 'yes' : 'no';
  };
}

/** How the first bytes of a type have to be; undefined for a type that does not pass. */
function agreesWith(type: string): Agrees | undefined {
  const text = texts.get(type);
  if (text !== undefined) return text;
  const named = fileTypes.find(([name]) =>
    /[/.-]$/.test(name) ? type.startsWith(name) : type === name,
  )?.[1];
  const allowed = named?.filter((family) => families.includes(family)) ?? [];
  return allowed.length === 0 ? undefined : oneOf(allowed);
}

/** The masker of a Static route. Headers are masked as the matrix has it; `usual` is undefined where it masks nothing. */
export function createStaticMasker(usual: Masker | undefined): Masker {
  return {
    plan(headers): MaskingPlan {
      const broken = brokenRule(headers);
      if (broken !== undefined) return { kind: 'refuse', rule: broken };
      const agrees = agreesWith(contentTypeOf(headers.contentType).name);
      return agrees === undefined
        ? { kind: 'refuse', rule }
        : { kind: 'pass', open: () => new StaticFile(agrees) };
    },
    text: (value) => usual?.text(value) ?? { value, counts: {} },
  };
}

/** Holds the first bytes back until they agree with the type, and then passes everything. */
class StaticFile implements MaskingStream {
  readonly counts = {};
  readonly #agrees: Agrees;
  #head: Buffer | undefined = Buffer.alloc(0);

  constructor(agrees: Agrees) {
    this.#agrees = agrees;
  }

  push(chunk: Buffer): Buffer {
    if (this.#head === undefined) return chunk;
    this.#head = Buffer.concat([this.#head, chunk]);
    return this.#decided(false);
  }

  end(): Buffer {
    return this.#head === undefined ? Buffer.alloc(0) : this.#decided(true);
  }

  #decided(final: boolean): Buffer {
    const head = this.#head ?? Buffer.alloc(0);
    const says = this.#agrees(head, final);
    if (says === 'undecided') return Buffer.alloc(0);
    if (says === 'no') throw new NotMaskable(rule);
    this.#head = undefined;
    return head;
  }
}
