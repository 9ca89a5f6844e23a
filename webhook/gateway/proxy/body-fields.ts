/**
 * What do the fields of a body say? Reads forms, JSON and multipart bodies chunk by chunk while they pass, as different
 * applications would, and tells names and values to whom it is asked for. It decides nothing and keeps no more than one field.
 */
import { decodedLeniently } from '../../../crds/rules/request/parameters.ts';
import { asUtf8, grown, longest, percentDecoded, unescaped } from './byte-text.ts';
import { FieldPath } from './field-path.ts';

/** What is told of a body. True from either says that this body must not pass. */
export interface FieldSink {
  /** A name that is followed by a value. */
  name(name: string): boolean;
  /** A value, and the names around it; of a long one only the beginning. */
  value(path: FieldPath | undefined, text: string): boolean;
}

/** Looks at a body chunk by chunk. */
export interface BodyReader {
  /** Whether the chunk, with what came before it, must not pass, or could be read in a way that is not seen here. */
  sees(chunk: Buffer): boolean;
  /** The same of what only the end of the body ends. */
  ends(): boolean;
}

/** Character sets in which the letters of a name are the bytes of ASCII. */
const likeAscii =
  /^(?:utf-?8|us-ascii|ascii|iso-?8859-\d+|latin-?\d|windows-125\d|cp125\d|shift[_-]?jis|euc-\w+|gb\w+|big5|koi8-\w)$/;

/** The reader for a body of this Content-Type; undefined where no application finds fields in it. */
export function fieldsOf(contentType: string | undefined, sink: FieldSink): BodyReader | undefined {
  const type = (contentType ?? '').toLowerCase();
  const reader = readerOf(type, sink);
  const charset = /charset\s*=\s*"?([^\s";,]*)/.exec(type)?.[1];
  // In EBCDIC or UTF-16 the same field has other bytes.
  return reader !== undefined && charset !== undefined && !likeAscii.test(charset) ? unreadable : reader;
}

/** The reader for the names alone, as the usual application reads this body: what is not read by it is left out, and nothing is refused. */
export function usualFieldsOf(contentType: string | undefined, sink: FieldSink): BodyReader | undefined {
  const type = (contentType ?? '').toLowerCase();
  return type.includes('form-urlencoded') ? new FormReader(sink, /[&=]/g) : readerOf(type || 'none', sink);
}

const unreadable: BodyReader = { sees: () => true, ends: () => false };

function readerOf(type: string, sink: FieldSink): BodyReader | undefined {
  if (type.includes('multipart')) return new PartsReader(sink);
  if (type.includes('json')) return new JsonReader(sink);
  // Rack reads a body without a type as a form.
  if (type !== '' && !type.includes('form-urlencoded')) return undefined;
  // Some applications separate by `;` as well.
  return eitherOf(new FormReader(sink, /[&=]/g), new FormReader(sink, /[&;=]/g));
}

/** Two ways to read one body, of which an application has either. */
function eitherOf(one: BodyReader, other: BodyReader): BodyReader {
  return {
    // Both have to see all of it.
    sees: (chunk) => [one.sees(chunk), other.sees(chunk)].includes(true),
    ends: () => one.ends() || other.ends(),
  };
}

/** `name=value&name=value`. */
class FormReader implements BodyReader {
  readonly #sink: FieldSink;
  readonly #marks: RegExp;
  #name = '';
  #value: string | undefined;

  constructor(sink: FieldSink, marks: RegExp) {
    this.#sink = sink;
    this.#marks = marks;
  }

  sees(chunk: Buffer): boolean {
    const text = chunk.toString('latin1');
    let start = 0;
    for (const { index, 0: mark } of text.matchAll(this.#marks)) {
      this.#keep(text.slice(start, index));
      start = index + 1;
      if (mark === '=' ? this.#beginsValue() : this.#endsField()) return true;
    }
    this.#keep(text.slice(start));
    return false;
  }

  ends(): boolean {
    return this.#endsField();
  }

  #beginsValue(): boolean {
    if (this.#value !== undefined) {
      this.#keep('=');
      return false;
    }
    this.#value = '';
    return this.#sink.name(this.#decodedName());
  }

  #endsField(): boolean {
    const value = this.#value;
    const name = this.#decodedName();
    this.#name = '';
    this.#value = undefined;
    return value !== undefined && this.#sink.value(new FieldPath(name), decodedLeniently(asUtf8(value)));
  }

  #decodedName(): string {
    return decodedLeniently(asUtf8(this.#name));
  }

  #keep(text: string): void {
    if (this.#value === undefined) this.#name = grown(this.#name, text);
    else this.#value = grown(this.#value, text);
  }
}

const [quote, comma, colon, backslash] = [34, 44, 58, 92];
const openings: readonly number[] = [91, 123];
const closings: readonly number[] = [93, 125];
/** What ends a value, or begins one. */
const signs: readonly number[] = [quote, comma, ...openings, ...closings];
/** Deeper than any application reads. */
const deepest = 512;

/** Every name and every value in a JSON text, at any depth. */
class JsonReader implements BodyReader {
  readonly #sink: FieldSink;
  /** The names around what each open list or object holds. */
  readonly #open: (FieldPath | undefined)[] = [];
  /** The name before the value, below these. */
  #named: FieldPath | undefined;
  #state: 'between' | 'text' | 'escape' | 'bare' = 'between';
  #text = '';
  /** A text that has ended; what follows says whether it is a name. */
  #ended: string | undefined;

