/** Where a sealed value is put back, and where it stays sealed because the application would show it, or read more in it. */
import { describe, expect, it } from 'vitest';
import { dataClasses } from '../../../../../webhook/gateway/masking/classes/index.ts';
import { createMasker } from '../../../../../webhook/gateway/masking/content-policy.ts';
import { namedFields } from '../../../../../webhook/gateway/masking/fields/named-fields.ts';
import { hiddenAgainBy } from '../../../../../webhook/gateway/masking/hidden-again.ts';
import { pseudonymsOf } from '../../../../../webhook/gateway/masking/pseudonyms.ts';
import {
  restoredAddress,
  restoredBody,
  restoredCookies,
  restoredMessage,
} from '../../../../../webhook/gateway/masking/restore.ts';
import { writeBy } from '../../../../../webhook/gateway/masking/writing.ts';

const classes = [namedFields(['customerName', 'note']), ...dataClasses];
const pseudonyms = pseudonymsOf({
  keys: [Buffer.alloc(32, 7)],
  grant: 'grant-1',
  session: 'session-1',
  names: new Map(),
});
const by = { ...pseudonyms, hiddenAgain: hiddenAgainBy(classes) };

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const parts = 'multipart/form-data; boundary=b';

function partOf(name: string, text: string): string {
  return `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n--b--\r\n`;
}

/** A body that has this field, as each type writes it. */
const bodies: readonly (readonly [type: string, of: (name: string, text: string) => string])[] = [
  [json, (name, text) => JSON.stringify({ a: 1, [name]: text })],
  ['application/x-ndjson', (name, text) => `{"a":1}\n${JSON.stringify({ [name]: text })}\n`],
  // The `@` as it is, so that what stays can be compared.
  [form, (name, text) => `a=1&${name}=${encodeURIComponent(text).replaceAll('%40', '@')}`],
  [parts, partOf],
];

const back = (type: string, body: string): string => restoredBody(Buffer.from(body), type, by).toString();

function masked(text: string): string {
  const plan = createMasker(classes, writeBy(pseudonyms)).plan({
    contentType: json,
    contentEncoding: undefined,
  });
  if (plan.kind !== 'mask') throw new Error(`the plan is to ${plan.kind}`);
  const stream = plan.open();
  return Buffer.concat([stream.push(Buffer.from(text)), stream.end()]).toString();
}

/** As the application's list shows it: with the sealed value in it. */
function shown(name: string, value: string): string {
  const [said = ''] = Object.values(
    JSON.parse(masked(JSON.stringify({ [name]: value }))) as object,
  ) as string[];
  if (!/\.[\w-]{38}/.test(said)) throw new Error(`not sealed: ${said}`);
  return said;
}

const inText = (text: string): string => `Call ${text}, or ${text}.`;
const readable = (type: string, body: string): string => (type === form ? decodeURIComponent(body) : body);

