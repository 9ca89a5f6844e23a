/** Whom the caller asks to be taken for, as headers of each request. */

/** Who is asked to be taken for the caller; the API server asks whether the caller may. */
export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[] | undefined;
  readonly uid?: string | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** The headers by which the API server is asked. */
export function headersOf({
  user,
  groups = [],
  uid,
  extra = {},
}: Impersonation): Record<string, string | string[]> {
  const more = Object.entries(extra).map(([key, values]) => [
    `impersonate-extra-${escapedKey(key)}`,
    [...values],
  ]);
  return {
    'impersonate-user': user,
    ...(groups.length > 0 ? { 'impersonate-group': [...groups] } : {}),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
    ...(Object.fromEntries(more) as Record<string, string[]>),
  };
}

/** A key may be any text; what may not stand in the name of a header is escaped as the API server unescapes it. */
function escapedKey(key: string): string {
  return [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      return /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(sign)
        ? sign
        : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
    })
    .join('');
}
