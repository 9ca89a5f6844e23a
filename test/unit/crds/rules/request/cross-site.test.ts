import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cameFrom,
  crossSiteObjection,
  originsIn,
  type SaidByBrowser,
  senderOf,
} from '../../../../../crds/rules/request/cross-site.ts';

const own = 'https://ecase.apps.example.com';
const sibling = 'https://evil.apps.example.com';
const reports = 'https://reports.apps.example.com';
const trusted = { own: [own], listed: [reports] };

/** A row for each thing that a browser does, with what Chromium, Firefox and Safari send for it. */
const said: Readonly<Record<string, [SaidByBrowser, 'own' | 'listed' | 'silent' | 'foreign']>> = {
  'a form of its own page': [{ site: 'same-origin', mode: 'navigate', origin: own }, 'own'],
  'a form of its own page that sends no referrer': [{ site: 'same-origin', origin: 'null' }, 'own'],
  'a script of its own page': [{ site: 'same-origin', mode: 'cors', origin: own }, 'own'],
  'an address that was typed': [{ site: 'none', mode: 'navigate' }, 'own'],
  'a form of a sibling host': [{ site: 'same-site', mode: 'navigate', origin: sibling }, 'foreign'],
  'a form of a sibling host that sends no referrer': [{ site: 'same-site', origin: 'null' }, 'foreign'],
  'a form of another site': [{ site: 'cross-site', origin: 'https://evil.example' }, 'foreign'],
  'a sandboxed frame with its own page': [{ site: 'cross-site', origin: 'null' }, 'foreign'],
  'the host without TLS': [{ site: 'cross-site', origin: 'http://ecase.apps.example.com' }, 'foreign'],
  'another port of the host': [{ site: 'same-site', origin: `${own}:8443` }, 'foreign'],
  'a form of a listed host': [{ site: 'same-site', mode: 'navigate', origin: reports }, 'listed'],
  'an image on a listed host': [{ site: 'same-site', referer: `${reports}/` }, 'listed'],
  'a form of its own page in an older browser': [{ origin: own }, 'own'],
  'a form of a sibling host in an older browser': [{ origin: sibling }, 'foreign'],
  'a form of a listed host in an older browser': [{ origin: reports }, 'listed'],
  'a page that hides itself in an older browser': [{ origin: 'null' }, 'foreign'],
  'a page of its own in a browser that sends the referrer only': [{ referer: `${own}/jobs?x=1` }, 'own'],
  'a sibling in a browser that sends the referrer only': [{ referer: `${sibling}/` }, 'foreign'],
  'a referrer that is no address': [{ referer: 'about:blank' }, 'foreign'],
  'a referrer that only begins like the host': [{ referer: `${own}.evil.example/` }, 'foreign'],
  'a program': [{}, 'silent'],
  'headers that contradict each other': [{ site: 'same-origin', origin: sibling }, 'foreign'],
  'a typed address with the origin of another page': [{ site: 'none', origin: sibling }, 'foreign'],
  'a word that no browser says': [{ site: 'Same-Origin', origin: own }, 'foreign'],
  'a listed origin that no browser would call so': [{ site: 'none', origin: reports }, 'foreign'],
};

describe('who made a request', () => {
  for (const [what, [headers, kind]] of Object.entries(said))
    it(`is known of ${what}: ${kind}`, () => expect(senderOf(headers, trusted).kind).toBe(kind));

  it('is said with the whole origin, bounded, and never with more of an address', () => {
    const long = `https://${'a'.repeat(60)}.${'b'.repeat(60)}.evil.example`;
    for (const headers of [{ origin: long }, { referer: `${long}/secret?token=1` }]) {
      const sentence = cameFrom(headers, senderOf(headers, trusted));
      expect(sentence).toBe(`The request came from a page of ${long}.`);
    }
    const hostile = { site: 'x'.repeat(5000), origin: `\u202e${'y'.repeat(5000)}` };
    const sentence = cameFrom(hostile, senderOf(hostile, trusted));
    expect(sentence.length).toBeLessThan(450);
    // oxlint-disable-next-line no-control-regex -- nothing that is not printable may be there
    expect(sentence).toMatch(/^[\x20-\x7e]*$/);
    expect(cameFrom({ site: 'cross-site', origin: 'null' }, { kind: 'foreign', origin: 'null' })).toBe(
      'The request came from a page that hides its origin (Sec-Fetch-Site: cross-site).',
    );
  });
});

