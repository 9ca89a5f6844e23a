/**
 * Does a body say that the request has another method? Rails, Laravel, Spring and others take a POST whose form or JSON
 * has `_method=DELETE` for a DELETE, which no route was asked about. A body is looked at while it passes: the chunk that
 * names a method is not sent, so the application never has the whole request. It decides nothing.
 */
import { changesMethod, changesMethodEncoded } from '../../../crds/rules/request/parameters.ts';

/** Looks at a body chunk by chunk. */
export interface BodyWatch {
  /** Whether the chunk, with what came before it, holds what is looked for, or could in a way that is not seen here. */
  sees(chunk: Buffer): boolean;
}

/** Longest name, or line with a name, that is looked at; nothing that is longer has a meaning here. */
const longestName = 4096;
/** Character sets in which the letters of a name are the bytes of ASCII. */
const likeAscii =
  /^(?:utf-?8|us-ascii|ascii|iso-?8859-\d+|latin-?\d|windows-125\d|cp125\d|shift[_-]?jis|euc-\w+|gb\w+|big5|koi8-\w)$/;

/** The watch for a body of this Content-Type; undefined where no application finds parameters in it. */
export function watchBody(contentType: string | undefined): BodyWatch | undefined {
  const type = (contentType ?? '').toLowerCase();
  const watch = watchOf(type);
  const charset = /charset\s*=\s*"?([^\s";,]*)/.exec(type)?.[1];
  // In EBCDIC or UTF-16 the same parameter has other bytes.
  if (watch !== undefined && charset !== undefined && !likeAscii.test(charset)) return { sees: () => true };
  return watch;
}

function watchOf(type: string): BodyWatch | undefined {
  if (type.includes('multipart')) return new PartsWatch();
  if (type.includes('json')) return new JsonWatch();
  // Rack reads a body without a type as a form.
  return type === '' || type.includes('form-urlencoded') ? new FormWatch() : undefined;
}

/** `name=value&name=value`; some applications separate by `;` as well. */
class FormWatch implements BodyWatch {
  #name = '';
  #inValue = false;

  sees(chunk: Buffer): boolean {
    const text = chunk.toString('latin1');
    let start = 0;
    for (const { index, 0: mark } of text.matchAll(/[&;=]/g)) {
      if (!this.#inValue) this.#keep(text.slice(start, index));
      start = index + 1;
      if (mark === '=' && !this.#inValue && changesMethodEncoded(asUtf8(this.#name))) return true;
      this.#inValue = mark === '=';
      if (mark !== '=') this.#name = '';
    }
    if (!this.#inValue) this.#keep(text.slice(start));
    return false;
  }

  #keep(text: string): void {
    this.#name = (this.#name + text).slice(0, longestName);
  }
}

const quote = 34;
const backslash = 92;

/** Every name in a JSON text, at any depth. */
class JsonWatch implements BodyWatch {
  #text = '';
  #inText = false;
  #escaped = false;
  /** A text that changes the method has ended; whether it is a name shows in what follows. */
  #pending = false;

  sees(chunk: Buffer): boolean {
    // Some readers of JSON find out by themselves that it is UTF-16.
    for (const byte of chunk) if (byte === 0 || this.#take(byte)) return true;
    return false;
  }

  #take(byte: number): boolean {
    if (!this.#inText) return this.#between(byte);
    if (this.#escaped || byte !== quote) {
      if (this.#text.length < longestName) this.#text += String.fromCharCode(byte);
      this.#escaped = !this.#escaped && byte === backslash;
      return false;
    }
    this.#inText = false;
    this.#pending = changesMethod(unescaped(asUtf8(this.#text)));
    return false;
  }

  #between(byte: number): boolean {
    if (byte === quote) {
      this.#inText = true;
      this.#text = '';
    }
    if (byte <= 0x20) return false;
    const isName = this.#pending && byte === 58;
    this.#pending = false;
    return isName;
  }
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** The names in the header lines of parts. A line of a file that looks like one counts too, which refuses at worst. */
class PartsWatch implements BodyWatch {
  #line = '';
  #ofPart = false;

  sees(chunk: Buffer): boolean {
    const lines = chunk.toString('latin1').split(/[\r\n]/);
    for (const [at, piece] of lines.entries()) {
      if (at > 0 && this.#endLine()) return true;
      this.#line = (this.#line + piece).slice(0, longestName);
    }
    return false;
  }

  #endLine(): boolean {
    const line = this.#line;
    this.#line = '';
    if (line === '') return false;
    // A line that begins with a blank goes on with the header before it.
    this.#ofPart = /^content-disposition\s*:/i.test(line) || (this.#ofPart && /^[ \t]/.test(line));
    return this.#ofPart && (line.length === longestName || namesIn(line).some(changesMethod));
  }
}

function namesIn(line: string): string[] {
  const found = line.matchAll(/(?<![a-z*])name\s*(\*?)(?:\d+\*?)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/gi);
  return [...found].map(([, extended, quoted, bare]) => {
    const text = asUtf8((quoted ?? bare ?? '').replaceAll(/\\(.)/g, '$1'));
    // RFC 8187: charset'language'percent-encoded; RFC 2047: in no browser, and decoded by some.
    const name = extended === '*' ? text.split("'").slice(2).join("'") : text;
    return name.includes('=?') ? '_method' : percentDecoded(name);
  });
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asUtf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
