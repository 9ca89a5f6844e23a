import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import type { GatewayDeps } from '../../../../webhook/gateway/deps.ts';
import type { ApplicationDeps } from '../../../../webhook/gateway/handlers/application/handler.ts';
import type { Exchange } from '../../../../webhook/gateway/listener/exchange.ts';
import type { RefusalView } from '../../../../webhook/gateway/listener/responses.ts';
import { serve } from '../../../../webhook/gateway/routes.ts';

const host = 'support.example.com';
const source = { address: undefined, ip: '203.0.113.7' };

/** A support host whose strangers have asked too often. */
async function ask(method: string, url: string) {
  const records: NewRecord[] = [];
  const refusals: RefusalView[] = [];
  const gateway: Partial<GatewayDeps> = {
    mayAsk: (from) => from !== source,
    sourceOf: () => source,
    now: () => Date.parse('2026-12-01T12:00:00Z'),
    trail: { append: () => Promise.resolve([]), appendInBackground: (later) => records.push(...later) > 0 },
    sessions: { proofFrom: () => undefined } as never,
    refuse: (_exchange, view) => void refusals.push(view),
  };
  const exchange: Exchange = {
    request: { method, url, headers: {}, complete: true } as unknown as IncomingMessage,
    response: {} as ServerResponse,
    host,
    origin: { peer: '203.0.113.7', forwardedFor: [] },
  };
  const deps = {
    gateway: gateway as GatewayDeps,
    application: {} as ApplicationDeps,
    servedAt: () => ({ kind: 'support' }) as const,
  };
  await serve(deps, exchange);
  return { records, refusals };
}

describe('an address that asks too often', () => {
  it.each([
    ['GET', '/support-access/sign-in/ecase/case-4711'],
    ['POST', '/support-access/saml/acs'],
    ['GET', '/support-access/saml/metadata'],
  ])('is told to wait, and nothing is read for it: %s %s', async (method, url) => {
    const { records, refusals } = await ask(method, url);
    expect(refusals).toEqual([{ status: 429, reason: 'TooManyRequests', headers: { 'Retry-After': '60' } }]);
    expect(records).toMatchObject([
      { type: 'signin.failed', source: { ip: '203.0.113.7' }, decision: { reason: 'TooManyRequests' } },
    ]);
  });

  it('is not asked to wait where a session would be needed anyway', async () => {
    const { refusals } = await ask('GET', '/support-access/whoami');
    expect(refusals).toEqual([{ status: 401, reason: 'NoSession' }]);
  });
});
