/** What passes between a person and an application, each entry written out: one that is missing or added is noticed. */
import { describe, expect, it } from 'vitest';
import {
  applicationPolicy,
  policyInForce,
} from '../../../../../../webhook/gateway/handlers/application/policy.ts';
import { requestHeaders } from '../../../../../../webhook/gateway/proxy/request.ts';
import { responseHeaders } from '../../../../../../webhook/gateway/proxy/response.ts';
import { besideCookiePrefix } from '../../../../../../webhook/gateway/sessions/session-cookie.ts';
import { anApplication } from '../../../../../kit/objects/application.ts';
import { withSpec } from '../../../../../kit/objects/object.ts';
import {
  requestPassed,
  requestPassedUnmasked,
  responsePassed,
  responsePassedUnmasked,
} from './passed-headers.ts';

/** What the application sees besides: our own words, never the client's. */
const requestOwn = {
  host: 'ecase.example.com:8443',
  'accept-encoding': 'identity',
  'audit-id': 'record-1',
  'x-forwarded-for': '192.0.2.7',
  'x-forwarded-host': 'ecase.example.com:8443',
  'x-forwarded-proto': 'https',
};
const responseOwn = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};
/** Headers that carry identity, credentials, hops or state, and that no list may take in. */
const dangerous = [
  'authorization',
  'proxy-authorization',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method-override',
  'x-remote-user',
  'x-support-assertion',
  'service-worker',
  'clear-site-data',
  'service-worker-allowed',
  'access-control-allow-origin',
  'destination',
  'x-api-key',
  'strict-transport-security',
  'server',
  'set-cookie2',
  'x-powered-by',
  'www-authenticate',
];
const unmasked = { ...applicationPolicy, masker: undefined };
const everyHeader = (value: string): Record<string, string> =>
  Object.fromEntries(
    [
      ...dangerous,
      ...requestPassed,
      ...requestPassedUnmasked,
      ...responsePassed,
      ...responsePassedUnmasked,
      ...Object.keys(responseOwn),
    ].map((name) => [name, value]),
  );

const headersUpstream = (policy: typeof applicationPolicy, headers: Record<string, string>) =>
  requestHeaders({
    policy,
    exchange: { request: { headers } },
    authority: 'ecase.example.com:8443',
    recordId: 'record-1',
    source: { address: undefined, ip: '192.0.2.7' },
    session: 'handle-1',
    supportHeaders: {},
  });

const headersBack = (
  policy: typeof applicationPolicy,
  headers: Parameters<typeof responseHeaders>[1],
): ReturnType<typeof responseHeaders> =>
  responseHeaders(
    {
      policy,
      authority: 'ecase.example.com:8443',
      upstreamOrigins: ['https://app.internal'],
      session: 'handle-1',
      exchange: { request: { url: '/jobs' } },
    },
    headers,
  );

const asSent = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'sent']));

describe('the lists of the policy for applications', () => {
  it('are these, and hold nothing else', () => {
    const { requestHeaders: up, responseHeaders: back } = applicationPolicy;
    expect(up.passed.toSorted()).toEqual(requestPassed);
    expect(up.passedUnmasked.toSorted()).toEqual(requestPassedUnmasked);
    expect(back.passed.toSorted()).toEqual(responsePassed);
    expect(back.passedUnmasked.toSorted()).toEqual(responsePassedUnmasked);
    expect(applicationPolicy.ownResponseHeaders).toEqual(responseOwn);
  });

  it('come with these limits', () => {
    const { cookies, upgrades, informational, bodyLimit, headTimeoutMs, masker } = applicationPolicy;
    expect({ cookies, upgrades, informational, bodyLimit, headTimeoutMs }).toEqual({
      cookies: true,
      upgrades: false,
      informational: false,
      bodyLimit: 10 * 1024 * 1024,
      headTimeoutMs: 60_000,
    });
    expect(masker?.text('ada@x.com').value).toBe('[e-mail-hidden]');
  });
});

describe('an application that another one lists', () => {
  it('says its origin to other origins, and never a path', () => {
    const { ownResponseHeaders } = applicationPolicy;
    const told = policyInForce(applicationPolicy, { world: {} }, { isListed: true });
    expect(told).toEqual({
      ok: true,
      policy: {
        ...applicationPolicy,
        ownResponseHeaders: { ...ownResponseHeaders, 'referrer-policy': 'strict-origin-when-cross-origin' },
      },
    });
  });
});