describe.each([
  ['DE89370400440532013000'],
  ['4111 1111 1111 1111'],
  ['078-05-1120'],
  ['8.8.8.8'],
  ['jane@corp.com'],
  ['+49 171 1234567'],
  ['030/1234567'],
  ['ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
])('CC-10 what is sealed of %s', (value) => {
  const seen = shown('v', value);

  it.each(bodies)('is put back as a whole field, and as a word of a text, in %s', (type, body) => {
    for (const text of [(one: string) => one, inText])
      expect(readable(type, back(type, body('v', text(seen))))).toBe(readable(type, body('v', text(value))));
  });

  it.each(bodies)('is shown to nobody where something is glued to it, in %s', (type, body) => {
    const bare = seen.replace(/^\+/, '');
    const opened = value.replace(/^\+/, '');
    const secrets = opened.match(/\w{3,}/g)?.filter((word) => word !== 'com') ?? [];
    const glued = ['x~x', 'x~', '~x', '9~9', '_~', '~_', 'ü~', 'git@~', 'a@~', '@~', 'ssh://~/p', '~:p'];
    for (const text of glued.map((around) => around.replace('~', () => bare))) {
      const sent = body('comment', text);
      const got = back(type, sent);
      if (got === sent) continue;
      const again = masked(JSON.stringify({ comment: text.replace(bare, () => opened) }));
      const seenOfIt = again.replaceAll(/[a-z-]+-[0-9a-f]{4,16}\.[\w-]{38,}/g, '');
      for (const secret of secrets) expect(seenOfIt, text).not.toContain(secret);
      expect(seenOfIt, text).not.toContain('corp');
    }
  });
});

describe('what is hidden only by its place', () => {
  const name = shown('customerName', 'Jane Doe');
  const born = shown('v', 'Date of birth: 1970-03-01').replace('Date of birth: ', '');
  const bare = shown('v', '+49 171 1234567').replace('+', '');

  it.each(bodies)('CC-10 is put back where the field that it is in hides it again, in %s', (type, body) => {
    expect(readable(type, back(type, body('customerName', name)))).toBe(
      readable(type, body('customerName', 'Jane Doe')),
    );
    expect(back(type, body('dateOfBirth', born))).toBe(body('dateOfBirth', '1970-03-01'));
  });

  it.each(bodies)('CC-10 stays sealed in every other field, and inside of any text, in %s', (type, body) => {
    for (const [field, text] of [
      ['comment', name],
      ['comment', `customerName=${name}`],
      ['comment', `x&customerName=${name}`],
      ['comment', `"customerName":"${name}"`],
      ['comment', born],
      ['comment', `Date of birth: ${born}`],
      ['comment', bare],
      ['comment', `x+${bare}`],
      ['customerName', `x ${name}`],
      ['x%26customerName', name],
      ['x customerName', name],
    ] as const) {
      const sent = body(field, text);
      expect(back(type, sent), text).toBe(sent);
    }
  });

  it('CC-10 stays sealed in an address and in cookies that would show it', () => {
    for (const address of [
      `/search?q=${name}`,
      `/search?q=a%26customerName=${name}`,
      `/s/${name}`,
      `/s?${name}=1`,
    ])
      expect(restoredAddress(address, by)).toEqual({ text: address, changed: false });
    expect(restoredAddress(`/search?customerName=${name}`, by).text).toBe('/search?customerName=Jane%20Doe');
    expect(restoredCookies(`a=1; q=${name}`, by)).toBe(`a=1; q=${name}`);
    expect(restoredCookies(`a=1; customerName=${name}`, by)).toBe('a=1; customerName=Jane%20Doe');
    const mail = shown('v', 'jane@corp.com');
    expect(restoredCookies(`a=1; q=${mail}`, by)).toBe('a=1; q=jane%40corp.com');
  });

  it('CC-10 stays sealed in a message of a WebSocket', () => {
    const say = (text: string): string => restoredMessage(Buffer.from(text), by).toString();
    expect(say(name)).toBe(name);
    expect(say(`{"q":"${name}"}`)).toBe(`{"q":"${name}"}`);
    expect(say(`{"customerName":"${name}"}`)).toBe('{"customerName":"Jane Doe"}');
  });

  it('CC-10 stays sealed in all of a body of which one field would show it', () => {
    const sent = JSON.stringify({ customerName: name, comment: name });
    expect(back(json, sent)).toBe(sent);
  });
});

describe('what others wrote into a value', () => {
  const sealed = (value: string): string => pseudonyms.kept('field', value) ?? '';
  const role = sealed('x","role":"admin');

  it('CC-10 is one value where it is a whole field', () => {
    expect(JSON.parse(back(json, `{"customerName":"${role}"}`))).toEqual({
      customerName: 'x","role":"admin',
    });
    expect([...new URLSearchParams(back(form, `customerName=${role}&a=1`))]).toEqual([
      ['customerName', 'x","role":"admin'],
      ['a', '1'],
    ]);
  });

  it.each([
    ['JSON in a form', form, `payload=${encodeURIComponent(`{"customerName":"${role}"}`)}`],
    ['JSON in a part', parts, partOf('operations', `{"customerName":"${role}"}`)],
    ['GraphQL in JSON', json, JSON.stringify({ query: `mutation{ touch(customerName:"${role}") }` })],
    ['JSON in JSON', json, JSON.stringify({ body: `{"customerName":"${role}"}` })],
    ['a text', 'text/plain', `{"customerName":"${role}"}`],
    ['what is no JSON', json, `{"customerName":"${role}"`],
    [
      'the bounds of parts',
      parts,
      partOf('note', sealed('x\r\n--b\r\nContent-Disposition: form-data; name="role"\r\n\r\nadmin')),
    ],
    ['the head of a part', parts, partOf(`note"; filename="${sealed('x')}`, 'x')],
  ])('CC-10 brings no structure along: %s', (_, type, sent) => {
    expect(back(type, sent)).toBe(sent);
  });

  it('CC-10 is a text in an element and in an attribute of XML, and stays sealed between them', () => {
    const note = sealed('a<b> & "c"');
    expect(back('application/xml', `<p><note>${note}</note><x note="${note}"/></p>`)).toBe(
      '<p><note>a&lt;b&gt; &amp; &quot;c&quot;</note><x note="a&lt;b&gt; &amp; &quot;c&quot;"/></p>',
    );
    for (const sent of [`<p><!-- ${note} --></p>`, `<p><note>x ${note}</note></p>`, `<p ${note}="1"/>`])
      expect(back('application/xml', sent)).toBe(sent);
  });
});