describe('a request that a foreign page made', () => {
  const foreign = Object.values(said).filter(([, kind]) => kind === 'foreign');
  const welcome = Object.values(said).filter(([, kind]) => kind !== 'foreign');

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])('by %s is refused, and no other is', (method) => {
    for (const [headers] of foreign)
      expect(crossSiteObjection({ method }, headers, trusted), JSON.stringify(headers)).toBeDefined();
    for (const [headers] of welcome)
      expect(crossSiteObjection({ method }, headers, trusted), JSON.stringify(headers)).toBeUndefined();
  });

  const site = fc.constantFrom('same-site', 'cross-site');

  it('by GET is refused where its route says that it does something', () => {
    const link = { site: 'cross-site', mode: 'navigate', destination: 'document' };
    expect(crossSiteObjection({ method: 'GET', acts: true }, link, trusted)).toBeDefined();
    expect(crossSiteObjection({ method: 'GET', acts: false }, link, trusted)).toBeUndefined();
  });

  it('by GET is refused where it opens a WebSocket', () => {
    for (const origin of [sibling, 'null', undefined]) {
      const socket = { site: 'same-site', mode: 'websocket', destination: 'empty', origin };
      expect(crossSiteObjection({ method: 'GET', acts: false }, socket, trusted)).toBeDefined();
    }
    const older = { upgrade: 'websocket', origin: sibling };
    expect(crossSiteObjection({ method: 'GET', acts: false }, older, trusted)).toBeDefined();
    expect(
      crossSiteObjection({ method: 'GET' }, { upgrade: 'websocket', origin: own }, trusted),
    ).toBeUndefined();
  });

  it('by GET, as a part of another page, is refused, whatever the part is', () => {
    const part = fc.record({
      site,
      mode: fc.constantFrom('no-cors', 'cors', 'same-origin', 'navigate'),
      destination: fc.constantFrom('image', 'script', 'style', 'iframe', 'frame', 'embed', 'object', 'empty'),
    });
    fc.assert(
      fc.property(part, (headers) => {
        expect(crossSiteObjection({ method: 'GET', acts: false }, headers, trusted)).toBeDefined();
      }),
    );
    expect(crossSiteObjection({ method: 'GET' }, { origin: sibling }, trusted)).toBeDefined();
  });

  it('by GET is let through as a link that only looks, from wherever', () => {
    fc.assert(
      fc.property(
        site,
        fc.constantFrom(undefined, `${sibling}/x`, 'https://mail.example/inbox'),
        (where, referer) => {
          const link = { site: where, mode: 'navigate', destination: 'document', referer };
          expect(crossSiteObjection({ method: 'GET', acts: false }, link, trusted)).toBeUndefined();
        },
      ),
    );
    expect(crossSiteObjection({ method: 'GET' }, { referer: `${sibling}/` }, trusted)).toBeUndefined();
  });

  it('by GET is refused where it is fetched before she goes there, and let through when she does', () => {
    const link = { site: 'same-site', mode: 'navigate', destination: 'document', referer: `${sibling}/` };
    for (const purpose of ['prefetch', 'prefetch;prerender', 'prefetch;anonymous-client-ip', ''])
      expect(crossSiteObjection({ method: 'GET' }, { ...link, purpose }, trusted)).toBeDefined();
    expect(crossSiteObjection({ method: 'GET' }, link, trusted)).toBeUndefined();
    for (const theirs of [
      { site: 'none', referer: undefined },
      { site: 'same-origin', referer: `${own}/` },
    ]) {
      const ahead = { ...link, ...theirs, purpose: 'prefetch' };
      expect(crossSiteObjection({ method: 'GET' }, ahead, trusted)).toBeUndefined();
    }
  });

  it('is refused with the field that could let it in', () => {
    expect(crossSiteObjection({ method: 'POST' }, { site: 'same-site', origin: sibling }, trusted)).toBe(
      'The request came from a page of https://evil.apps.example.com (Sec-Fetch-Site: same-site). spec.allowedOrigins of the application lists origins whose pages may send it.',
    );
  });
});

describe('a list of origins', () => {
  it('means the same with a slash at the end, in capitals, and with the usual port', () => {
    const written = ['https://reports.apps.example.com/', 'HTTPS://Reports.Apps.Example.COM:443', reports];
    expect(originsIn(written)).toEqual([reports, reports, reports]);
    expect(originsIn(['null', '*', 'reports', 'data:text/html,x', ''])).toEqual([]);
  });
});
