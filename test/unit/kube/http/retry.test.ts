import { describe, expect, it } from 'vitest';
import { ServerUnreachable } from '../../../../kube/errors.ts';
import { type Attempt, retryAfterMs, retryIn as retryInWith } from '../../../../kube/http/retry.ts';

const remainingMs = 30_000;

function retryIn(attempt: Omit<Attempt, 'random'>, random = 0): number | undefined {
  return retryInWith({ ...attempt, random });
}

const reset = new ServerUnreachable('GET /', 'ECONNRESET');
const refused = new ServerUnreachable('GET /', 'ECONNREFUSED');

describe('a request is repeated', () => {
  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'POST'])(
    'after 429 with Retry-After: %s, nothing was done',
    (method) => {
      const outcome = { status: 429, retryAfter: '2' };
      expect(retryIn({ method, sent: 1, remainingMs, outcome })).toBe(2000);
    },
  );

  it.each([
    ['GET', 1000],
    ['PUT', 1000],
    ['PATCH', 1000],
    ['DELETE', 1000],
    ['POST', undefined],
  ])('after 503 with Retry-After only where it changes nothing: %s', (method, wait) => {
    const outcome = { status: 503, retryAfter: '1' };
    expect(retryIn({ method, sent: 1, remainingMs, outcome })).toBe(wait);
  });

  it('never where the first may have come through and would make the second a conflict', () => {
    const conditional = { method: 'PATCH', isConditional: true, sent: 1, remainingMs };
    expect(retryIn({ ...conditional, outcome: reset })).toBeUndefined();
    expect(retryIn({ ...conditional, outcome: { status: 503, retryAfter: '1' } })).toBeUndefined();
    expect(retryIn({ ...conditional, outcome: { status: 429, retryAfter: '1' } })).toBe(1000);
  });

  it('somewhat later than asked, so that not all come back at once', () => {
    const outcome = { status: 429, retryAfter: '2' };
    expect(retryIn({ method: 'GET', sent: 1, remainingMs, outcome }, 0.5)).toBe(2250);
  });

  it('once after a connection that the server had closed, never a POST', () => {
    expect(retryIn({ method: 'GET', sent: 1, remainingMs, outcome: reset })).toBe(0);
    expect(retryIn({ method: 'GET', sent: 2, remainingMs, outcome: reset })).toBeUndefined();
    expect(retryIn({ method: 'POST', sent: 1, remainingMs, outcome: reset })).toBeUndefined();
  });
});

describe('an outcome stands', () => {
  it.each([200, 404, 409, 500, 504])('with status %i', (status) => {
    expect(
      retryIn({ method: 'GET', sent: 1, remainingMs, outcome: { status, retryAfter: '1' } }),
    ).toBeUndefined();
  });

  it('when nobody is there: the caller decides how long it hopes', () => {
    expect(retryIn({ method: 'GET', sent: 1, remainingMs, outcome: refused })).toBeUndefined();
  });

  it.each([
    [2001, 2000],
    [2000, undefined],
    [1999, undefined],
  ])('when the wait does not fit into what is left of the deadline (%i ms)', (left, wait) => {
    const outcome = { status: 429, retryAfter: '2' };
    expect(retryIn({ method: 'GET', sent: 1, remainingMs: left, outcome })).toBe(wait);
  });

  it('after ten tries, and when the server invited nobody back', () => {
    const outcome = { status: 429, retryAfter: '0' };
    expect(retryIn({ method: 'GET', sent: 9, remainingMs, outcome })).toBe(0);
    expect(retryIn({ method: 'GET', sent: 10, remainingMs, outcome })).toBeUndefined();
    expect(retryIn({ method: 'GET', sent: 1, remainingMs, outcome: { status: 429 } })).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['17', 17_000],
    [undefined, undefined],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['9999999', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('%s is %s', (header, ms) => {
    expect(retryAfterMs(header)).toBe(ms);
  });
});
