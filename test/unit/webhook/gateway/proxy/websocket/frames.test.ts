import { describe, expect, it } from 'vitest';
import {
  closeCodes,
  FrameReader,
  frameOf,
  opcodes,
  type WebSocketFrame,
} from '../../../../../../webhook/gateway/proxy/websocket/frames.ts';
import {
  closePayload,
  longestMessage,
  MessageReader,
} from '../../../../../../webhook/gateway/proxy/websocket/messages.ts';

const read = (
  bytes: Buffer,
  { masked = false, longest = 1000, step = bytes.length || 1 } = {},
): WebSocketFrame[] => {
  const reader = new FrameReader({ masked, longest });
  const frames: WebSocketFrame[] = [];
  for (let at = 0; at < bytes.length; at += step) frames.push(...reader.push(bytes.subarray(at, at + step)));
  return frames;
};
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const codeOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'nothing was thrown';
};

describe('a frame', () => {
  it.each([
    ['a text without a mask', '81 05 48 65 6c 6c 6f', false, 'Hello'],
    ['a text with one', '81 85 37 fa 21 3d 7f 9f 4d 51 58', true, 'Hello'],
  ])('of RFC 6455, 5.7 is read: %s', (_, bytes, masked, text) => {
    expect(read(hex(bytes), { masked })).toEqual([{ final: true, opcode: 1, payload: Buffer.from(text) }]);
  });

  it.each(['client', 'server'] as const)('as a %s writes it is read back, in chunks of any size', (as) => {
    for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]) {
      const payload = Buffer.alloc(length, 'é');
      const twice = Buffer.concat([frameOf(opcodes.binary, payload, as), frameOf(opcodes.text, payload, as)]);
      for (const step of [1, 7, 4096, twice.length]) {
        const frames = read(twice, { masked: as === 'client', longest: 70_000, step });
        expect(frames.map(({ opcode, payload: got }) => [opcode, got.equals(payload)])).toEqual([
          [opcodes.binary, true],
          [opcodes.text, true],
        ]);
      }
    }
  });

  it.each([
    ['without a mask, of a client', '81 00', true, closeCodes.protocol],
    ['with a mask, of a server', '81 80 00 00 00 00', false, closeCodes.protocol],
    ['with a reserved bit', 'c1 00', false, closeCodes.protocol],
    ['with an opcode that nothing has', '83 00', false, closeCodes.protocol],
    ['of control that is a fragment', '09 00', false, closeCodes.protocol],
    ['of control that is long', '89 7e 00 7e', false, closeCodes.protocol],
    ['whose length could be shorter by two bytes', '81 7e 00 05', false, closeCodes.protocol],
    ['whose length could be shorter by eight', '81 7f 00 00 00 00 00 00 ff ff', false, closeCodes.protocol],
    ['whose length is beyond all numbers', '81 7f ff ff ff ff ff ff ff ff', false, closeCodes.tooBig],
    ['that is longer than may be', '81 7e 03 e9', false, closeCodes.tooBig],
  ])('%s is refused before its payload has come', (_, bytes, masked, code) => {
    expect(codeOf(() => read(hex(bytes), { masked }))).toBe(code);
  });

  it('of two bytes costs no copy of those that follow it', () => {
    const many = Buffer.concat(Array.from({ length: 200_000 }, () => hex('01 00')));
    const began = performance.now();
    expect(read(many)).toHaveLength(200_000);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('a message', () => {
  const receive = (...frames: readonly Buffer[]) => {
    const reader = new MessageReader({ masked: false });
    return frames.flatMap((bytes) => [...reader.push(bytes)]);
  };
  const fragment = (opcode: number, text: string | Buffer, final = false): Buffer => {
    const bytes = frameOf(opcode, Buffer.from(text as string), 'server');
    bytes[0] = opcode | (final ? 0x80 : 0);
    return bytes;
  };

  it('is one, however many fragments it has and whatever stands between them', () => {
    const ping = frameOf(opcodes.ping, Buffer.from('p'), 'server');
    const euro = Buffer.from('€');
    expect(
      receive(
        fragment(opcodes.text, euro.subarray(0, 1)),
        ping,
        fragment(opcodes.continuation, ''),
        fragment(opcodes.continuation, euro.subarray(1), true),
      ),
    ).toEqual([
      { kind: 'ping', payload: Buffer.from('p') },
      { kind: 'message', opcode: opcodes.text, payload: euro },
    ]);
  });

  it.each([
    ['that goes on without a beginning', [fragment(opcodes.continuation, 'x', true)], closeCodes.protocol],
    ['that begins in the middle of another', [fragment(1, 'x'), fragment(2, 'x')], closeCodes.protocol],
    ['of text that is no UTF-8', [fragment(1, hex('c3 28'), true)], closeCodes.badText],
    [
      'of too many bytes in fragments that are not',
      [fragment(2, Buffer.alloc(longestMessage)), fragment(0, 'x')],
      closeCodes.tooBig,
    ],
    [
      'of too many fragments',
      [fragment(2, ''), ...Array.from({ length: 1024 }, () => fragment(0, ''))],
      closeCodes.policy,
    ],
    [
      'of closing with a code that is never sent',
      [frameOf(8, closePayload(1006), 'server')],
      closeCodes.protocol,
    ],
    ['of closing with half a code', [frameOf(8, hex('03'), 'server')], closeCodes.protocol],
    [
      'of closing with a reason that is no text',
      [frameOf(8, hex('03e8 c328'), 'server')],
      closeCodes.protocol,
    ],
  ])('%s is refused', (_, frames, code) => {
    expect(codeOf(() => receive(...frames))).toBe(code);
  });

  it('of pings without end is refused, and pings at a usual pace are not', () => {
    const ping = frameOf(opcodes.ping, Buffer.alloc(0), 'server');
    const pings = (count: number): Buffer[] => Array.from({ length: count }, () => ping);
    expect(receive(...pings(100))).toHaveLength(100);
    expect(codeOf(() => receive(...pings(200)))).toBe(closeCodes.policy);
  });

  it('of closing has a code and a reason, or neither', () => {
    expect(
      receive(frameOf(8, closePayload(1001, 'bye'), 'server'), frameOf(8, closePayload(undefined), 'server')),
    ).toEqual([
      { kind: 'close', code: 1001, reason: 'bye' },
      { kind: 'close', code: undefined, reason: '' },
    ]);
    const long = closePayload(1000, '€'.repeat(100)).subarray(2);
    expect([long.length, long.toString()]).toEqual([123, '€'.repeat(41)]);
  });
});
