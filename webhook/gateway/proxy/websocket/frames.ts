/**
 * Frames of WebSockets (RFC 6455, 5), read strictly and written in the shortest form: what two readers could take in two
 * ways is an error. It knows nothing of messages, nor of what is in them.
 */
import { randomBytes } from 'node:crypto';

export const opcodes = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;
const known: readonly number[] = Object.values(opcodes);
/** Opcodes from here on are of control frames. */
const firstControl = 0x8;
/** Longest payload of a control frame, bytes. */
export const longestControl = 125;

export interface WebSocketFrame {
  /** The last of its message. */
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** What a side may not send. The code is that of the close frame which it is told with. */
export class WebSocketError extends Error {
  override readonly name = 'WebSocketError';
  readonly code: number;

  constructor(code: number, rule: string) {
    super(rule);
    this.code = code;
  }
}

/** Codes of close frames (RFC 6455, 7.4.1). */
export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  protocol: 1002,
  unsupported: 1003,
  badText: 1007,
  policy: 1008,
  tooBig: 1009,
  failed: 1011,
} as const;

export interface FrameBounds {
  /** Frames of a client are masked, those of a server are not. */
  readonly masked: boolean;
  /** Longest payload of one frame, bytes. */
  readonly longest: number;
}

interface Head {
  readonly final: boolean;
  readonly opcode: number;
  /** Of the head itself, the mask included. */
  readonly bytes: number;
  readonly length: number;
}

/** Reads the frames of one direction, from chunks of any size. */
export class FrameReader {
  readonly #bounds: FrameBounds;
  #chunks: Buffer[] = [];
  #size = 0;
  /** With fewer bytes there is nothing new to read: chunks of a long frame are joined once. */
  #needed = 2;

  constructor(bounds: FrameBounds) {
    this.#bounds = bounds;
  }

  /** The frames that are whole now. Throws `WebSocketError`. */
  *push(chunk: Buffer): Generator<WebSocketFrame> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= this.#needed) {
      const [first = Buffer.alloc(0), ...others] = this.#chunks;
      const bytes = others.length === 0 ? first : Buffer.concat(this.#chunks, this.#size);
      const head = this.#headOf(bytes);
      const whole = head === undefined ? undefined : head.bytes + head.length;
      if (head === undefined || whole === undefined || bytes.length < whole) {
        this.#chunks = [bytes];
        this.#needed = whole ?? bytes.length + 1;
        return;
      }
      this.#chunks = [bytes.subarray(whole)];
      this.#size = bytes.length - whole;
      this.#needed = 2;
      yield { final: head.final, opcode: head.opcode, payload: payloadOf(bytes, head, this.#bounds) };
    }
  }

  #headOf(bytes: Buffer): Head | undefined {
    const [first = 0, second = 0] = bytes;
    const { masked, longest } = this.#bounds;
    const broken = brokenRule(first, second, masked);
    if (broken !== undefined) throw protocolError(broken);
    const short = second & 0x7f;
    const length = lengthIn(bytes, short);
    if (length === undefined) return undefined;
    if (length.value > longest)
      throw new WebSocketError(closeCodes.tooBig, `must send at most ${longest} bytes in a message`);
    const bytesOfHead = length.end + (masked ? 4 : 0);
    return { final: first >= 0x80, opcode: first & 0x0f, bytes: bytesOfHead, length: length.value };
  }
}

/** What the first two bytes of a frame break, if they do. */
function brokenRule(first: number, second: number, masked: boolean): string | undefined {
  const opcode = first & 0x0f;
  // No extension is ever agreed on, and each of these bits would belong to one.
  if ((first & 0x70) !== 0) return 'must set no reserved bit';
  if (!known.includes(opcode)) return 'must have a known opcode';
  if (second >= 0x80 !== masked) return masked ? 'must mask its frames' : 'must not mask its frames';
  const isWhole = first >= 0x80 && (second & 0x7f) <= longestControl;
  if (opcode >= firstControl && !isWhole) return 'must send control frames whole, with at most 125 bytes';
  return undefined;
}

function protocolError(rule: string): WebSocketError {
  return new WebSocketError(closeCodes.protocol, rule);
}

/** The length and where it ends; undefined where not all of it has come. */
function lengthIn(
  bytes: Buffer,
  short: number,
): { readonly value: number; readonly end: number } | undefined {
  if (short < 126) return { value: short, end: 2 };
  const [end, least] = short === 126 ? ([4, 126] as const) : ([10, 0x1_0000] as const);
  if (bytes.length < end) return undefined;
  const value = short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (value < least) throw protocolError('must write lengths in their shortest form');
  return { value, end };
}

function payloadOf(bytes: Buffer, { bytes: start, length }: Head, { masked }: FrameBounds): Buffer {
  const payload = Buffer.from(bytes.subarray(start, start + length));
  if (masked) xor(payload, bytes.subarray(start - 4, start));
  return payload;
}

function xor(payload: Buffer, mask: Buffer): void {
  for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0);
}

/** One whole message or control frame, as a client or as a server writes it. */
export function frameOf(opcode: number, payload: Buffer, as: 'client' | 'server'): Buffer {
  const { length } = payload;
  const marked = as === 'client' ? 0x80 : 0;
  const head = Buffer.alloc(length < 126 ? 2 : length < 0x1_0000 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = marked | (length < 126 ? length : length < 0x1_0000 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  if (as === 'server') return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  const body = Buffer.from(payload);
  xor(body, mask);
  return Buffer.concat([head, mask, body]);
}
