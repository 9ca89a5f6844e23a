import { describe, expect, it } from 'vitest';
import { isProblem } from '../../../../../crds/rules/problem.ts';
import { canonicalPath } from '../../../../../crds/rules/request/canonical-path.ts';
import { refused } from './refused-targets.ts';

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

const broughtIntoOneForm: Readonly<Record<string, [target: string, path: string]>> = {
  'an encoded letter': ['/%6aobs', '/jobs'],
  'an encoded digit': ['/jobs/%34', '/jobs/4'],
  'an encoded underscore': ['/a%5fb', '/a_b'],
  'an encoded hyphen': ['/a%2Db', '/a-b'],
  'an encoded tilde': ['/%7Eada/', '/~ada/'],
  'an encoding in lower case': ['/caf%c3%a9%3a', '/caf%C3%A9%3A'],
};

describe('a request target', () => {
  for (const [title, [target, path, query]] of Object.entries(accepted)) {
    it(`is taken as it came with ${title}`, () => {
      expect(canonicalPath(target)).toEqual({ path, query, target, readings: [], forms: [] });
    });
  }

  for (const [title, [target, path]] of Object.entries(broughtIntoOneForm)) {
    it(`is brought into its one form with ${title}`, () => {
      expect(canonicalPath(`${target}?a=%7E`)).toMatchObject({
        path,
        query: 'a=%7E',
        target: `${path}?a=%7E`,
      });
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