describe('an application sees', () => {
  it('these headers of the client where its responses are masked', () => {
    const seen = headersUpstream(applicationPolicy, everyHeader('sent'));
    expect(seen).toEqual({ ...asSent(requestPassed), ...requestOwn });
  });

  it('parts and versions too where they are not', () => {
    const seen = headersUpstream(unmasked, everyHeader('sent'));
    expect(seen).toEqual({ ...asSent([...requestPassed, ...requestPassedUnmasked]), ...requestOwn });
  });

  it('a body of unknown length in chunks, whatever the client called them', () => {
    const seen = headersUpstream(applicationPolicy, { 'transfer-encoding': 'gzip, chunked' });
    expect(seen).toEqual({ 'transfer-encoding': 'chunked', ...requestOwn });
  });

  it.each([
    ['theirs=1; other=2', 'theirs=1; other=2'],
    ['__Host-support-access=x', undefined],
    ['theirs=1;  __HOST-Support-Access-enter=x ;other=2;', 'theirs=1; other=2'],
    [' ', undefined],
    ['my__Host-support-access=1', 'my__Host-support-access=1'],
  ])('of the cookies %j: %j', (cookie, expected) => {
    expect(headersUpstream(applicationPolicy, { cookie })['cookie']).toBe(expected);
    expect(headersUpstream({ ...applicationPolicy, cookies: false }, { cookie })['cookie']).toBeUndefined();
  });
});

describe('a client sees', () => {
  it('these headers of the application where they are masked', () => {
    const { headers, counts } = headersBack(applicationPolicy, everyHeader('to ada@x.com'));
    const masked = Object.fromEntries(responsePassed.map((name) => [name, 'to [e-mail-hidden]']));
    expect(headers).toEqual({ ...masked, ...responseOwn });
    expect(counts).toEqual({ EmailAddress: responsePassed.length });
  });

  it('sizes, tags and parts too where they are not', () => {
    const { headers, counts } = headersBack(unmasked, everyHeader('sent'));
    expect(headers).toEqual({ ...asSent([...responsePassed, ...responsePassedUnmasked]), ...responseOwn });
    expect(counts).toEqual({});
  });

  it.each([
    ['https://ecase.example.com:8443/a?b#c', '/a?b#c'],
    ['http://ecase.example.com:8443/a', '/a'],
    ['https://app.internal/a', '/a'],
    ['https://app.internal//evil.example/', '/evil.example/'],
    ['https://app.internal', '/'],
    ['https://ecase.example.com/a', 'https://ecase.example.com/a'],
    ['https://app.internal.evil/a', 'https://app.internal.evil/a'],
    ['/a?mail=ada%40x.com', '/a?mail=[e-mail-hidden]'],
    ['a', 'a'],
  ])('of the redirect %s: %s', (location, expected) => {
    expect(headersBack(applicationPolicy, { location }).headers['location']).toBe(expected);
  });

  it.each([
    ['a=1; Domain=example.com; Path=/', 'a=1; Path=/'],
    ['a=1; path=/;  DOMAIN = .example.com', 'a=1; path=/'],
    ['a=1;domain=x;Domain=y', 'a=1'],
    ['subdomain=1; Path=/', 'subdomain=1; Path=/'],
    ['__Host-=support-access', '__Host-=support-access'],
    ['a=1; my-domain=x', 'a=1; my-domain=x'],
    ['mail=ada@x.com', 'mail=[e-mail-hidden]'],
    ['__Host-support-access=1', undefined],
    ['  __host-SUPPORT-access-enter=1; Secure', undefined],
    ['=__Host-support-access=nameless', undefined],
    [' = = __Host-support-access=nameless', undefined],
  ])('of the cookie %j: %j', (cookie, expected) => {
    const set = { 'set-cookie': [cookie] };
    const kept = expected === undefined ? undefined : [expected];
    const sent = [headersBack(applicationPolicy, set).headers['set-cookie'] ?? []].flat().map(String);
    // Beside each goes one of ours, which says whose it is.
    expect(sent.filter((one) => !one.startsWith(besideCookiePrefix))).toEqual(kept ?? []);
    expect(sent).toHaveLength(2 * (kept ?? []).length);
    const none = headersBack({ ...applicationPolicy, cookies: false }, set).headers;
    expect(none['set-cookie']).toBeUndefined();
  });
});

describe('the largest body', () => {
  it.each([1, 25])('is what the application says: %i MiB', (maxAttachmentSizeMB) => {
    const application = anApplication(withSpec({ maxAttachmentSizeMB }));
    const inForce = policyInForce(applicationPolicy, { world: { application } });
    expect(inForce.ok && inForce.policy.bodyLimit).toBe(maxAttachmentSizeMB * 1024 * 1024);
  });

  it('is the policy’s where the application says nothing', () => {
    expect(policyInForce(applicationPolicy, { world: {} })).toEqual({ ok: true, policy: applicationPolicy });
  });
});
