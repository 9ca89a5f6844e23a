import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../crds/audit/record.ts';
import type { ApplicationDoorHands } from '../../../webhook/application-proxy/passage.ts';
import type { GatewayHands } from '../../../webhook/gateway/hands.ts';
import type { Exchange, RefusalView } from '../../../webhook/ports.ts';
import { serve } from '../../../webhook/server.ts';

const host = 'support.example.com';
const source = { address: undefined, ip: '203.0.113.7' };

/** A support host whose strangers have asked too often. */
async function ask(method: string, url: string) {
  const records: NewRecord[] = [];
  const refusals: RefusalView[] = [];
  const gateway: Partial<GatewayHands> = {
    mayAsk: (from) => from !== source,
    sourceOf: () => source,
    now: () => Date.parse('2026-12-01T12:00:00Z'),
    trail: { append: () => Promise.resolve([]), recordLater: (later) => records.push(...later) > 0 },
    sessions: { proofFrom: () => undefined } as never,
    refuse: (_exchange, view) => void refusals.push(view),
  };
  const exchange: Exchange = {
    request: { method, url, headers: {}, complete: true } as unknown as IncomingMessage,
    response: {} as ServerResponse,
    host,
    origin: { peer: '203.0.113.7', forwardedFor: [] },
  };
  const hands = {
    gateway: gateway as GatewayHands,
    application: {} as ApplicationDoorHands,
    servedAt: () => ({ kind: 'support' }) as const,
  };
  await serve(hands, exchange);
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
