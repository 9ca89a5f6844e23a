/**
 * Does a bearer even claim to be for us? Reads what a JWT says of itself (RFC 7519) and believes none of it: a yes only
 * means that it is worth asking the API server.
 */

const part = /^[\w-]+$/;

/** Whether the token is a JWT in compact form whose payload names the audience. */
export function namesAudience(token: string, audience: string): boolean {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every((each) => part.test(each))) return false;
  const claimed = audienceIn(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
  return Array.isArray(claimed) ? claimed.includes(audience) : claimed === audience;
}

function audienceIn(payload: string): unknown {
  try {
    return (JSON.parse(payload) as { readonly aud?: unknown } | null)?.aud;
  } catch {
    return undefined;
  }
}
