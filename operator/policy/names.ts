/**
 * The names that the policies of the API server need and only the SupportAccessPolicy has: which role names are reserved, and
 * who may be asked to open. They stand in a ConfigMap, since a policy on core kinds must not depend on one of our kinds. Both
 * are texts that CEL can use as they are.
 */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { foldRoleName } from '../../crds/names.ts';

type Administrator = NonNullable<SupportAccessPolicy['spec']['administrators']>[number];

/** The API server cuts long warnings, and a person asks one of them. */
const mostNamed = 5;
const longestDetail = 64;

/** The data of the ConfigMap; both are empty where there is no policy, so that nothing of an older one stays. */
export function namesForPolicies(policy: SupportAccessPolicy | undefined): {
  reservedRoles: string;
  administrators: string;
} {
  const { rights, administrators } = policy?.spec ?? {};
  const reserved = (rights?.reservedRoleNames ?? []).map(foldRoleName);
  return {
    reservedRoles: [...new Set(reserved)].toSorted().join(' '),
    administrators: inWords(administrators ?? []),
  };
}

function inWords(administrators: readonly Administrator[]): string {
  const named = administrators.slice(0, mostNamed).map(administratorInWords);
  const more = administrators.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

function administratorInWords({ name, email, user, group }: Administrator): string {
  const details = [email, user && `user ${user}`, group && `group ${group}`].flatMap((detail) =>
    detail === undefined ? [] : shown(detail),
  );
  return details.length === 0 ? shown(name) : `${shown(name)} (${details.join(', ')})`;
}

/** On one line, since a header carries it. */
function shown(text: string): string {
  const plain = text.replaceAll(/\p{C}+/gu, ' ');
  return plain.length > longestDetail ? `${plain.slice(0, longestDetail)}…` : plain;
}
