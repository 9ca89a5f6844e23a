/**
 * Messages of one direction of a WebSocket: fragments joined, text that is text, and what floods bounded. What a message
 * says is not judged here.
 */
import { isUtf8 } from 'node:buffer';
import { createBuckets } from '../../../../process/buckets.ts';
import { closeCodes, FrameReader, opcodes, WebSocketError, type WebSocketFrame } from './frames.ts';

/** Longest message in either direction, bytes: it is held whole, as a value may lie across fragments. */
export const longestMessage = 4 * 1024 * 1024;
/** Most fragments of a message: each costs as much as a message. */
const mostFragments = 1024;
/** So many pings and pongs at once, and one more after each such time, milliseconds. */
const controlFrames = { size: 100, everyMs: 100 } as const;

export type Received =
  | { readonly kind: 'message'; readonly opcode: number; readonly payload: Buffer }
  | { readonly kind: 'ping'; readonly payload: Buffer }
  /** Without a code none was sent. */
  | { readonly kind: 'close'; readonly code: number | undefined; readonly reason: string };

/** Reads what one side sends. */
export class MessageReader {
  readonly #frames: FrameReader;
  readonly #controls = createBuckets({ ...controlFrames, clock: () => performance.now() });
  #opcode: number | undefined;
  #fragments: Buffer[] = [];
  #size = 0;

  constructor({ masked }: { readonly masked: boolean }) {
    this.#frames = new FrameReader({ masked, longest: longestMessage });
  }

  /** What is whole now. Throws `WebSocketError`, and then nothing more may be read. */
  *push(chunk: Buffer): Generator<Received> {
    for (const frame of this.#frames.push(chunk)) {
      const received = frame.opcode >= opcodes.close ? this.#control(frame) : this.#fragment(frame);
      if (received !== undefined) yield received;
    }
  }

  #control({ opcode, payload }: WebSocketFrame): Received | undefined {
    if (opcode === opcodes.close) return closeIn(payload);
    if (!this.#controls.take('one'))
      throw new WebSocketError(closeCodes.policy, 'must send fewer pings and pongs');
    return opcode === opcodes.ping ? { kind: 'ping', payload } : undefined;
  }

  #fragment({ final, opcode, payload }: WebSocketFrame): Received | undefined {
    const isFirst = opcode !== opcodes.continuation;
    if (isFirst !== (this.#opcode === undefined))
      throw new WebSocketError(closeCodes.protocol, 'must send one message after the other');
    this.#opcode ??= opcode;
    this.#fragments.push(payload);
    this.#size += payload.length;
    if (this.#size > longestMessage)
      throw new WebSocketError(closeCodes.tooBig, `must send at most ${longestMessage} bytes in a message`);
    if (this.#fragments.length > mostFragments) {
      const rule = `must send at most ${mostFragments} fragments in a message`;
      throw new WebSocketError(closeCodes.policy, rule);
    }
    return final ? this.#whole(this.#opcode) : undefined;
  }

  #whole(opcode: number): Received {
    const payload = Buffer.concat(this.#fragments, this.#size);
    this.#opcode = undefined;
    this.#fragments = [];
    this.#size = 0;
    if (opcode === opcodes.text && !isUtf8(payload))
      throw new WebSocketError(closeCodes.badText, 'must send text in UTF-8');
    return { kind: 'message', opcode, payload };
  }
}

function closeIn(payload: Buffer): Received {
  if (payload.length === 0) return { kind: 'close', code: undefined, reason: '' };
  const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
  const reason = payload.subarray(2);
  if (!mayBeSent(code) || !isUtf8(reason))
    throw new WebSocketError(closeCodes.protocol, 'must close with a code that may be sent, and a text');
  return { kind: 'close', code, reason: reason.toString('utf8') };
}

/** RFC 6455, 7.4; 1004 to 1006 and 1015 only stand for something that was not sent. */
function mayBeSent(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
  );
}

/** The payload of a close frame. */
export function closePayload(code: number | undefined, reason = ''): Buffer {
  if (code === undefined) return Buffer.alloc(0);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, shortened(reason)]);
}

/** What fits beside the code, cut between characters. */
function shortened(text: string): Buffer {
  let kept = text;
  while (Buffer.byteLength(kept) > 123) kept = kept.slice(0, -1).replace(/[\ud800-\udbff]$/, '');
  return Buffer.from(kept);
}
