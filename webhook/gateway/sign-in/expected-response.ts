/** What is a SAML response validated against? The policy as it is now, and the AuthnRequest of this browser. */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { problemLine } from '../../../crds/rules/problem.ts';
import { acsUrlOf, entityIdOf } from '../../../crds/rules/request/gateway-urls.ts';
import type { ValidationContext } from '../../../saml/response/validation-context.ts';
import { invalid, type SamlResult, unreadable, valid } from '../../../saml/result.ts';
import type { SsoSettings } from '../../../saml/trust/provider.ts';
import { readTrust, type Trust } from '../../../saml/trust/trust.ts';
import type { AuthnRequestState } from './authn-request-state.ts';

export interface Expected {
  readonly trust: Trust;
  readonly context: ValidationContext;
}

/** What the response is validated against: the policy as it is now, and the AuthnRequest of this browser. */
export async function readExpected(
  readPolicy: () => Promise<SupportAccessPolicy | undefined>,
  state: AuthnRequestState,
  clock: () => number,
): Promise<SamlResult<Expected>> {
  const read = await orUnknown(readPolicy);
  if (!read.ok) return read;

  const policy = read.value;
  if (policy === undefined) return invalid('saml.state_unknown', 'there is no policy');

  const now = clock();
  const trust = trustOf(policy.spec.sso, now);
  if (!trust.ok) return trust;

  const {
    entityID: issuer,
    skewMs,
    forceAuthn,
    demandsBoth,
    nameIDFormat,
    authnContexts,
    attributes,
  } = trust.value;
  const context = {
    issuer,
    audience: entityIdOf(policy.spec.gateway),
    acsUrl: acsUrlOf(policy.spec.gateway),
    requestId: state.requestId,
    requestedAt: state.at,
    now,
    skewMs,
    forceAuthn,
    demandsBoth,
    nameIDFormat,
    authnContexts,
    attributes,
  };
  return valid({ trust: trust.value, context });
}

/** The provider whom the settings trust, or the field, the rule and the way out of each problem. */
export function trustOf(sso: SsoSettings | undefined, now: number): SamlResult<Trust> {
  const trust = readTrust(sso, now);
  return trust.ok
    ? trust
    : invalid('saml.trust_missing', trust.problems.map(problemLine).join('; ').slice(0, 1024));
}

/** What cannot be read lets no one in: an API server that is away is a refusal like any other. */
export async function orUnknown<T>(read: () => Promise<T>): Promise<SamlResult<T>> {
  try {
    return valid(await read());
  } catch (error) {
    return unreadable('saml.state_unknown', error);
  }
}
