/**
 * Has this browser a session already, when the identity provider's page posts a response? The session's own cookie stays away
 * then, as from every post of another site; this one comes along. It opens nothing: by it the earlier session is ended when a
 * new one begins, and a response that comes a second time leads into the session that the first one began.
 */
import { cookieNamed, cookieValues } from '../listener/request-cookies.ts';
import type { GatewayKeys } from './keys.ts';
import { openWithAny, sealText } from './sealed-text.ts';
import type { SessionProof } from './session-cookie.ts';

/** On the support host alone. */
export const signedInMarkName = '__Host-support-access-signed-in';
const attributes = 'Path=/; Secure; HttpOnly; SameSite=None';

/** The Set-Cookie value beside that of the session; it ends with the browser. */
export function signedInMark(keys: GatewayKeys, { session, grant, secret }: SessionProof): string {
  const text = JSON.stringify([session.namespace, session.name, grant, secret]);
  return `${signedInMarkName}=${sealText(keys.keyFor('session-cookie'), signedInMarkName, text)}; ${attributes}`;
}

/** The Set-Cookie values that remove it from a browser that has it. */
export function clearedSignedInMark(header: string | undefined): readonly string[] {
  return cookieValues(header, signedInMarkName).length === 0
    ? []
    : [`${signedInMarkName}=; Max-Age=0; ${attributes}`];
}

/** The session of which it tells, which may be over; undefined when there is none that we sealed. */
export function readSignedInMark(keys: GatewayKeys, header: string | undefined): SessionProof | undefined {
  const sealed = cookieNamed(header, signedInMarkName);
  const plain = sealed && openWithAny(keys.keysFor('session-cookie'), signedInMarkName, sealed);
  const value: unknown = plain ? JSON.parse(plain) : undefined;
  if (!Array.isArray(value) || value.length !== 4) return undefined;

  const [namespace = '', session = '', grant = '', secret = ''] = value.map(String);
  return { session: { namespace, name: session }, grant, secret };
}
