/** Where our pages and redirects lead. Built from the policy as the watch saw it last; nothing here is ever dialled. */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { signInUrlOf } from '../../../crds/rules/request/gateway-urls.ts';
import type { NamespacedName } from '../../../kube/objects.ts';

/** The policy as it was seen last: for names and links, never for decisions. */
export type PolicySeen = () => SupportAccessPolicy | undefined;

/** The page of a signed-in person, on the support host. */
export const homePath = '/support-access/';

/** Where sessions pass from the support host to an application's host; the same path on both. */
export const enterPath = '/support-access/enter';

/** Where a browser without a session sets out, on the application's host; it comes back to `path`. */
export function enterUrl(path: string): string {
  return `${enterPath}?to=${encodeURIComponent(path)}`;
}

/** Where the people of a grant sign in; undefined while no policy says under which host. */
export function signInLink(
  policy: SupportAccessPolicy | undefined,
  grant: NamespacedName,
): string | undefined {
  return policy === undefined ? undefined : signInUrlOf(policy.spec.gateway, grant);
}

const ours = '/support-access';

/** Whether a path is one of the gateway's own, on whichever host. */
export function isOwnPath(path: string): boolean {
  return path === ours || path.startsWith(`${ours}/`);
}
