import { describe, expect, it } from 'vitest';
import { createLog } from '../../../../../process/logging.ts';
import { createGatewayDecider } from '../../../../../webhook/gateway/decisions/gateway-decider.ts';
import { keysFrom } from '../../../../../webhook/gateway/sessions/keys.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { adasObjects, adasProof, memoryKeys } from '../../../../kit/objects/memory-gateway.ts';
import { watched } from '../../../../kit/objects/release.ts';

/** The decider of a process, Ada’s request to it, and what it told. */
function aGatewayDecider(keys = memoryKeys) {
  const objects = adasObjects();
  const lines: string[] = [];
  const told = { reasons: [] as (string | undefined)[], gets: 0 };
  const decider = createGatewayDecider({
    watched: watched(),
    told: { fromNow: () => () => [] },
    client: objects.client,
    keys,
    now: () => noon,
    log: createLog('test', { write: (line: string) => lines.push(line) }),
    observer: {
      decided: (reason, ms) => {
        expect(ms).toBeGreaterThanOrEqual(0);
        told.reasons.push(reason);
      },
      get: () => {
        told.gets += 1;
      },
    },
  });
  const ask = () =>
    decider.decide({
      entryPoint: 'session',
      grant: { namespace: 'ecase', name: 'case-4711' },
      origin: { peer: '127.0.0.1', forwardedFor: [] },
      session: adasProof,
    });
  return { objects, ask, told, lines };
}

describe('the decider of a gateway', () => {
  it('tells what it allowed, and of each request to the API server that this took', async () => {
    const { objects, ask, told } = aGatewayDecider();
    expect((await ask()).decision.allow).toBe(true);
    expect(told).toEqual({ reasons: [undefined], gets: objects.gets.length });
    expect(told.gets).toBeGreaterThan(0);
  });

  it('refuses a session that a gateway with other keys sealed, and tells why', async () => {
    const { ask, told } = aGatewayDecider(keysFrom(Buffer.alloc(32, 8)));
    const { decision } = await ask();
    expect(decision.allow).toBe(false);
    expect(told.reasons).toEqual([decision.allow ? '' : decision.reason]);
  });

  it('tells and logs what it refused because the state could not be read', async () => {
    const { objects, ask, told, lines } = aGatewayDecider();
    objects.answer('SupportAccessPolicy', 'default', () => Promise.reject(new Error('reset')));
    expect((await ask()).decision).toMatchObject({ allow: false, reason: 'StateUnavailable' });
    expect(told.reasons).toEqual(['StateUnavailable']);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('the state could not be read');
  });
});
