/** What stands in place of values: the same for one person within a grant, and the way back for one session alone. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { emailAddress } from '../../../../../webhook/gateway/masking/classes/email-address.ts';
import { dataClasses } from '../../../../../webhook/gateway/masking/classes/index.ts';
import { createMasker } from '../../../../../webhook/gateway/masking/content-policy.ts';
import { namedFields } from '../../../../../webhook/gateway/masking/fields/named-fields.ts';
import { hiddenAgainBy } from '../../../../../webhook/gateway/masking/hidden-again.ts';
import { MaskWatch } from '../../../../../webhook/gateway/masking/mask-watch.ts';
import { type Pseudonyms, pseudonymsOf } from '../../../../../webhook/gateway/masking/pseudonyms.ts';
import { restoredAddress, restoredBody } from '../../../../../webhook/gateway/masking/restore.ts';
import { writeBy } from '../../../../../webhook/gateway/masking/writing.ts';

const key = Buffer.alloc(32, 7);
const of = (grant: string, session: string, keys: readonly Buffer[] = [key]): Pseudonyms =>
  pseudonymsOf({ keys, grant, session, names: new Map() });
const ours = of('grant-1', 'session-1');
const classes = [namedFields(['note']), ...dataClasses];
const putBack = { ...ours, hiddenAgain: hiddenAgainBy(classes) };

function masked(type: string, text: string, by: Pseudonyms = ours, size = 1e9): string {
  const plan = createMasker(classes, writeBy(by)).plan({
    contentType: type,
    contentEncoding: undefined,
  });
  if (plan.kind !== 'mask') throw new Error(`the plan is to ${plan.kind}`);
  const stream = plan.open();
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(stream.push(bytes.subarray(at, at + size)));
  return Buffer.concat([...out, stream.end()]).toString();
}

const html = 'text/html; charset=utf-8';

describe('EC-18 a pseudonym', () => {
  it('is the same for one person within a grant, in every session of it, however the address is written', () => {
    const [first, ...others] = [
      masked(html, '<p>ada@x.com</p>'),
      masked(html, '<p>Ada@X.com</p>'),
      masked(html, '<p>ada&#64;x.com</p>'),
      masked(html, '<p>ada@x.com</p>', of('grant-1', 'session-2')),
    ];
    expect(first).toMatch(/^<p>‹e-mail [0-9a-f]{4}›<\/p>$/);
    for (const other of others) expect(other).toBe(first);
    expect(masked(html, '<p>bob@x.com</p>')).not.toBe(first);
  });

  it('is another one in another grant, and by another key', () => {
    const seen = ['grant-1', 'grant-2', 'grant-3'].map((grant) =>
      masked(html, '<p>ada@x.com</p>', of(grant, 's')),
    );
    expect(new Set(seen).size).toBe(3);
    const other = of('grant-1', 'session-1', [randomBytes(32)]);
    expect(masked(html, '<p>ada@x.com</p>', other)).not.toBe(seen[0]);
  });

  it('is never that of two people: a longer one keeps them apart', () => {
    const people = Array.from({ length: 3000 }, (_, at) => ours.shown('e-mail', `person${at}@x.com`).name);
    expect(new Set(people).size).toBe(people.length);
    expect(people.some((name) => name.length > 4)).toBe(true);
    expect(ours.shown('e-mail', 'person7@x.com').name).toBe(people[7]);
  });

  it.each([
    ['text/plain; charset=utf-8', 'from ada@x.com\n', /^from ‹e-mail [0-9a-f]{4}›\n$/],
    ['text/html', '<p>ada@x.com</p>', /^<p>&#8249;e-mail [0-9a-f]{4}&#8250;<\/p>$/],
    ['text/html; charset=windows-1252', '<p>ada@x.com</p>', /^<p>&#8249;e-mail [0-9a-f]{4}&#8250;<\/p>$/],
    ['text/plain; charset=iso-8859-1', 'from ada@x.com\n', /^from \[e-mail-hidden-[0-9a-f]{4}\]\n$/],
    ['text/csv; charset=utf-8', 'a,"ada@x.com"\n', /^a,"‹e-mail [0-9a-f]{4}›"\n$/],
    [
      html,
      '<a href="mailto:ada@x.com">ada@x.com</a>',
      /^<a href="mailto:e-mail-[0-9a-f]{4}\.[\w-]{38,}@hidden\.invalid">‹e-mail [0-9a-f]{4}›<\/a>$/,
    ],
    [
      'application/json',
      '{"card":"4111 1111 1111 1111"}',
      /^\{"card":"card-[0-9a-f]{4}\.[\w-]{38,}\.hidden"\}$/,
    ],
  ])('is written so that the text stays one of %s', (type, text, expected) => {
    const whole = masked(type, text);
    expect(whole).toMatch(expected);
    for (const size of [1, 2, 3, 7]) expect(masked(type, text, ours, size)).toBe(whole);
  });

  it('is not masked again where it comes out of the application', () => {
    const once = masked('application/json', '{"mail":"ada@x.com"}');
    expect(masked('application/json', once)).toBe(once);
  });
});

describe('CC-10 what was hidden is put back', () => {
  const values = [
    'ada@x.com',
    'o"brien@x.com',
    '‹x›',
    'a&b=c d+e%20f',
    'line one\nline two',
    '\\ \t"',
    'müller',
  ];

  it.each(values)('as it was, in a form, in JSON, in parts and in XML: %j', (value) => {
    const kept = ours.kept('field', value) ?? '';
    const back = (type: string, body: string) => restoredBody(Buffer.from(body), type, putBack).toString();
    const form = back(
      'application/x-www-form-urlencoded',
      new URLSearchParams({ a: '1', note: kept }).toString(),
    );
    expect(new URLSearchParams(form).get('note')).toBe(value);
    expect(JSON.parse(back('application/json', JSON.stringify({ note: kept })))).toEqual({ note: value });
    const part = '--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n';
    expect(back('multipart/form-data; boundary=x', `${part}${kept}\r\n--x--`)).toBe(
      `${part}${value}\r\n--x--`,
    );
    expect(back('application/octet-stream', kept)).toBe(kept);
  });

  it.each(values)('in an address, where it parts nothing: %j', (value) => {
    const kept = ours.kept('field', value) ?? '';
    const { text } = restoredAddress(`/users?note=${kept}&x=1`, putBack);
    expect([...new URL(text, 'https://x.example').searchParams]).toEqual([
      ['note', value],
      ['x', '1'],
    ]);
  });

  it.each(['ada@x.com', "o'hara+x@x.com", '030/1234567'])('as a step of a path: %j', (value) => {
    const kept = ours.kept('e-mail', value) ?? '';
    const { text } = restoredAddress(`/users/${encodeURIComponent(kept)}/edit?a=1`, putBack);
    const { pathname } = new URL(text, 'https://x.example');
    expect(pathname.split('/').map(decodeURIComponent)).toEqual(['', 'users', value, 'edit']);
  });

  it.each([
    [
      html,
      '<form action="/u/ada@x.com?m=ada%40x.com"><input name=note value="a &amp; &quot;b&quot;"><textarea name=note>\n1 &lt; 2</textarea></form>',
    ],
    [
      'application/json',
      JSON.stringify({ mail: 'ada@x.com', note: 'a "b" \\ ü', phone: '+44 20 7946 0958' }),
    ],
  ])('from what a page or a list shows: %s', (type, text) => {
    const shown = masked(type, text);
    expect(shown).not.toMatch(/ada@|7946|&quot;b|ü/);
    const sealed = [...shown.matchAll(/[a-z-]+-[0-9a-f]{4}\.([\w-]{38,})(?:@hidden\.invalid|\.hidden)/g)];
    const opened = sealed.map(([, one = '']) => ours.open(one));
    expect(opened).toEqual(
      type === html
        ? ['ada@x.com', 'ada@x.com', 'a & "b"', '1 < 2']
        : ['ada@x.com', 'a "b" \\ ü', '+44 20 7946 0958'].map((one) =>
            one.startsWith('+') ? one.slice(1) : one,
          ),
    );
  });

  it('for its session alone, and also while the keys of the gateways are replaced', () => {
    const sealed = (ours.kept('e-mail', 'ada@x.com') ?? '').replace(/^.*\.([\w-]+)@.*$/, '$1');
    expect(ours.open(sealed)).toBe('ada@x.com');
    expect(of('grant-1', 'session-1', [randomBytes(32), key]).open(sealed)).toBe('ada@x.com');
    for (const other of [
      of('grant-1', 'session-2'),
      of('grant-2', 'session-1'),
      of('grant-1', 'session-1', [randomBytes(32)]),
    ])
      expect(other.open(sealed)).toBeUndefined();
    for (const broken of ['', 'a', 'A'.repeat(60), `${sealed.slice(0, -2)}AA`, sealed.slice(1)])
      expect(ours.open(broken)).toBeUndefined();
  });

  it('and what cannot be put back is known: whatever stood in its place, in every form in which it is sent', () => {
    const texts = [
      ...masked(html, '<p>ada@x.com</p>').matchAll(/‹[^›]*›/g),
      ...masked('text/plain', 'ada@x.com').matchAll(/\[.*\]/g),
      ...masked('application/json', '{"a":"ada@x.com","note":"x","b":"4111111111111111"}').matchAll(
        /[a-z-]+-[0-9a-f]{4}\.[^"]+/g,
      ),
    ].map(([text]) => text);
    expect(texts.length).toBe(5);
    for (const text of texts) {
      const forms = [
        text,
        encodeURIComponent(text),
        new URLSearchParams({ a: text }).toString(),
        JSON.stringify({ text }),
      ];
      for (const form of forms) expect(new MaskWatch().sees(Buffer.from(form)), form).toBe(true);
    }
  });

  it('but no value that is too long to travel: its mask says only what it was', () => {
    const shown = masked('application/json', JSON.stringify({ note: 'x'.repeat(2100) }));
    expect(shown).toMatch(/^\{"note":"‹field [0-9a-f]{4}›"\}$/);
    expect(masked('application/json', JSON.stringify({ note: 'x'.repeat(9000) }), ours, 1000)).toBe(
      '{"note":"[field-hidden]"}',
    );
    expect(emailAddress.replacement).toBe('[e-mail-hidden]');
  });
});
