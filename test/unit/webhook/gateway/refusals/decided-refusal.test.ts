import { describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../../../crds/generated/support-access-policy.ts';
import { type Origin, sourceOf } from '../../../../../webhook/gateway/listener/source-address.ts';
import { withoutSession } from '../../../../../webhook/gateway/refusals/decided-refusal.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { anExchange } from '../../../../kit/objects/exchange.ts';

type Network = SupportAccessPolicy['spec']['network'];

const forged = { cookie: 'a=1; __Host-support-access=v1.forged' };
const behindProxy: Network = { exposure: 'BehindProxy', trustedHops: ['10.0.0.0/8'] };

/** What is recorded of a request without a session. */
function recordOf(origin: Origin, network?: Network, headers: Record<string, string> = forged) {
  const exchange = { ...anExchange({ url: '/jobs', host: 'ecase.apps.example.com', headers }), origin };
  const deps = { sourceOf: (from: Origin) => sourceOf(network, from), now: () => noon };
  return withoutSession(deps, exchange, { area: 'application' }).record?.(401);
}

describe('a cookie that was made up', () => {
  it('is recorded with the client behind a trusted proxy, not with the proxy', () => {
    const record = recordOf({ peer: '10.0.0.9', forwardedFor: ['203.0.113.99'] }, behindProxy);
    expect(record?.source).toEqual({ ip: '203.0.113.99', peer: '10.0.0.9', claimed: '203.0.113.99' });
  });

  it('is recorded with the peer where no proxy is trusted, whatever the client claims', () => {
    const record = recordOf({ peer: '198.51.100.4', forwardedFor: ['203.0.113.99'] });
    expect(record?.source).toEqual({ ip: '198.51.100.4', claimed: '203.0.113.99' });
  });

  it('is recorded with an IPv4-mapped peer spelled as in every other record', () => {
    expect(recordOf({ peer: '::ffff:198.51.100.4', forwardedFor: [] })?.source).toEqual({
      ip: '198.51.100.4',
    });
  });

  it('is recorded as a refused request of nobody known', () => {
    expect(recordOf({ peer: '198.51.100.4', forwardedFor: [] })).toMatchObject({
      type: 'app.request',
      actor: { kind: 'anonymous' },
      target: { area: 'application', host: 'ecase.apps.example.com' },
      decision: { effect: 'deny', reason: 'NoSession' },
      outcome: { status: 401 },
    });
  });
});

describe('a request without a session', () => {
  it.each([
    ['without any cookie', {}],
    ['on its way in, with the cookie that it set out with', { cookie: '__Host-support-access-enter=n.Lw' }],
  ])('leaves no record %s, since nothing was claimed', (_, headers) => {
    expect(recordOf({ peer: '198.51.100.4', forwardedFor: [] }, undefined, headers)).toBeUndefined();
  });

  it('is recorded with credentials of another kind, without them', () => {
    const record = recordOf({ peer: '198.51.100.4', forwardedFor: [] }, undefined, {
      authorization: 'Basic YTpi',
    });
    expect(record).toMatchObject({ decision: { reason: 'NoSession' } });
    expect(JSON.stringify(record)).not.toContain('YTpi');
  });
});
