import { describe, expect, it } from 'vitest';
import {
  type OwnPlace,
  onThisHost,
  redirectRule,
} from '../../../../../webhook/gateway/proxy/own-addresses.ts';

const place: OwnPlace = {
  base: 'https://ecase.example.com:8443/jobs/list?a=1',
  origins: ['https://ecase.example.com:8443', 'http://app.internal:8080'],
  pathForms: [],
};
const of = (name: string, value: string, pathForms: OwnPlace['pathForms'] = []): string | undefined =>
  onThisHost(name, value, { ...place, pathForms });

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

describe('a redirect to a path that the gateway would refuse as it is', () => {
  const rule = (location: string, pathForms: OwnPlace['pathForms'] = []) =>
    redirectRule({ headers: { location } }, { ...place, pathForms });

  it.each([
    ['/app/;jsessionid=0A1B2C', '/app/'],
    ['http://app.internal:8080/app/;jsessionid=0A1B2C?a=1#b', '/app/?a=1#b'],
    ['/api//jobs', '/api/jobs'],
    ['http://app.internal:8080//evil.example/x', '/evil.example/x'],
    ['/%7Eada/', '/~ada/'],
    ['../x;v=1', '/x'],
    ['http://app.internal:8080/caf\u00c3\u00a9', '/caf%C3%A9'],
  ])('leads to its canonical form: %s', (location, passed) => {
    expect(of('location', location)).toBe(passed);
    expect(rule(location)).toBeUndefined();
  });

  it.each([
    '/jobs/2',
    'jobs/2?x=1',
    '?page=2',
    '#end',
    '',
    '../up',
    '//other.example/;x',
    'mailto:a@b.example',
  ])('is left as it came where it is served so, or is elsewhere: %j', (location) => {
    expect(of('location', location)).toBe(location);
    expect(rule(location)).toBeUndefined();
  });

  it.each([
    '/q/%2F/mail',
    '/files/100%25.pdf',
    '/a%5Cb',
    '/a%00',
    'http://app.internal:8080/a%2Fb',
    '/a/..;/admin',
  ])('is passed on in no form where it has none: %s', (location) => {
    expect(rule(location)).toMatch(/^must not redirect to a path that must /);
    expect(of('location', location)).toBeUndefined();
    expect(of('refresh', `0; url=${location}`)).toBeUndefined();
  });

  it('is passed on as it came where the application allows its form', () => {
    expect(of('location', '/app/;jsessionid=0A1B2C', ['MatrixParameters'])).toBe('/app/;jsessionid=0A1B2C');
    expect(of('location', '/q/%2F/mail', ['EncodedSlash'])).toBe('/q/%2F/mail');
    expect(rule('/q/%2F/mail', ['EncodedSlash'])).toBeUndefined();
  });
});
