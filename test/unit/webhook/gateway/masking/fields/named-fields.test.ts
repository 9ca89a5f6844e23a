/** Fields that a matrix names, in each kind of text that has fields, in any pieces. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker } from '../../../../../../webhook/gateway/masking/content-policy.ts';
import { namedFields } from '../../../../../../webhook/gateway/masking/fields/named-fields.ts';

const masker = createMasker([namedFields(['mail', 'birthDate', 'Straße', 'address'])]);

/** The text as it leaves, in pieces of this size, and how many values were hidden. */
function masked(contentType: string, text: string, size = 1e9): { text: string; count: number } {
  const plan = masker.plan({ contentType, contentEncoding: undefined });
  if (plan.kind !== 'mask') throw new Error(`the plan is to ${plan.kind}`);
  const stream = plan.open();
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(stream.push(bytes.subarray(at, at + size)));
  out.push(stream.end());
  return { text: Buffer.concat(out).toString(), count: stream.counts['NamedField'] ?? 0 };
}

const hidden = '[field-hidden]';
const number = '-404040404040404';

const documents: readonly (readonly [what: string, type: string, text: string, expected: string])[] = [
  [
    'texts, numbers and truth in JSON, and null stays',
    'application/json',
    '{"mail":"ada \\"x\\" b","n":1,"birthDate": 19900101,"MAIL":null,"a":{"mail":true}}',
    `{"mail":"${hidden}","n":1,"birthDate": ${number},"MAIL":null,"a":{"mail":null}}`,
  ],
  [
    'all that an object or a list of a field holds, whose names stay',
    'application/json',
    '{"address":{"street":"Main 1","zip":12345,"l":["a",{"b":"c"}],"x":{}},"after":"stays"}',
    `{"address":{"street":"${hidden}","zip":${number},"l":["${hidden}",{"b":"${hidden}"}],"x":{}},"after":"stays"}`,
  ],
  [
    'JSON in JSON in JSON',
    'application/json',
    JSON.stringify({
      a: JSON.stringify({ mail: 'x"y\\', z: JSON.stringify({ mail: 'q', k: 1 }) }),
      b: 'stays',
    }),
    JSON.stringify({
      a: JSON.stringify({ mail: hidden, z: JSON.stringify({ mail: hidden, k: 1 }) }),
      b: 'stays',
    }),
  ],
  [
    'a line of JSON each, where one has no end',
    'application/x-ndjson',
    '{"mail":"ada\n{"mail":"bob"}\n',
    `{"mail":"${hidden}\n{"mail":"${hidden}"}\n`,
  ],
  [
    'events',
    'text/event-stream',
    'data: {"mail":"ada"}\n\ndata: {"mail": 5}\n\n',
    `data: {"mail":"${hidden}"}\n\ndata: {"mail": ${number}}\n\n`,
  ],
  [
    'fields of forms, whichever attribute comes first',
    'text/html',
    '<input value="Ada L" name="user[mail]"><input name=mail value=ada><input name="other" value="stays">',
    `<input value="${hidden}" name="user[mail]"><input name=mail value=${hidden}><input name="other" value="stays">`,
  ],
  [
    'fields of several lines, and lists to choose from',
    'text/html',
    '<textarea name="address">\nMain <b>1</textarea><select name=mail><option value="x" selected>Xx</option></select>',
    `<textarea name="address">\n${hidden}</textarea><select name=mail><option value="${hidden}" selected>${hidden}</option></select>`,
  ],
  [
    'parameters of links, JSON in attributes and in scripts',
    'text/html',
    '<a href="/x?mail=ada&amp;b=1">t</a><p data-x="{&quot;mail&quot;:&quot;ada&quot;,&quot;b&quot;:1}"><script>var a={mail:"ada",b:a<b}</script>',
    `<a href="/x?mail=${hidden}&amp;b=1">t</a><p data-x="{&quot;mail&quot;:&quot;${hidden}&quot;,&quot;b&quot;:1}"><script>var a={mail:"${hidden}",b:a<b}</script>`,
  ],
  [
    'elements and attributes of XML, with all inside',
    'application/xml',
    '<p><m:mail a="1">ada <b x="y" class="c">l</b><mail/><![CDATA[x<y]]><!-- z --></m:mail><o birthDate="1">z</o></p>',
    `<p><m:mail a="${hidden}">${hidden} <b x="${hidden}" class="c">${hidden}</b><mail/>${hidden}</m:mail><o birthDate="${hidden}">z</o></p>`,
  ],
  [
    'columns of CSV, with quotes and line breaks in cells',
    'text/csv',
    'id;Straße;"mail";x\r\n1;Main;"a ""b"" ;\nc";y\r\n2;;"";z\n3;Q;r',
    `id;Straße;"mail";x\r\n1;${hidden};"${hidden}";y\r\n2;;"";z\n3;${hidden};${hidden}`,
  ],
  [
    'columns between tabulators, behind the line that names the mark',
    'text/tab-separated-values',
    'n\tmail\n1\tada\n',
    `n\tmail\n1\t${hidden}\n`,
  ],
  [
    'the fields of a form as it is sent, the first of them too',
    'application/x-www-form-urlencoded',
    'mail=ada%20x&b=mail&user%5Bmail%5D=q',
    `mail=${hidden}&b=mail&user%5Bmail%5D=${hidden}`,
  ],
];

