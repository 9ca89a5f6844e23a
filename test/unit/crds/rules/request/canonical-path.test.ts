import { describe, expect, it } from 'vitest';
import { isProblem } from '../../../../../crds/rules/problem.ts';
import { canonicalPath } from '../../../../../crds/rules/request/canonical-path.ts';

const accepted: Readonly<Record<string, [target: string, path: string, query: string | undefined]>> = {
  'the root': ['/', '/', undefined],
  'plain segments': ['/jobs/42', '/jobs/42', undefined],
  'a slash at the end': ['/jobs/', '/jobs/', undefined],
  'an empty query': ['/jobs?', '/jobs', ''],
  'a query, split at the first question mark': ['/jobs?a=1?b=2', '/jobs', 'a=1?b=2'],
  'dots within a segment': ['/.well-known/a..b/...', '/.well-known/a..b/...', undefined],
  'what only the query encodes': ['/jobs?next=%2F..%2F', '/jobs', 'next=%2F..%2F'],
  'slashes and dots in the query': ['/jobs?next=//../', '/jobs', 'next=//../'],
  'an encoded space': ['/a%20b', '/a%20b', undefined],
  'encoded letters of another script': ['/%D1%84%C3%A9', '/%D1%84%C3%A9', undefined],
  'sub-delimiters': ["/a!$&'()*+,=:@b", "/a!$&'()*+,=:@b", undefined],
};

const refused: Readonly<Record<string, string>> = {
  'an empty target': '',
  'a star': '*',
  'no slash at the beginning': 'jobs',
  'the absolute form': 'http://evil.example/jobs',
  'the authority form': 'evil.example:443',
  'two slashes at the beginning': '//evil.example/jobs',
  'two slashes within': '/jobs//42',
  'a dot segment': '/jobs/./42',
  'a dot segment at the end': '/jobs/.',
  'a double-dot segment': '/jobs/../admin',
  'a double-dot segment at the end': '/jobs/..',
  'an encoded dot': '/jobs/%2e%2e/admin',
  'an encoded dot in upper case': '/jobs/%2E/admin',
  'a dot of which only one is encoded': '/jobs/.%2e/admin',
  'an encoded slash': '/jobs%2fadmin',
  'an encoded backslash': '/jobs%5Cadmin',
  'a backslash': '/jobs\\admin',
  'an encoded NUL': '/jobs%00',
  'an encoded line break': '/jobs%0d%0aX-Evil:%201',
  'an encoded DEL': '/jobs%7f',
  'an encoded percent sign, which decodes twice': '/jobs%252fadmin',
  'a semicolon, which starts parameters for some': '/jobs;v=1/admin',
  'an encoded semicolon': '/jobs%3bv=1',
  'an encoded question mark': '/jobs%3fadmin',
  'an encoded hash sign': '/jobs%23admin',
  'a fragment': '/jobs#admin',
  'a fragment after the query': '/jobs?a=1#admin',
  'an encoded letter': '/%6aobs',
  'an encoded digit': '/jobs/%34',
  'an encoded underscore': '/a%5fb',
  'an encoded hyphen': '/a%2Db',
  'an encoded tilde': '/%7Eada',
  'a percent sign alone': '/100%',
  'half a percent-encoding': '/a%2',
  'a percent sign before no digits': '/a%zz',
  'the IIS form of encoding': '/a%u002e',
  'an overlong encoding of a slash': '/jobs%c0%afadmin',
  'an overlong encoding of a dot': '/jobs/%c0%ae%c0%ae/admin',
  'a stray byte of UTF-8': '/jobs%ff',
  'an encoded surrogate': '/jobs%ed%a0%80',
  'full-width dots': '/jobs/%ef%bc%8e%ef%bc%8e/admin',
  'a full-width slash': '/jobs%ef%bc%8fadmin',
  'a full-width backslash': '/jobs%ef%bc%bcadmin',
  'a one-dot leader': '/jobs/%e2%80%a4%e2%80%a4/admin',
  'a C1 control character': '/jobs%c2%85',
  'a space': '/jobs 42',
  'a tab': '/jobs\t42',
  'a line break': '/jobs\n42',
  'a raw letter of another script': '/é',
  'raw bytes beyond ASCII in the query': '/jobs?q=é',
};

describe('a request target', () => {
  for (const [title, [target, path, query]] of Object.entries(accepted)) {
    it(`is taken as it came with ${title}`, () => {
      expect(canonicalPath(target)).toEqual({ path, query });
    });
  }

  for (const [title, target] of Object.entries(refused)) {
    it(`is refused with ${title}`, () => {
      expect(canonicalPath(target)).toMatchObject({ field: 'path', rule: expect.stringMatching(/^must /) });
    });
  }

  it('is refused when it is longer than 8192 bytes, and not at 8192', () => {
    expect(isProblem(canonicalPath(`/${'a'.repeat(8191)}`))).toBe(false);
    expect(isProblem(canonicalPath(`/${'a'.repeat(8192)}`))).toBe(true);
  });

  it('is shown in a refusal without control characters', () => {
    expect(canonicalPath('/a\r\nb')).toMatchObject({ value: '/a\\u000d\\u000ab' });
  });
});
