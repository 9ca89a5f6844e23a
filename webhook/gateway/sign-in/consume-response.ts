/** Was this SAML response used before? Both the request it responds to and its assertion count once only. */
import type { SamlReason } from '../../../saml/reasons.ts';
import { invalid, type SamlResult, unreadable, valid } from '../../../saml/result.ts';
import type { Consume, Use } from '../single-use/single-use.ts';

export interface UsedResponse {
  readonly requestId: string;
  readonly issuer: string;
  readonly assertionId: string;
  /** Until when the same response could pass again, epoch milliseconds. */
  readonly until: number;
}

/** Notes the use; refuses when it was noted before, and when it is not known whether it was. */
export async function consumeResponse(
  consume: Consume,
  { requestId, issuer, assertionId, until }: UsedResponse,
): Promise<SamlResult<undefined>> {
  const request: Use = { kind: 'saml-request', id: [requestId], until };
  const first = await once(consume, request, 'saml.request_replayed');
  if (!first.ok) return first;

  const assertion: Use = { kind: 'saml-assertion', id: [issuer, assertionId], until };
  return once(consume, assertion, 'saml.assertion_replayed');
}

async function once(consume: Consume, use: Use, replayed: SamlReason): Promise<SamlResult<undefined>> {
  try {
    return (await consume(use)) === 'first' ? valid(undefined) : invalid(replayed);
  } catch (error) {
    return unreadable('saml.single_use_unknown', error);
  }
}
