import { describe, expect, it } from 'vitest';
import { pageIn } from '../../../../crds/audit/page.ts';

describe('the page from which a request came', () => {
  it.each([
    [
      { origin: 'https://ecase.example.com', site: 'same-origin' },
      { origin: 'https://ecase.example.com', site: 'same-origin' },
    ],
    [
      { referer: 'https://ecase.example.com/people/ada?x=1', site: 'same-origin' },
      { origin: 'https://ecase.example.com', site: 'same-origin' },
    ],
    [{ origin: 'null', referer: 'https://a.example.com/' }, { origin: 'null' }],
    [{ site: 'none' }, { site: 'none' }],
    [{ origin: 'https://user:secret@a.example.com:8443' }, { origin: 'https://a.example.com:8443' }],
  ])('is recorded of %j as %j, without path, query and name', (headers, page) => {
    expect(pageIn(headers)).toEqual(page);
  });

  it.each([
    {},
    { origin: 'ada@example.com' },
    { referer: 'javascript:alert(1)', site: 'every-site' },
    { origin: 'file:///etc/passwd' },
  ])('is not recorded where a browser would not say so: %j', (headers) => {
    expect(pageIn(headers)).toBeUndefined();
  });
});
