import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import { createMasker } from '../../../../../webhook/gateway/masking/content-policy.ts';

const { replacement } = emailAddress;

const signature = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const exported = Buffer.from('<table><tr><td>ada@vendor.example</td></tr></table>');
const legacyTypes = ['application/vnd.ms-excel', 'application/msword', 'application/vnd.ms-powerpoint'];

/** The bytes as they leave, and what was counted, when they come in pieces of this size. */
function through(contentType: string, bytes: Buffer, size: number) {
  const plan = createMasker([emailAddress]).plan({ contentType, contentEncoding: undefined });
  if (plan.kind !== 'mask') return expect.unreachable(plan.kind);
  const stream = plan.open();
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(stream.push(bytes.subarray(at, at + size)));
  out.push(stream.end());
  return { bytes: Buffer.concat(out), counts: stream.counts };
}

describe.each(legacyTypes)('a response that is called %s', (type) => {
  it.each([1, 3, 8, 1000])('passes whole where it is such a file, in pieces of %i', (size) => {
    const file = Buffer.concat([signature, Buffer.from('\0\0 ada@vendor.example \xff', 'latin1')]);
    expect(through(type, file, size)).toEqual({ bytes: file, counts: {} });
  });

  it.each([1, 5, 1000])('is masked where it is a text by another name, in pieces of %i', (size) => {
    const { bytes, counts } = through(`${type}; charset=utf-8`, exported, size);
    expect(bytes.toString()).toBe(`<table><tr><td>${replacement}</td></tr></table>`);
    expect(counts).toEqual({ EmailAddress: 1 });
  });

  it('is masked where it only begins like such a file', () => {
    const almost = Buffer.concat([signature.subarray(0, 7), Buffer.from(' ada@vendor.example ')]);
    expect(through(type, almost, 4).bytes.toString('latin1')).not.toContain('ada@');
  });

  it('keeps a beginning that nothing follows, and nothing at all', () => {
    expect(through(type, signature.subarray(0, 5), 1).bytes).toEqual(signature.subarray(0, 5));
    expect(through(type, Buffer.alloc(0), 1).bytes).toEqual(Buffer.alloc(0));
  });
});

it('a text in UTF-16 by the name of a spreadsheet is not passed on', () => {
  const wide = Buffer.from('\ufeffada@vendor.example', 'utf16le');
  expect(() => through('application/vnd.ms-excel', wide, 1000)).toThrow('cannot be masked');
});
