import { describe, expect, it } from 'vitest';
import { onThisHost } from '../../../../../webhook/gateway/proxy/own-addresses.ts';

const origins = ['https://ecase.example.com:8443', 'http://app.internal:8080'];
const of = (name: string, value: string): string => onThisHost(name, value, origins);

describe('an own address of the application', () => {
  it.each([
    ['location', 'http://app.internal:8080/jobs?a=1#b', '/jobs?a=1#b'],
    ['location', 'http://app.internal:8080//evil.example/x', '/evil.example/x'],
    ['content-location', 'https://ecase.example.com:8443/jobs/1', '/jobs/1'],
    ['x-inertia-location', 'http://app.internal:8080/in', '/in'],
    ['hx-redirect', 'http://app.internal:8080/', '/'],
    [
      'link',
      '<http://app.internal:8080/j?page=2>; rel="next", </j>; rel=prev',
      '</j?page=2>; rel="next", </j>; rel=prev',
    ],
    ['refresh', '5; url=http://app.internal:8080/jobs', '5; url=/jobs'],
    ['refresh', '0;URL="http://app.internal:8080/jobs"', '0;URL=/jobs'],
    ['refresh', "1, 'http://app.internal:8080/a b'", '1, /a%20b'],
  ])('is left as a path in %s: %s', (name, value, expected) => {
    expect(of(name, value)).toBe(expected);
  });

  it.each([
    ['location', '/jobs'],
    ['location', 'https://other.example/x'],
    ['location', 'http://app.internal:8081/x'],
    ['refresh', '5'],
    ['refresh', '5; url=https://other.example/'],
    ['link', '<https://cdn.example/a.css>; rel=preload'],
    ['x-total-count', 'http://app.internal:8080/'],
  ])('is not seen where there is none, in %s: %s', (name, value) => {
    expect(of(name, value)).toBe(value);
  });
});
