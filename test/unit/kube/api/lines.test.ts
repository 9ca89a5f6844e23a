import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../../kube/api/lines.ts';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function read(text: string, size: number, limit?: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(inChunks(Buffer.from(text), size), limit)) lines.push(line);
  return lines;
}

describe('lines', () => {
  it('come out whole, wherever the chunks were cut, also inside a character', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\n', ''));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 20 }), async (lines, size) => {
        const text = lines.map((one) => `${one}\n`).join('');
        expect(await read(text, size)).toEqual(lines.filter((one) => one !== ''));
      }),
    );
  });

  it('without an end are dropped: half an event is none', async () => {
    expect(await read('{"a":1}\n{"b":', 3)).toEqual(['{"a":1}']);
  });

  it('longer than the limit end the reading instead of filling the memory', async () => {
    await expect(read('x'.repeat(101), 10, 100)).rejects.toThrow(RangeError);
    expect(await read(`${'x'.repeat(100)}\n${'y'.repeat(100)}\n`, 10, 100)).toHaveLength(2);
  });
});
