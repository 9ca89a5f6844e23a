/**
 * Texts in character sets of before UTF-8 that a masker cannot look into, as an `@` there may be half of another character:
 * they are decoded as browsers do, masked, and sent as UTF-8.
 */
import { contentTypeOf } from '../masking/content-type.ts';
import type { MaskingPlan, MaskingStream } from '../masking/masker.ts';

/** How a body is treated, and the type under which it is sent, where that is another one. */
export type BodyPlan = MaskingPlan & { readonly contentType?: string };

/** By the names of the Encoding Standard; what it has no decoder for (UTF-7, ISO-2022-KR) stays refused. */
const oldCharsets: readonly string[] = [
  'big5',
  'euc-jp',
  'euc-kr',
  'gb18030',
  'gbk',
  'ibm866',
  'iso-2022-jp',
  'koi8-r',
  'koi8-u',
  'macintosh',
  'shift_jis',
  'windows-874',
  'x-mac-cyrillic',
];

/** Types that are texts and nothing else: a file that is only called a text would be spoilt. */
const textTypes =
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|ecmascript)$|image\/svg\+xml$)/;

/** The type of a text in UTF-8, and the decoder for it; undefined where the text is to be treated as it comes. */
export function decodedFrom(
  contentType: string | undefined,
): { readonly contentType: string; readonly decoder: () => TextDecoder } | undefined {
  const { name, charset } = contentTypeOf(contentType);
  if (charset === undefined || !textTypes.test(name)) return undefined;
  const label = labelOf(charset);
  if (label === undefined || !oldCharsets.includes(label)) return undefined;
  return { contentType: `${name}; charset=utf-8`, decoder: () => new TextDecoder(label) };
}

function labelOf(charset: string): string | undefined {
  try {
    return new TextDecoder(charset).encoding;
  } catch {
    return undefined;
  }
}

/** The plan of the decoded text, for what comes encoded. What passes as it is stays in the charset that it has. */
export function decodingFirst(plan: MaskingPlan, decoded: ReturnType<typeof decodedFrom>): BodyPlan {
  if (decoded === undefined || plan.kind !== 'mask') return plan;
  const { contentType, decoder } = decoded;
  return { kind: 'mask', open: () => new DecodingStream(decoder(), plan.open()), contentType };
}

class DecodingStream implements MaskingStream {
  readonly #decoder: TextDecoder;
  readonly #masking: MaskingStream;

  constructor(decoder: TextDecoder, masking: MaskingStream) {
    this.#decoder = decoder;
    this.#masking = masking;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#masking.counts;
  }

  push(chunk: Buffer): Buffer {
    return this.#masking.push(Buffer.from(this.#decoder.decode(chunk, { stream: true })));
  }

  end(): Buffer {
    const rest = Buffer.from(this.#decoder.decode());
    return Buffer.concat([this.#masking.push(rest), this.#masking.end()]);
  }
}
