import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignmentRule } from '../../../../../crds/rules/request/assignment.ts';
import { watchForAssignment } from '../../../../../webhook/gateway/proxy/body-watches.ts';
import { aUser } from '../../../../kit/objects/user.ts';

const { userId } = aUser().spec;
const rule = assignmentRule(['assignee'], () => [aUser()]);
const form = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data; boundary=b';
const json = 'application/json';
const part = (name: string, value: string): string =>
  `--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`;

const seen: readonly (readonly [what: string, type: string | undefined, body: string])[] = [
  ['a form', form, `x=1&assignee=${userId}&y=2`],
  ['a form whose last field it is', form, `assignee=${userId}`],
  [
    'a form with encoded names and values',
    form,
    `task%5Bassignee%5D=${encodeURIComponent(userId).replace('c', '%63')}`,
  ],
  ['a form with a semicolon', form, `assignee=grace;${userId}`],
  ['a form that some separate by semicolons', form, `x=1;assignee=${userId};y=2`],
  ['a form without a type', undefined, `assignee=${userId}`],
  ['a form in EBCDIC', `${form}; charset=ibm037`, 'anything'],
  ['JSON', json, `{"a":[1,true],"assignee":"${userId}"}`],
  ['JSON below other names', json, `{"task":{"assignee":{"user":{"id":"${userId}"}}}}`],
  ['JSON in a list', json, `{"assignee":["grace", "${userId}"], "b":1}`],
  ['JSON with escapes', json, String.raw`{"\u0061ssignee" : "\u0063p-${userId.slice(3)}"}`],
  ['a list of JSON', 'application/vnd.api+json', `[{"x":"y"},{"assignee":"${userId}"}]`],
  ['JSON that is too deep', json, '['.repeat(600)],
  ['a merge patch', 'application/merge-patch+json', `{"assignee":"${userId}"}`],
  [
    'a JSON patch',
    'application/json-patch+json',
    `[{"op":"replace","path":"/task/assignee","value":"${userId}"}]`,
  ],
  [
    'a JSON patch in another order',
    'application/json-patch+json',
    `[{"value":"${userId}","path":"/assignee","op":"add"}]`,
  ],
  ['a part', multipart, part('assignee', userId)],
  ['a part of several lines', multipart, part('assignee', `grace\r\n${userId}`)],
  [
    'a part of more names than any application reads',
    multipart,
    `--b\r\nContent-Disposition: form-data${'\r\n name=a'.repeat(600)}\r\n\r\nx\r\n--b--\r\n`,
  ],
  [
    'a part whose name is encoded, with blanks',
    multipart,
    part('x', userId).replace('name="x"', "name  *  =  utf-8''assigne%65"),
  ],
  ['a part with brackets', multipart, part('task[assignee]', userId)],
];

const unseen: readonly (readonly [what: string, type: string | undefined, body: string])[] = [
  ['a form that assigns to another', form, 'assignee=grace&x=1'],
  ['a form that names the person elsewhere', form, `comment=ask+${userId}&x=assignee`],
  [
    'JSON that names the person elsewhere',
    json,
    `{"assignee":"grace","comment":"${userId}","n":[{"assignee":null}]}`,
  ],
  ['JSON with the field as a value', json, `{"sort":"assignee","who":"${userId}"}`],
  ['JSON whose field has ended', json, `{"task":{"assignee":{"id":"grace"}},"by":"${userId}"}`],
  ['a JSON patch of another field', 'application/json-patch+json', `[{"path":"/note","value":"${userId}"}]`],
  ['parts that name the person elsewhere', multipart, part('comment', userId)],
  ['an upload', multipart, part('file', `assignee\r\n${userId}`)],
];

function isSeen(type: string | undefined, chunks: readonly Buffer[]): boolean {
  const watch = watchForAssignment(type, rule);
  return watch !== undefined && (chunks.some((chunk) => watch.sees(chunk)) || watch.ends());
}

function cutAt(body: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(body);
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((start, index) => bytes.subarray(start, [...at, bytes.length][index]));
}

describe('a body that assigns to a person of support', () => {
  it.each(seen)('CC-6 EC-13 is seen: %s', (_, type, body) => {
    expect(isSeen(type, [Buffer.from(body)])).toBe(true);
  });

  it.each(unseen)('is told from one that does not: %s', (_, type, body) => {
    expect(isSeen(type, [Buffer.from(body)])).toBe(false);
  });

  it('is seen, or not, wherever the network cuts it', () => {
    const all = [
      ...seen.map((each) => [...each, true] as const),
      ...unseen.map((each) => [...each, false] as const),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.array(fc.nat(), { maxLength: 8 }),
        ([, type, body, expected], places) => {
          expect(isSeen(type, cutAt(body, places))).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is not looked for where the application lists no fields, or where the body has none', () => {
    expect(watchForAssignment(json, undefined)).toBeUndefined();
    expect(watchForAssignment('application/octet-stream', rule)).toBeUndefined();
  });

  it('fills no memory with one long value', () => {
    for (const [type, start] of [
      [form, 'assignee='],
      [json, '{"assignee":"'],
      [multipart, part('assignee', '').slice(0, -9)],
    ] as const) {
      const watch = watchForAssignment(type, rule);
      expect(watch?.sees(Buffer.from(start))).toBe(false);
      for (let sent = 0; sent < 8; sent += 1) expect(watch?.sees(Buffer.alloc(1024 * 1024, 'a'))).toBe(false);
    }
  });
});