  constructor(sink: FieldSink) {
    this.#sink = sink;
  }

  sees(chunk: Buffer): boolean {
    // Some readers of JSON find out by themselves that it is UTF-16.
    for (const byte of chunk) if (byte === 0 || this.#takes(byte)) return true;
    return false;
  }

  ends(): boolean {
    return this.#endsValue();
  }

  #takes(byte: number): boolean {
    if (this.#state === 'text' || this.#state === 'escape') return this.#takesOfText(byte);
    if (byte === colon && this.#ended !== undefined) return this.#endsName();
    if (signs.includes(byte)) return this.#endsValue() || this.#takesSign(byte);
    return byte <= 0x20 ? this.#state === 'bare' && this.#endsValue() : this.#takesBare(byte);
  }

  #takesBare(byte: number): boolean {
    this.#state = 'bare';
    this.#keep(byte);
    return false;
  }

  #takesOfText(byte: number): boolean {
    if (this.#state === 'text' && byte === quote) {
      this.#state = 'between';
      this.#ended = unescaped(asUtf8(this.#text));
      this.#text = '';
      return false;
    }
    this.#state = this.#state === 'text' && byte === backslash ? 'escape' : 'text';
    this.#keep(byte);
    return false;
  }

  #takesSign(byte: number): boolean {
    if (byte === quote) this.#state = 'text';
    else if (openings.includes(byte)) this.#open.push(this.#path());
    else if (closings.includes(byte)) this.#open.pop();
    if (byte !== quote) this.#named = undefined;
    return this.#open.length > deepest;
  }

  #endsName(): boolean {
    this.#named = new FieldPath(this.#ended ?? '', this.#open.at(-1));
    this.#ended = undefined;
    return this.#sink.name(this.#named.name);
  }

  #endsValue(): boolean {
    const value = this.#state === 'bare' ? this.#text : this.#ended;
    this.#state = 'between';
    this.#text = '';
    this.#ended = undefined;
    return value !== undefined && this.#sink.value(this.#path(), value);
  }

  #path(): FieldPath | undefined {
    return this.#named ?? this.#open.at(-1);
  }

  #keep(byte: number): void {
    if (this.#text.length < longest) this.#text += String.fromCharCode(byte);
  }
}

/**
 * The names in the header lines of parts, and the lines below them. A line of a file that looks like a header counts too, which
 * refuses at worst.
 */
class PartsReader implements BodyReader {
  readonly #sink: FieldSink;
  #line = '';
  #isHeader = false;
  #path: FieldPath | undefined;
  /** What stands below the names, as long as it could be one value. */
  #content = '';

  constructor(sink: FieldSink) {
    this.#sink = sink;
  }

  sees(chunk: Buffer): boolean {
    const lines = chunk.toString('latin1').split(/[\r\n]/);
    for (const [at, piece] of lines.entries()) {
      if (at > 0 && this.#endsLine()) return true;
      this.#line = grown(this.#line, piece);
    }
    return false;
  }

  ends(): boolean {
    return this.#endsLine() || this.#endsContent();
  }

  #endsLine(): boolean {
    const line = this.#line;
    this.#line = '';
    if (line === '') return false;
    // A line that begins with a blank goes on with the header before it.
    const goesOn = this.#isHeader && /^[ \t]/.test(line);
    this.#isHeader = goesOn || /^content-disposition\s*:/i.test(line);
    return this.#isHeader ? this.#endsHeader(line, goesOn) : this.#endsLineOfValue(asUtf8(line));
  }

  #endsHeader(line: string, goesOn: boolean): boolean {
    if (this.#endsContent()) return true;
    const names = namesIn(line);
    // RFC 2047: in no browser, and decoded by some.
    if (line.length === longest || names.some((name) => name.includes('=?'))) return true;
    if (!goesOn) this.#path = undefined;
    for (const name of names) this.#path = new FieldPath(name, this.#path);
    return (this.#path?.depth ?? 0) > deepest || names.some((name) => this.#sink.name(name));
  }

  #endsLineOfValue(line: string): boolean {
    if (this.#path === undefined) return false;
    if (this.#content.length < longest) this.#content += `${this.#content === '' ? '' : '\n'}${line}`;
    return this.#sink.value(this.#path, line);
  }

  /** All lines as one value: once, when there are no more of them. */
  #endsContent(): boolean {
    const content = this.#content;
    this.#content = '';
    return content !== '' && this.#sink.value(this.#path, content);
  }
}

/** Blanks have one place in it each, so that many of them are not divided in all ways. */
const nameInHeader =
  /(?<![a-z*])name\s*(?:(\*)(?:\d+\*?)?\s*|\d+\*?\s*)?=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/gi;

function namesIn(line: string): string[] {
  const found = line.matchAll(nameInHeader);
  return [...found].map(([, extended, quoted, bare]) => {
    const text = asUtf8((quoted ?? bare ?? '').replaceAll(/\\(.)/g, '$1'));
    // RFC 8187: charset'language'percent-encoded.
    return percentDecoded(extended === '*' ? text.split("'").slice(2).join("'") : text);
  });
}
