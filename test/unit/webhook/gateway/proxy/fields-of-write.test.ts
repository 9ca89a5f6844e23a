import { describe, expect, it } from 'vitest';
import { fieldsOfWrite } from '../../../../../webhook/gateway/proxy/fields-of-write.ts';

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const parts = 'multipart/form-data; boundary=b';

/** The paths after a body that comes in pieces of this size. */
function pathsOf(
  type: string | undefined,
  body: string,
  { url = '/cases/7', piece = 5 } = {},
): readonly string[] {
  const named = fieldsOfWrite(url, type);
  const bytes = Buffer.from(body);
  const refused = [];
  for (let at = 0; at < bytes.length; at += piece)
    refused.push(named.watch?.sees(bytes.subarray(at, at + piece)));
  refused.push(named.watch?.ends());
  expect(refused.filter((one) => one === true)).toEqual([]);
  return named.paths();
}

describe('the fields that a write names', () => {
  it.each([
    ['of a form', form, 'status=Closed&note=hello+there&tags[]=a&tags[]=b', ['/status', '/note', '/tags[]']],
    ['of a form without values', form, 'status=&note=', ['/status', '/note']],
    [
      'of JSON, below those around them',
      json,
      '{"case":{"status":"Closed","people":[{"role":"a"},{"role":1}]}}',
      ['/case/status', '/case/people/role'],
    ],
    ['of JSON of one API', 'application/merge-patch+json', '{"spec":{"replicas":2}}', ['/spec/replicas']],
    [
      'of parts, beside a file',
      parts,
      '--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name="upload"; filename="ada.txt"\r\n\r\nabc\r\n--b--\r\n',
      ['/note', '/upload'],
    ],
    ['of nothing that is known to have some', 'text/plain', 'status=Closed', []],
    ['of a body without a type', undefined, 'status=Closed', []],
  ])('are told by their paths: %s', (_, type, body, paths) => {
    expect(pathsOf(type, body)).toEqual(paths);
    expect(pathsOf(type, body, { piece: 4096 })).toEqual(paths);
  });

  it('of a query are told beside those of the body', () => {
    expect(pathsOf(form, 'a=1', { url: '/cases?notify=yes&notify=no&x=' })).toEqual(['?notify', '?x', '/a']);
  });

  it('never are values: not what follows a semicolon, nor what a person may have written in place of a name', () => {
    const secret = 'correct horse battery staple';
    expect(pathsOf(form, `note=hello;${secret}=1&pin=${secret}`)).toEqual(['/note', '/pin']);
    expect(pathsOf(json, `{"${secret}":{"ada@example.com":"x"},"${'k'.repeat(49)}":1,"ok":2}`)).toEqual([
      '/?/?',
      '/?',
      '/ok',
    ]);
  });

  it('are bounded, however many and deep they are', () => {
    const many = Array.from({ length: 5000 }, (_, at) => `f${at}=1`).join('&');
    expect(pathsOf(form, many, { piece: 4096 })).toHaveLength(50);
    const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
    expect(pathsOf(json, deep, { piece: 4096 })).toEqual(['/a/a/a/a/a/a/a/a/?']);
  });

  it('refuse nothing, also where the body is none of its type', () => {
    expect(pathsOf(json, '\u0000{"a":1}]]]}}}')).toEqual([]);
    expect(pathsOf(`${form}; charset=ibm037`, 'anything')).toEqual([]);
  });
});
