/** Is this person in the grant, and the same as when consent was given? A namesake with another UID is another person. */
import type { SupportUser } from '../../generated/support-user.ts';
import { present } from '../../object-meta.ts';
import { type Ask, type Check, type CheckResult, type Objection, untilChanged } from '../ask.ts';
import { changedUser, madeAnew } from '../consent.ts';
import { finallyDeactivated } from '../deactivation.ts';

export const userIsTheOne = {
  name: 'userIsTheOne',
  entryPoints: ['opening', 'person', 'sign-in', 'session', 'application', 'kube-api', 'kubernetes'],
  check,
} as const satisfies Check;

function check(ask: Ask): CheckResult {
  if (ask.entryPoint === 'opening') return namesakes(ask) ?? untilChanged;
  const user = present(ask.user);
  if (user === undefined) return { reason: 'NoUser' };
  return notTheOne(user, ask) ?? untilChanged;
}

function namesakes({ people, grant }: Ask): Objection | undefined {
  if (people === undefined || grant === undefined) return { reason: 'NoUser' };
  return madeAnew({ people, grant });
}

function notTheOne(user: SupportUser, ask: Ask): Objection | undefined {
  const { name, uid } = user.metadata;
  if (user.spec.access !== 'Enabled') {
    return {
      reason: 'UserDisabled',
      detail: `spec.access of SupportUser ${name} is not Enabled; write Enabled to let the person sign in.`,
    };
  }

  const deactivation = finallyDeactivated(user);
  if (deactivation !== undefined) {
    return {
      reason: 'UserDeactivated',
      detail: `SupportUser ${name} was deactivated for good at ${deactivation.startTime} (${deactivation.reason}); vendor operations delete and create it again, and spec.consent is raised to consent to it.`,
    };
  }

  if (!ask.grant?.spec.userRefs.some((ref) => ref.name === name)) {
    return {
      reason: 'UserNotNamed',
      detail: `The grant's spec.userRefs do not name SupportUser ${name}; add the name to let the person in.`,
    };
  }

  const pinned = ask.grant.status?.pins?.users.some((pin) => pin.name === name && pin.uid === uid);
  if (pinned !== true) return changedUser(user);
  if (signedInAs(user, ask)) return undefined;
  return { reason: 'UserChanged', detail: 'The session belongs to another person.' };
}

/** Where there is a session, it must be this person's. */
function signedInAs(user: SupportUser, { session }: Ask): boolean {
  const spec = session?.object?.spec;
  if (spec === undefined) return true;
  return spec.userRef.uid === user.metadata.uid && spec.nameID === user.spec.nameID;
}
