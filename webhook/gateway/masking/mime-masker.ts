/**
 * Masks a message or a body of several parts, each part by its own type and transfer encoding, as a reader of mail takes
 * it apart. It goes line by line and holds the headers of one part at most.
 */
import type { MaskedClass } from './classes/data-class.ts';
import { type ContentType, contentTypeOf } from './content-type.ts';
import { maskHeaderValue } from './header-value.ts';
import { type ContentHeaders, type MaskingPlan, type MaskingStream, NotMaskable, sumOf } from './masker.ts';
import { TextMasker } from './text-masker.ts';
import { type Carried, inTransferEncoding, isIdentity } from './transfer-encoding.ts';
import type { WriteHidden } from './writing.ts';

/** The longest headers of one part; more is no mail. */
const longestHeaders = 64 * 1024;
/** A boundary has 70 characters at most (RFC 2046 5.1.1). */
const longestBoundary = 80;
/** Multiparts in multiparts. */
const deepest = 20;

export interface MimeMaskerOptions {
  readonly classes: readonly MaskedClass[];
  readonly type: ContentType;
  readonly planOf: (headers: ContentHeaders) => MaskingPlan;
  readonly write: WriteHidden | undefined;
}

/** One part: its headers, and how its body is carried. */
interface Part extends Carried {
  readonly headers: string;
}

/** What comes by itself and has no headers but those of the response. */
const wholeBody: Part = { headers: '', encoding: '', lineBreak: '\r\n' };

/** Masks a message, or a body of several parts. */
export class MimeMasker implements MaskingStream {
  readonly #options: MimeMaskerOptions;
  readonly #boundaries: string[] = [];
  readonly #ended: Record<string, number> = {};
  #part: MaskingStream | undefined;
  /** The headers so far while they are read. */
  #headers: string | undefined;
  #line = '';
  /** Whether the beginning of the line was handed on already. */
  #inLine = false;
  #out: Buffer[] = [];

  constructor(options: MimeMaskerOptions) {
    this.#options = options;
    this.#enter(options.type);
  }

