import { describe, expect, it } from 'vitest';
import { createLog } from '../../../../../process/logging.ts';
import { createGatewayDecider } from '../../../../../webhook/gateway/decisions/gateway-decider.ts';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { adasObjects, adasProof, memoryKeys } from '../../../../kit/objects/memory-gateway.ts';
import { watched } from '../../../../kit/objects/release.ts';

/** The decider of a process, Ada’s request to it, and the figures by name. */
function aGatewayDecider(keys = memoryKeys) {
  const objects = adasObjects();
  const lines: string[] = [];
  const log = createLog('test', { write: (line: string) => lines.push(line) });
  const made = createGatewayDecider({
    watched: watched(),
    client: objects.client,
    keys,
    now: () => noon,
    log,
  });
  const ask = () =>
    made.decider.decide({
      entryPoint: 'session',
      grant: { namespace: 'ecase', name: 'case-4711' },
      origin: { peer: '127.0.0.1', forwardedFor: [] },
      session: adasProof,
    });
  const figures = () => Object.fromEntries(made.decisionMetrics().map(({ name, value }) => [name, value]));
  return { objects, ask, figures, lines };
}

describe('the decider of a gateway', () => {
  it('counts what it allowed, and the requests to the API server that this took', async () => {
    const { objects, ask, figures } = aGatewayDecider();
    expect((await ask()).decision.allow).toBe(true);
    expect(figures()).toEqual({
      decisions_allowed_total: 1,
      decisions_denied_total: 0,
      decisions_unread_total: 0,
      decision_gets_total: objects.gets.length,
    });
  });

  it('refuses a session that a gateway with other keys sealed, and counts that', async () => {
    const { ask, figures } = aGatewayDecider(keysFrom(Buffer.alloc(32, 8)));
    expect((await ask()).decision.allow).toBe(false);
    expect(figures()).toMatchObject({ decisions_allowed_total: 0, decisions_denied_total: 1 });
  });

  it('counts and logs what it refused because the state could not be read', async () => {
    const { objects, ask, figures, lines } = aGatewayDecider();
    objects.answer('SupportAccessPolicy', 'default', () => Promise.reject(new Error('reset')));
    expect((await ask()).decision).toMatchObject({ allow: false, reason: 'StateUnavailable' });
    expect(figures()).toMatchObject({ decisions_denied_total: 1, decisions_unread_total: 1 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('the state could not be read');
  });
});