describe('CC-10 a field that the matrix names', () => {
  it.each(documents)('is hidden: %s', (_, type, text, expected) => {
    const whole = masked(type, text);
    expect(whole.text).toBe(expected);
    for (let size = 1; size < 24; size += 1) expect(masked(type, text, size)).toEqual(whole);
  });

  it.each([
    ['application/json', '{"mails":"a","xmail":"b","x":"mail","y":"mail: z"}'],
    ['text/html', '<p>mail: ada</p><input name="mailing" value="a"><a href="?email=a">mail=b</a>'],
    ['text/csv', 'a,b\n"mail",mail\n'],
    ['application/json', '{"mail":"","address":{},"birthDate":null}'],
  ])('leaves what only looks like one alone, and nothing, in %s: %s', (type, text) => {
    for (const size of [1, 3, 1e9]) expect(masked(type, text, size)).toEqual({ text, count: 0 });
  });

  it('is hidden however long it is, and held back no further than a few kilobytes', () => {
    const long = 'a\\"'.repeat(200_000);
    const plan = masker.plan({ contentType: 'application/json', contentEncoding: undefined });
    const stream = plan.kind === 'mask' ? plan.open() : undefined;
    const out = ['{"mail":"', ...Array.from({ length: 50 }, () => long), '","b":"stays"}'].map(
      (piece) => stream?.push(Buffer.from(piece)).toString() ?? '',
    );
    expect(out.join('') + (stream?.end().toString() ?? '')).toBe(`{"mail":"${hidden}","b":"stays"}`);
  });

  it('refuses lists in lists without end, and elements that do not end, instead of holding them', () => {
    expect(() => masked('application/json', `{"mail":${'['.repeat(2000)}`)).toThrow('1000 lists');
    expect(() => masked('application/xml', `<mail><a ${'b="c" '.repeat(5000)}`, 4096)).toThrow('16384');
  });

  it('reads an element with a long word in it in linear time', () => {
    const text = `<a ${'b'.repeat(16_000)}>`.repeat(30);
    const began = performance.now();
    expect(masked('text/html', text)).toEqual({ text, count: 0 });
    // 13 s where the word is tried again at each of its letters.
    expect(performance.now() - began).toBeLessThan(4000);
  });

  it('says the same in any pieces, of texts that are made of the parts of fields', () => {
    const parts = `"mail"|mail|:|"|'|\\|\\"|&quot;|%22|{|}|[|]|,| |1|null|x|<input name="mail"| value="v"|>|<mail>|</mail>|<!--|-->|<![CDATA[|]]>|<|?mail=|&|&amp;`;
    const part = fc.constantFrom('\n', ...parts.split('|'));
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 30 }),
        fc.constantFrom('application/json', 'text/html', 'text/csv'),
        fc.integer({ min: 1, max: 9 }),
        (chosen, type, size) => {
          const text = chosen.join('');
          expect(masked(type, text, size)).toEqual(masked(type, text));
        },
      ),
      { numRuns: 800 },
    );
  });
});