  get counts(): Readonly<Record<string, number>> {
    return sumOf(this.#ended, this.#part?.counts ?? {});
  }

  push(chunk: Buffer): Buffer {
    const text = this.#line + chunk.toString('latin1');
    let at = 0;
    for (let next = text.indexOf('\n') + 1; next > 0; next = text.indexOf('\n', at) + 1) {
      this.#take(text.slice(at, next));
      at = next;
    }
    this.#line = text.slice(at);
    this.#boundHeaders(this.#line);
    // What cannot be a boundary any more need not wait for its end.
    if (
      this.#headers === undefined &&
      this.#line.length > 0 &&
      (this.#inLine || !mayBeBoundary(this.#line))
    ) {
      this.#write(this.#line);
      this.#line = '';
      this.#inLine = true;
    }
    return this.#flush();
  }

  end(): Buffer {
    if (this.#line !== '') this.#take(this.#line);
    if (this.#headers !== undefined) this.#send(this.#masked(this.#headers));
    this.#leave();
    return this.#flush();
  }

  #flush(): Buffer {
    const out = Buffer.concat(this.#out);
    this.#out = [];
    return out;
  }

  #send(text: string): void {
    this.#out.push(Buffer.from(text, 'latin1'));
  }

  /** One whole line. */
  #take(line: string): void {
    const begins = !this.#inLine;
    this.#inLine = false;
    if (begins && line.startsWith('--') && this.#crossed(line)) return;
    if (this.#headers === undefined) return this.#write(line);
    if (/^\r?\n?$/.test(line)) return this.#endHeaders(line);
    this.#headers += line;
    this.#boundHeaders('');
  }

  /** Also while the line has no end, or one header would be held whole however long it is. */
  #boundHeaders(line: string): void {
    if (this.#headers !== undefined && this.#headers.length + line.length > longestHeaders)
      throw new NotMaskable('must have parts with headers that end');
  }

  /** Whether this line is a boundary; then another part begins, or the last one has ended. */
  #crossed(line: string): boolean {
    const text = line.slice(2).trimEnd();
    const depth = this.#boundaries.findIndex((boundary) => text === boundary || text === `${boundary}--`);
    if (depth < 0) return false;
    if (this.#headers !== undefined) this.#send(this.#masked(this.#headers));
    this.#headers = undefined;
    this.#leave();
    this.#send(line);
    const last = text !== this.#boundaries[depth];
    this.#boundaries.length = last ? depth : depth + 1;
    if (last) this.#part = this.#mail();
    else this.#headers = '';
    return true;
  }

  #endHeaders(blank: string): void {
    const headers = this.#headers ?? '';
    this.#headers = undefined;
    this.#send(this.#masked(headers) + blank);
    const encoding = (headerOf(headers, 'content-transfer-encoding') ?? '').toLowerCase();
    const part = { headers, encoding, lineBreak: blank === '' ? '\n' : blank };
    this.#enter(contentTypeOf(headerOf(headers, 'content-type') ?? 'text/plain'), part);
  }

  /** Begins what is of this type: parts, another message, or a body. */
  #enter(type: ContentType, part: Part = wholeBody): void {
    if (type.name.startsWith('message/') && isIdentity(part.encoding)) {
      this.#headers = '';
    } else if (type.name.startsWith('multipart/') && isIdentity(part.encoding)) {
      if (type.boundary === undefined || this.#boundaries.length >= deepest)
        throw new NotMaskable('must name the boundary of its parts');
      this.#boundaries.push(type.boundary.trimEnd());
      this.#part = this.#mail();
    } else {
      this.#part = this.#body(type, part);
    }
  }

  #body(type: ContentType, part: Part = wholeBody): MaskingStream {
    const { planOf } = this.#options;
    const contentTypes = headersNamed(part.headers, 'content-type').length;
    const contentType = headerOf(part.headers, 'content-type') ?? 'text/plain';
    const plan = planOf({ contentType, contentEncoding: undefined, contentTypes });
    if (plan.kind === 'refuse') throw new NotMaskable(plan.rule);
    const opened = (): MaskingStream => plan.open?.() ?? this.#mail();
    const quoted = (): MaskingStream => {
      if (type.charset?.startsWith('utf-16') || type.charset?.startsWith('utf-32'))
        throw new NotMaskable('must have no quoted-printable text in UTF-16 or UTF-32');
      return this.#mail();
    };
    return inTransferEncoding(part, opened, quoted);
  }

  #mail(): MaskingStream {
    return new TextMasker({ classes: this.#options.classes, kind: 'mail', write: this.#options.write });
  }

  #write(text: string): void {
    const part = (this.#part ??= this.#mail());
    this.#out.push(part.push(Buffer.from(text, 'latin1')));
  }

  #leave(): void {
    if (this.#part === undefined) return;
    this.#out.push(this.#part.end());
    Object.assign(this.#ended, sumOf(this.#ended, this.#part.counts));
    this.#part = undefined;
  }

  /** The headers of a part, each masked with the lines into which it is folded. */
  #masked(headers: string): string {
    return headers
      .split(/(?<=\n)(?![ \t])/)
      .map((header) => {
        const { value, counts } = maskHeaderValue(header, this.#options.classes, this.#options.write);
        Object.assign(this.#ended, sumOf(this.#ended, counts));
        return value;
      })
      .join('');
  }
}

function mayBeBoundary(line: string): boolean {
  return line.length < longestBoundary && (line.startsWith('--') || '--'.startsWith(line));
}

function headersNamed(headers: string, name: string): string[] {
  return headers
    .replaceAll(/\r?\n(?=[ \t])/g, '')
    .split(/\r?\n/)
    .filter(
      (header) => header.toLowerCase().startsWith(`${name}:`) || header.toLowerCase().startsWith(`${name} `),
    );
}

function headerOf(headers: string, name: string): string | undefined {
  const [header] = headersNamed(headers, name);
  return header?.slice(header.indexOf(':') + 1).trim();
}
