/**
 * May this happen now? The one decision of the product, for every entry point, as an ordered list of checks. It reads
 * nothing and records nothing: `ask` is the world, the answer is a value.
 */
import { type Ask, type Check, type Decision, type EntryPoint, type Objection, untilChanged } from './ask.ts';
import { addressIsAllowed } from './checks/address-is-allowed.ts';
import { applicationFits } from './checks/application-fits.ts';
import { applicationIsPinned } from './checks/application-is-pinned.ts';
import { backendIsPinned } from './checks/backend-is-pinned.ts';
import { consentStands } from './checks/consent-stands.ts';
import { grantIsEnabled } from './checks/grant-is-enabled.ts';
import { hostIsTheApplications } from './checks/host-is-the-applications.ts';
import { installationIsTodays } from './checks/installation-is-todays.ts';
import { kubeRequestIsPermitted } from './checks/kube-request-is-permitted.ts';
import { matrixIsPinned } from './checks/matrix-is-pinned.ts';
import { noLockStands } from './checks/no-lock-stands.ts';
import { openingIsTodays } from './checks/opening-is-todays.ts';
import { ownerIsTheWriter } from './checks/owner-is-the-writer.ts';
import { policyIsEnabled } from './checks/policy-is-enabled.ts';
import { requestIsPermitted } from './checks/request-is-permitted.ts';
import { routeIsKnown } from './checks/route-is-known.ts';
import { sessionIsAlive } from './checks/session-is-alive.ts';
import { supportRoleFits } from './checks/support-role-fits.ts';
import { userIsTheOne } from './checks/user-is-the-one.ts';
import { wasOpened } from './checks/was-opened.ts';
import { windowIsOpen } from './checks/window-is-open.ts';
import { writeIsPermitted } from './checks/write-is-permitted.ts';
import { reasons } from './reasons.ts';

/** THE list: first objection wins. The order is a contract, since later checks rely on earlier ones. */
export const checks = [
  wasOpened, // the operator has pinned and recorded today's consent, and names no reason that only it can know
  noLockStands, // everything, the namespace, the grant, the person
  sessionIsAlive, // exists, ours, not idle, not too old, same address
  policyIsEnabled, // the master switch
  grantIsEnabled, // this consent
  windowIsOpen, // started, not expired, not longer than the policy allows
  userIsTheOne, // exists, active, named, the one who was pinned; of an opening: none was deleted and created again
  installationIsTodays, // the one that looked at the grant last, and still there
  consentStands, // nothing ended this number of consent for good
  supportRoleFits, // one of the roles that the grant asks for
  addressIsAllowed, // on the policy's list and on the grant's
  applicationFits, // the grant's application, in a version and edition that the matrix is for
  hostIsTheApplications, // the application's own host, in its own namespace
  matrixIsPinned, // exists, and is the one that was pinned
  applicationIsPinned, // the one that was pinned, under the host that was
  openingIsTodays, // the session is from the present opening of the grant, and of the person in it
  backendIsPinned, // the Service behind the application is served, and is the one that was pinned
  routeIsKnown, // the application says what the request means
  requestIsPermitted, // module, sub-module, action
  kubeRequestIsPermitted, // through the gateway to the Kubernetes API: verb, resource, namespace
  writeIsPermitted, // at the API server: operation, resource, namespace
  ownerIsTheWriter, // what the person creates there is the person's, and nothing else becomes it
] as const satisfies readonly Check[];

/** What a check is called. */
export type CheckName = (typeof checks)[number]['name'];

const applying = (entryPoint: EntryPoint): readonly Check[] =>
  checks.filter((one: Check) => one.entryPoints.includes(entryPoint));

const checksByEntryPoint: Readonly<Record<EntryPoint, readonly Check[]>> = {
  opening: applying('opening'),
  person: applying('person'),
  anonymous: applying('anonymous'),
  'sign-in': applying('sign-in'),
  session: applying('session'),
  application: applying('application'),
  'kube-api': applying('kube-api'),
  kubernetes: applying('kubernetes'),
};

/** Decides one ask. What is missing where a check applies is a no; `until` is the earliest end that is known now. */
export function decide(ask: Ask): Decision {
  let until = untilChanged;
  for (const { name, check } of checksByEntryPoint[ask.entryPoint]) {
    const result = check(ask);
    if (typeof result !== 'number') return { allow: false, check: name, ...result };
    until = Math.min(until, result);
  }
  return { allow: true, until };
}

/**
 * Why a session is over, asked without a request of its person: the first objection that ends one. What refuses a
 * request and lets the session live (a Service that was not read) hides nothing that comes after it; where it is not this
 * session, or our clock is wrong, nothing is ended. The address is the session's own: a list that leaves it out has taken
 * access back from a session that can be used from nowhere else. Never for letting anything through.
 */
export function endOfSession(ask: Omit<Ask, 'entryPoint'>): Objection | undefined {
  for (const { check } of checksByEntryPoint.session) {
    const result = check({ ...ask, entryPoint: 'session' });
    if (typeof result === 'number') continue;
    const { session } = reasons[result.reason];
    if (session === 'ends' || isKeptFromItsAddress(result, ask)) return result;
    if (session === 'absent' || result.reason === 'ClockSetBack') return undefined;
  }
  return undefined;
}

function isKeptFromItsAddress({ reason }: Objection, { policy }: Omit<Ask, 'entryPoint'>): boolean {
  return reason === 'AddressNotAllowed' && policy?.spec.session?.boundAddress !== 'Disabled';
}
