/** What a grant opens, in words, before it is given. Pure. */
import { parseTime } from '../../crds/rules/time/time.ts';
import { dataWords } from '../access/seen-data.ts';
import { whereRead } from '../cluster/find.ts';
import { shownTime } from '../times/show.ts';
import type { GrantPlace, GrantSpec, LockOverGrant, NamedByGrant } from './grant-world.ts';

/** One sentence a line: who may see what of whose data, whether it is masked, from where, and until when. */
export function openingWords(
  spec: GrantSpec,
  { world, place, zone }: { readonly world: NamedByGrant; readonly place: GrantPlace; readonly zone: string },
): string[] {
  return [
    `This gives access to ${peopleIn(world)}.`,
    ...dataWords(spec, world, place.namespace),
    fromWhere(spec, world),
    `Access ${windowWords(spec, zone)}.`,
    ...stillClosed(world),
  ];
}

function peopleIn({ people }: NamedByGrant): string {
  return people
    .map(({ name, user, near }) => {
      const meant = near === undefined ? '' : `; did you mean ${near}?`;
      if (user === 'absent') return `${name} (no such SupportUser yet; access waits until there is${meant})`;
      if (user === 'unreadable') return `${name} (you may not read who that is)`;
      const off = user.spec.access === 'Disabled' ? ', deactivated' : '';
      return `${user.spec.displayName} (${name}${off})`;
    })
    .join(', ');
}

function fromWhere({ allowedCIDRs = [] }: GrantSpec, { policy }: NamedByGrant): string {
  const general = whereRead(policy)?.spec.allowedCIDRs ?? [];
  if (allowedCIDRs.length === 0 && general.length === 0) return fromUnlisted(policy);
  if (allowedCIDRs.length === 0) return `From the policy's addresses only: ${general.join(', ')}.`;
  const both = general.length === 0 ? '' : `, as far as the policy's list allows them: ${general.join(', ')}`;
  return `From these addresses only: ${allowedCIDRs.join(', ')}${both}.`;
}

/** Where no list of addresses was read. */
function fromUnlisted(policy: NamedByGrant['policy']): string {
  if (policy === 'unreadable')
    return 'The grant lists no addresses, and you may not read those of the policy: take it that support may come from any address.';
  return whereRead(policy)?.spec.requireAllowedCIDRs === 'Disabled'
    ? 'From any address: neither the grant nor the policy lists addresses.'
    : 'Neither the grant nor the policy lists addresses, and the policy wants a list: no one gets in.';
}

/** "begins at once and ends ...". */
export function windowWords({ startTime, expirationTime }: GrantSpec, zone: string): string {
  const from = parseTime(startTime);
  const start = from === undefined ? 'begins at once' : `begins ${shownTime(from, zone)}`;
  return `${start} and ends ${endWords(expirationTime, zone)}`;
}

export function endWords(expirationTime: string, zone: string): string {
  const until = parseTime(expirationTime);
  return until === undefined ? `at ${expirationTime}, which cannot be read` : shownTime(until, zone);
}

/** What keeps it closed although it is given. */
function stillClosed({ policy, locks }: NamedByGrant): string[] {
  const off =
    policy === 'absent' || whereRead(policy)?.spec.access === 'Disabled'
      ? ['The policy switches support access off, so it opens only when the policy is enabled.']
      : [];
  const standing = locks.filter(({ state }) => state === 'stands').map(lockWords);
  const hidden = locks.some(({ state }) => state === 'unreadable')
    ? ['You may not read locks, so it is not known whether one keeps it closed.']
    : [];
  return [...off, ...standing, ...hidden];
}

function lockWords({ name, person }: LockOverGrant): string {
  return person === undefined
    ? `The lock ${name} stands, so it opens only when that is lifted.`
    : `The lock ${name} stands, so ${person} gets in only when that is lifted ("kubectl support-access unlock person ${person}").`;
}
