import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../../webhook/gateway/masking/classes/email-address.ts';
import { TextMasker } from '../../../../../../webhook/gateway/masking/text-masker.ts';

type Kind = 'plain' | 'markup';
const hidden = emailAddress.replacement;

/** The text as it comes out, in pieces of this size. */
function masked(text: string, kind: Kind, size = text.length + 1): string {
  const masker = new TextMasker({ classes: [emailAddress], kind });
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(masker.push(bytes.subarray(at, at + size)));
  return Buffer.concat([...out, masker.end()]).toString();
}

const kinds: readonly Kind[] = ['plain', 'markup'];

describe('a local part in quotation marks', () => {
  it.each([
    ['"ada"@x.com', hidden],
    ['to "ada lovelace"@x.com, and', `to ${hidden}, and`],
    ['<"ada b"@x.com>', `<${hidden}>`],
    ['"a@b"@x.com', hidden],
    ['"a(b),c"@x.com', hidden],
    ['to "ada@z.com (at) home"@x.com, and', `to ${hidden}, and`],
    ['{"to":"\\"ada@z.com, b@[192.0.2.1] c\\"@x.com","n":1}', `{"to":"${hidden}","n":1}`],
    ['"ada@z.com (home)" b@x.com', `"${hidden} (home)" ${hidden}`],
    ['"ada@z.com","@x.com"', `"${hidden}","@x.com"`],
    ['"ada@z.com (home)"@media', `"${hidden} (home)"@media`],
    ['{"to":"\\"ada b\\"@x.com","n":1}', `{"to":"${hidden}","n":1}`],
    [String.raw`"{\"to\":\"\\\"ada b\\\"@x.com\"}"`, String.raw`"{\"to\":\"${hidden}\"}"`],
    ['{"to":"\\u0022ada b\\u0022@x.com"}', `{"to":"${hidden}"}`],
    ['1,"""ada b""@x.com",2', `1,"${hidden}",2`],
    ['<a title="&quot;ada b&quot;@x.com">', `<a title="${hidden}">`],
    ['<a href="mailto:%22ada%20b%22@x.com">', `<a href="mailto:${hidden}">`],
    ['&#34;ada b&#x22;@x.com', '&#34;ada b&#x22;@x.com'],
    ['&#34;ada b&#34;&commat;x&period;com', hidden],
    [String.raw`"ada \"x\" b"@x.com`, hidden],
    [String.raw`{"to":"\"ada \\\"x\\\" b\"@x.com"}`, `{"to":"${hidden}"}`],
    [String.raw`1,"""ada \""x\"" b""@x.com",2`, `1,"${hidden}",2`],
    [String.raw`&quot;ada \&quot;x\&quot; b&quot;@x.com`, hidden],
    ['mailto:%22ada%20%5C%22x%5C%22%20b%22@x.com', `mailto:${hidden}`],
  ])('%s becomes %s, in any pieces', (text, wanted) => {
    for (const kind of kinds) {
      expect(masked(text, kind)).toBe(wanted);
      for (const size of [1, 2, 5, 13]) expect(masked(text, kind, size)).toBe(wanted);
    }
  });

  it.each([
    ['a list of names and handles', '["ada","@x.com"]'],
    ['a list with blanks', '["ada ", "@x.com", "b ", 1, "@y.com"]'],
    ['a key that ends with a blank', '{"a ":"@x.com"}'],
    ['cells between other marks than commas', '"a "|"@x.com"\n"b "^"@y.com"\n"c "|1|"@z.com"'],
    ['values of two keys, each with a mark', String.raw`{"a":"x \"q","b":"r\"@x.com"}`],
    ['values of two keys, each with a numbered mark', String.raw`{"a":"x \u0022q","b":"r\u0022@x.com"}`],
    ['cells, each with a mark', '"a ""b","c""@x.com"'],
    ['attributes, each with a mark', '<a title="&quot;b" id="c&quot;@x.com">'],
    ['elements, each with a mark', '<td>&quot;b</td><td>c&quot;@x.com</td>'],
    ['addresses of links, each with a mark', '<a href="?q=%22b"><a href="c%22@x.com">'],
    ['attributes', '<p title="a " href="@x.com">'],
    ['attributes without a blank between them', '<a class="btn"@click.stop="run">'],
    ['two lines', '"ada\nb"@x.com'],
    ['an empty one', '""@x.com'],
    ['a mark that belongs to the word before', 'ada"b"@x.com'],
  ])('is none of these: %s', (_, text) => {
    for (const kind of kinds) {
      expect(masked(text, kind)).toBe(text);
      expect(masked(text, kind, 3)).toBe(text);
    }
  });

  it('leaves none over, and JSON whole, in any pieces', () => {
    const local = fc.stringMatching(/^[a-z]([ a-z.,:;()@[\]]{0,20}[a-z])?$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 9 }), local), { maxLength: 4 }),
        fc.nat(20),
        (all, more) => {
          const value = all.map(([text, name]) => [
            text,
            `"${name}"@x.com`,
            { [text]: `to "${name}"@y.com` },
          ]);
          for (const text of [JSON.stringify(value), JSON.stringify({ s: JSON.stringify(value) })]) {
            const whole = masked(text, 'plain');
            expect(whole).not.toMatch(/@[xy]\.com/);
            expect(() => JSON.parse(whole) as unknown).not.toThrow();
            expect(masked(text, 'plain', more + 1)).toBe(whole);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
