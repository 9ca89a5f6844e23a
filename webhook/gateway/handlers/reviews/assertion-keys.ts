/** By which keys can an application verify what the gateway asserts? They are public, so that no one is asked for a token. */
import type { Exchange } from '../../listener/request-gate.ts';
import { json, send } from '../../pages/responses.ts';
import type { AssertionKeys } from '../../sessions/assertion-keys.ts';

/** What the keys are made of, and which of them are in use. */
export interface AssertionKeysDeps {
  readonly assertionKeys: AssertionKeys;
  readonly now: () => number;
}

/** Libraries keep the keys so long, seconds: well below the day for which the next one is shown before. */
const keptSeconds = 300;

/** GET /v1/jwks: a list of keys as RFC 7517 has it, so that every JWT library can be given this address alone. */
export function jwks({ assertionKeys, now }: AssertionKeysDeps, { response }: Exchange): Promise<void> {
  const keys = assertionKeys.publicAround(now());
  send(response, {
    status: 200,
    headers: { 'Cache-Control': `public, max-age=${keptSeconds}` },
    body: json({ keys }),
  });
  // The table of routes has functions that wait for something.
  return Promise.resolve();
}
