/** What the checks and reasons of a decision are called for the customer, and what would lift each. Pure. */
import type { CheckName } from '../../crds/rules/access.ts';
import type { Objection } from '../../crds/rules/ask.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import { lockOnAll, lockOnGrant, lockOnNamespace, lockOnUser } from '../../crds/rules/locks.ts';
import { closesByStatus, type Reason, sentenceFor } from '../../crds/rules/reasons.ts';
import type { SeenWorld } from './world.ts';

/** What each check asks. */
export const checkTitles: Readonly<Record<CheckName, string>> = {
  wasOpened: 'The operator has opened this consent',
  noLockStands: 'No lock stands in the way',
  sessionIsAlive: 'The session would be alive',
  policyIsEnabled: 'The policy is enabled',
  grantIsEnabled: 'The grant is enabled',
  windowIsOpen: 'It is time, and no longer than the policy allows',
  userIsTheOne: 'The person is active, named, and the one consented to',
  installationIsTodays: 'Consent was given to this installation',
  consentStands: 'The consent stands',
  supportRoleFits: 'The person has a support role that is asked for',
  addressIsAllowed: 'The address is on the lists',
  applicationFits: 'The matrix fits the application',
  hostIsTheApplications: 'The host is that of the application',
  matrixIsPinned: 'The matrix is the one consented to',
  applicationIsPinned: 'The application is the one consented to',
  openingIsTodays: 'The operator has opened it as it is now, to this person',
  backendIsPinned: 'The Service is served, and the one consented to',
  routeIsKnown: 'A route says what the request means',
  requestIsPermitted: 'The matrix allows it',
  kubeRequestIsPermitted: 'The matrix allows the request to the Kubernetes API',
  writeIsPermitted: 'The matrix allows the write in this namespace',
  ownerIsTheWriter: 'What the person creates is marked as theirs',
};

/** What is so, in words for the customer: of what the operator alone can know, those of its condition. */
export function objectionText({ reason, detail }: Objection, { grant }: SeenWorld): string {
  const active = conditionOf(grant.status?.conditions, 'Active');
  const isOperators = closesByStatus(reason) && active?.reason === reason && active.status !== 'True';
  return isOperators ? active.message : (detail ?? sentenceFor(reason));
}

const plugin = 'kubectl support-access';

/** What would lift an objection, as far as something is known that would: mostly the command that does it. */
export function wayOut({ reason }: Objection, world: SeenWorld): string {
  if (reason === 'Locked') return unlocking(world).join('; ');
  const { name, namespace = '' } = world.grant.metadata;
  const way = waysOut[reason];
  return way === undefined ? '' : way(`${name} -n ${namespace}`);
}

const consentAgain = (grant: string): string =>
  `look at what changed, then consent again: ${plugin} grant enable ${grant} --consent-again`;

/** By reason; none where the objection's own words say it all. */
const waysOut: Partial<Record<Reason, (grant: string) => string>> = {
  NoGrant: () => `${plugin} grant create makes another one`,
  NotOpened: () =>
    `the operator opens it within seconds of what keeps it closed being over; where it does not: ${plugin} check`,
  Disabled: (grant) => `${plugin} grant enable ${grant}`,
  Expired: (grant) => `${plugin} grant extend ${grant} for 4h`,
  PolicyDisabled: () => `${plugin} policy enable`,
  NoPolicy: () => 'docs/install.md has a policy to begin with',
  DurationOutOfBounds: consentAgain,
  InstallationChanged: consentAgain,
  UserChanged: consentAgain,
  MatrixChanged: consentAgain,
  ApplicationChanged: consentAgain,
  ServiceChanged: consentAgain,
  NoUser: () => `the vendor's operations add the person: ${plugin} user add`,
  AddressUnknown: () => 'ask with an address that is no proxy of the policy’s spec.network.trustedHops',
  AddressNotAllowed: () => 'add the address to spec.allowedCIDRs of that list, or come from one that it has',
  NoRoute: () => 'name the request in spec.routes of the application, or ask for a path that a route has',
  ActionNotAllowed: () => 'make a grant for a matrix that allows it',
  ChangesUnseen: () => `wait a moment; where that lasts: ${plugin} check`,
  ApplyFailed: () => `the operator tries again by itself; where that lasts: ${plugin} check`,
  RecordsUnavailable: () => `${plugin} check says what is wrong with the records`,
};

/** The commands that lift the locks which stand. */
export function unlocking({ grant, people, locks }: SeenWorld): string[] {
  const { namespace = '', name, uid } = grant.metadata;
  const commands = new Map([
    [lockOnAll, 'all'],
    [lockOnNamespace(namespace), `namespace ${namespace}`],
    [lockOnGrant(uid), `grant ${name} -n ${namespace}`],
    ...people.flatMap(({ name: person, user }): [string, string][] =>
      user.object === undefined ? [] : [[lockOnUser(user.object.metadata.uid), `person ${person}`]],
    ),
  ]);
  return [...locks]
    .filter(([, { object }]) => object !== undefined)
    .map(([lock]) => `${plugin} unlock ${commands.get(lock) ?? lock} --reason "why"`);
}

/** The right that reading locks takes, where it is missing. */
export function locksLack({ locks }: SeenWorld): string {
  const lacks = [...locks.values()].find((lock) => lock.lacks !== undefined)?.lacks;
  return lacks ?? 'a lock was not read';
}
