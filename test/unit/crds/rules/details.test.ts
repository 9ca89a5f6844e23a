/** What the customer reads when a grant stays closed: each text names the field or object, its value and the way out. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../crds/rules/access.ts';
import type { Ask, EntryPoint } from '../../../../crds/rules/ask.ts';
import { anApplication, inVersion } from '../../../kit/objects/application.ts';
import {
  askOn,
  consentingTo,
  lockedBy,
  where,
  withGrant,
  withMatrix,
  withPolicy,
  withUser,
} from '../../../kit/objects/ask.ts';
import * as grants from '../../../kit/objects/grant.ts';
import { forVersions } from '../../../kit/objects/matrix.ts';
import { type Modifier, modified, recreated } from '../../../kit/objects/object.ts';
import * as policies from '../../../kit/objects/policy.ts';
import { aUser, deactivated, withRoles } from '../../../kit/objects/user.ts';

const uid = 'ffffffff-ffff-4fff-afff-ffffffffffff';

const texts: Readonly<Record<string, [EntryPoint, Modifier<Ask>, text: string]>> = {
  'a lock': [
    'opening',
    lockedBy('ns.ecase'),
    'SupportAccessLock ns.ecase exists; access stays closed until it is lifted.',
  ],
  'no policy': [
    'opening',
    where({ policy: undefined }),
    'There is no SupportAccessPolicy default, so support access is off; apply one to switch it on.',
  ],
  'a policy that is off': [
    'opening',
    withPolicy(policies.switchedOff()),
    'spec.access of SupportAccessPolicy default is Disabled; write Enabled to switch support access on.',
  ],
  'a disabled grant': [
    'opening',
    withGrant(grants.disabled()),
    'spec.access of the grant is Disabled; write Enabled to give consent.',
  ],
  'a grant that has not started': [
    'opening',
    withGrant(grants.from('2026-12-02T08:00:00Z')),
    'The grant will be open from 2026-12-02T08:00:00.000Z until 2026-12-03T08:00:00.000Z, by itself.',
  ],
  'an expired grant': [
    'opening',
    withGrant(grants.withoutStart(), grants.until('2026-12-01T09:00:00Z')),
    'The grant was open until 2026-12-01T09:00:00.000Z; a later spec.expirationTime opens it again.',
  ],
  'a grant that is too long': [
    'opening',
    withPolicy(policies.withDuration({ maxSeconds: 3600 })),
    'spec.expirationTime is too late: the grant lasts 2 days; the policy asks for at most 1 hour. Write an earlier one, and raise spec.consent to consent again.',
  ],
  'a person who was made anew': [
    'opening',
    where({ people: [aUser(recreated())] }),
    `Consent was not given to SupportUser ada with UID ${uid}; raise spec.consent to consent to it.`,
  ],
  'a disabled person': [
    'person',
    withUser(deactivated()),
    'spec.access of SupportUser ada is not Enabled; write Enabled to let the person sign in.',
  ],
  'a person who is not named': [
    'person',
    withGrant(grants.forUser('bob')),
    "The grant's spec.userRefs do not name SupportUser ada; add the name to let the person in.",
  ],
  'a person without the role': [
    'person',
    (ask) => modified(ask, [withGrant(grants.requiringRoles('tier3', 'tier4')), withUser(withRoles())]),
    'SupportUser ada has none of the required support roles (tier3, tier4); add one, or change spec.requiredSupportRoles of the grant.',
  ],
  'no addresses': [
    'opening',
    (ask) => modified(ask, [withGrant(grants.fromAddresses()), withPolicy(policies.allowing())]),
    'spec.allowedCIDRs is empty in the grant and in the policy, and spec.requireAllowedCIDRs of the policy requires a list; list addresses in one of the two.',
  ],
  'no application': [
    'opening',
    where({ application: undefined }),
    'SupportApplication ecase does not exist in this namespace; create it, or correct spec.applicationRef of the grant.',
  ],
  'an application in another version': [
    'opening',
    (ask) => ({ ...consentingTo(forVersions('>=26'))(ask), application: anApplication(inVersion('25.1')) }),
    "The matrix does not fit the application: the matrix is for versions >=26; the application's version is 25.1. Make a grant with a matrix that fits.",
  ],
  'no matrix': [
    'opening',
    where({ matrix: undefined }),
    'SupportPermissionMatrix ecase-1 does not exist; create it, or make a grant for another matrix.',
  ],
  'a matrix that was made anew': [
    'opening',
    withMatrix(recreated()),
    `Consent was not given to this content of SupportPermissionMatrix ecase-1 (UID ${uid}); raise spec.consent to consent to it.`,
  ],
};

describe('what the customer reads', () => {
  it.each(Object.entries(texts))('about %s', (_, [entryPoint, change, text]) => {
    expect(decide(modified(askOn(entryPoint), [change]))).toMatchObject({ allow: false, detail: text });
  });
});
