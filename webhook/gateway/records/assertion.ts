/**
 * What the gateway asserts to an application of one request (`X-Support-Assertion`): who asks, under which grant and
 * session, and as what it was judged. A JWT that is good for this application, for a minute, and for this request.
 */
import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { originOf } from '../../../crds/rules/request/gateway-urls.ts';
import { supportMarks } from '../../../crds/support-marks.ts';
import type { Decided } from '../decisions/decision.ts';
import type { Exchange } from '../listener/request-gate.ts';
import { type AssertionKeys, assertionAlgorithm } from '../sessions/assertion-keys.ts';

/** In lower case; a line of this name is never taken from outside. */
export const assertionHeader = 'x-support-assertion';
/** How long it is good for. */
const lifeSeconds = 60;

export interface Asserted {
  readonly exchange: Pick<Exchange, 'request' | 'host'>;
  readonly decided: Decided;
  /** The id of the request's record. */
  readonly recordId: string;
  /** What the application is asked for, where that is not the address as it came: with values put back. */
  readonly target?: string | undefined;
}

/** The assertion of one request, signed. Rejects where something that it must say is not known. */
export type Assert = (asserted: Asserted) => Promise<string>;

export function createAssert(keys: AssertionKeys, now: () => number): Assert {
  return (asserted) => {
    const { kid, key } = keys.signingAt(now());
    const issuedAt = Math.floor(now() / 1000);
    const { issuer, audience, subject, claims } = saidOf(asserted);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: assertionAlgorithm, typ: 'JWT', kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setJti(asserted.recordId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifeSeconds)
      .sign(key);
  };
}

/** Nothing is allowed without them. */
const unknown =
  'an assertion needs the policy, application, session, grant, person and route that were judged';

function saidOf({ exchange, decided, target }: Asserted) {
  const { policy, application, session, grant, user } = decided.world;
  const { route } = decided;
  if (!policy || !application || !session || !grant || !user || !route) throw new Error(unknown);
  const { namespace = '', name: applicationName } = application.metadata;
  const { module, subModule, action } = route;
  const { displayName, userId } = user.spec;
  return {
    issuer: originOf(policy.spec.gateway),
    audience: `${namespace}/${application.spec.serviceRef.name}`,
    subject: user.metadata.name,
    claims: {
      application: { namespace, name: applicationName },
      user: {
        name: user.metadata.name,
        uid: user.metadata.uid,
        userId,
        displayName,
        type: supportMarks.userType,
      },
      session: session.spec.handle,
      grant: { namespace: grant.metadata.namespace, name: grant.metadata.name, uid: grant.metadata.uid },
      module,
      ...(subModule === undefined ? {} : { subModule }),
      action,
      // Who owns what the request adds.
      owner: userId,
      request: requestHash(exchange, target),
    },
  };
}

/** SHA-256 over method, host and target as they are sent on, so that an assertion cannot be taken for that of another request. */
function requestHash(
  { request: { method, url }, host }: Asserted['exchange'],
  target: string | undefined,
): string {
  return createHash('sha256')
    .update(`${method}\n${host}\n${target ?? url}`)
    .digest('base64url');
}
