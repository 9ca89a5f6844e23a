/** What the things of an installation are called: what the chart installs, what is made for a grant, and roles as compared. */
import { hash } from 'node:crypto';

/**
 * The name of an object made for others, from their UIDs: `sa-` and 20 hex digits. Hashing UIDs, not names, keeps
 * `a-b`/`c` and `a`/`b-c` apart and a re-created namesake away from what its predecessor had (T-O13).
 * Throws when a part is empty or has a `/`, since two different lists could then give one name.
 */
export function childName(prefix: string, ...parts: readonly string[]): string {
  if (parts.length === 0 || parts.some((part) => part === '' || part.includes('/')))
    throw new TypeError('the parts of a child name must be neither empty nor contain "/"');

  return `${prefix}-${hash('sha256', parts.join('/'), 'hex').slice(0, 20)}`;
}

/**
 * A role's name as it is compared with the reserved ones: lower-case letters and digits only, so that `Support Admin`,
 * `support:admin` and `SUPPORT-ADMIN` are one (requirement EC-12). Compatibility forms and accents are folded too.
 */
export function foldRoleName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}
