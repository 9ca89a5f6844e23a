/** Every warning that a write can meet: what is allowed but hardly meant, provoked by the write that leads to it. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../../../crds/generated/support-access-grant.ts';
import type { KindName } from '../../../../../crds/kinds.ts';
import { judgeWrite } from '../../../../../webhook/in-cluster/admission/judge.ts';
import type { JudgeDeps } from '../../../../../webhook/in-cluster/admission/kinds/kind-rule.ts';
import { lockAdvice } from '../../../../../webhook/in-cluster/admission/kinds/lock.ts';
import type { AdmissionRequest, ReviewedObject } from '../../../../../webhook/in-cluster/admission/review.ts';
import { problemComplaints } from '../../../../kit/messages/good-message.ts';
import { anApplication, aRoute, withRoutes } from '../../../../kit/objects/application.ts';
import {
  aGrant,
  disabled,
  from,
  fromAddresses,
  requiringRoles,
  until,
  withoutStart,
} from '../../../../kit/objects/grant.ts';
import { aLock } from '../../../../kit/objects/lock.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { allowing, aPolicy, withDuration } from '../../../../kit/objects/policy.ts';
import { aUser, aUserNamed, deactivated } from '../../../../kit/objects/user.ts';

const now = Date.parse('2026-12-01T12:00:00Z');

interface Case {
  readonly object: object;
  /** What it replaces. */
  readonly old?: object;
  readonly policy?: object | undefined;
  readonly says: RegExp;
}

const requestOf = (object: object, old?: object): AdmissionRequest => ({
  uid: '1',
  operation: old === undefined ? 'CREATE' : 'UPDATE',
  kind: { group: 'supportaccess.dev', version: 'v1beta1', kind: (object as { kind: KindName }).kind },
  userInfo: { username: 'grace' },
  object: object as ReviewedObject,
  ...(old === undefined ? {} : { oldObject: old as ReviewedObject }),
});

/** A cluster that holds this policy, the person eve and a grant in the namespace ecase. */
const holding = (policy: object | undefined): JudgeDeps => ({
  now,
  read: (wanted) => Promise.resolve(wanted === 'SupportAccessPolicy' ? policy : undefined),
  list: (kind, namespace) => {
    const grants = namespace === undefined || namespace === 'ecase' ? [aGrant()] : [];
    return Promise.resolve(kind === 'SupportUser' ? [eve] : grants);
  },
});

const eve = aUserNamed('eve', withSpec({ nameID: 'ada@vendor.example' }));
const uid = '00000000-0000-4000-8000-000000000000';
const noAddresses = fromAddresses();
const addresses = fromAddresses('203.0.113.7');

/** A grant whose status says whose its spec is. */
const writtenBy = (username: string, grant: SupportAccessGrant, later = 0) => {
  const generation = (grant.metadata.generation ?? 0) - later;
  return { ...grant, status: { ...grant.status, requester: { generation, certainty: 'claimed', username } } };
};

const cases: Readonly<Record<string, Case>> = {
  'a missing person': {
    object: aGrant(),
    says: /^SupportUser ada does not exist yet; access stays closed to ada/,
  },
  'a missing matrix': {
    object: aGrant(),
    says: /^SupportPermissionMatrix \S+ does not exist yet; the grant stays closed/,
  },
  'a missing application': {
    object: aGrant(),
    says: /^SupportApplication ecase does not exist yet; the grant/,
  },
  'what another person wrote into a disabled grant': {
    object: aGrant(),
    old: writtenBy('mallory', aGrant(disabled())),
    policy: aPolicy(),
    says: /^this enables what mallory wrote last \(claimed\), while the grant was Disabled; read its whole spec/,
  },
  'no policy': {
    object: aGrant(),
    policy: undefined,
    says: /^SupportAccessPolicy default does not exist yet/,
  },
  'a policy that is off': {
    object: aGrant(),
    policy: aPolicy(withSpec({ access: 'Disabled' })),
    says: /access: Disabled; the grant stays closed until it is Enabled/,
  },
  'an end that has passed': {
    object: aGrant(until('2020-01-01T00:00:00Z')),
    says: /^spec.expirationTime 2020-01-01T00:00:00Z has passed/,
  },
  'an end that is moved to a day that has passed': {
    object: aGrant(until('2020-01-01T00:00:00Z')),
    old: aGrant(),
    says: /^spec.expirationTime 2020-01-01T00:00:00Z has passed/,
  },
  'an end decades ahead': {
    object: aGrant(until('2062-12-03T08:00:00Z')),
    says: /^spec.expirationTime 2062-12-03T08:00:00Z is more than 5 years ahead/,
  },
  'a grant that is too short, measured from its creation': {
    object: aGrant(withoutStart(), until('2026-12-01T12:30:00Z')),
    policy: aPolicy(withDuration({ minSeconds: 86_400 })),
    says: /the policy asks for at least 1 day, so it ends sooner/,
  },
  'a grant that is too long, measured from its creation': {
    object: aGrant(withoutStart(), until('2026-12-09T12:00:00Z')),
    policy: aPolicy(withDuration({ maxSeconds: 86_400 })),
    says: /the policy asks for at most 1 day, so it stays closed/,
  },
  'a very wide range': {
    object: aGrant(fromAddresses('0.0.0.0/0')),
    policy: aPolicy(allowing()),
    says: /^spec.allowedCIDRs has 0.0.0.0\/0/,
  },
  'addresses that the policy lets in nowhere': {
    object: aGrant(fromAddresses('198.51.100.0/24')),
    policy: aPolicy(allowing('203.0.113.0/24')),
    says: /^no address of spec.allowedCIDRs lies in the policy's list/,
  },
  'no addresses, under a policy that lists some': {
    object: aGrant(noAddresses),
    policy: aPolicy(allowing('203.0.113.0/24', '2001:db8::/48')),
    says: /^spec.allowedCIDRs is empty, so support may come from every address in the policy's list; list /,
  },
  'no addresses anywhere, where the policy allows that': {
    object: aGrant(noAddresses),
    policy: aPolicy(allowing(), withSpec({ requireAllowedCIDRs: 'Disabled' })),
    says: /^spec.allowedCIDRs is empty, in the policy too, so support may come from any address/,
  },
  'no addresses anywhere, where the policy wants a list': {
    object: aGrant(noAddresses),
    policy: aPolicy(allowing(), withSpec({ requireAllowedCIDRs: 'Enabled' })),
    says: /^spec.allowedCIDRs is empty, in the policy too, which requires a list, so the grant stays closed/,
  },
  'addresses of a grant that were taken away': {
    object: aGrant(noAddresses),
    old: aGrant(addresses),
    says: /^spec.allowedCIDRs is empty now, so that people may sign in from every address that the policy admits; if/,
  },
  'addresses of a disabled grant that were taken away': {
    object: aGrant(disabled(), noAddresses),
    old: aGrant(disabled(), addresses),
    says: /^spec.allowedCIDRs is empty now, so that .* admits, once access is Enabled; if/,
  },
  'required support roles that were taken away, with an earlier start': {
    object: aGrant(requiringRoles(), from('2026-11-01T08:00:00Z')),
    old: aGrant(requiringRoles('Engineer'), from('2026-11-02T08:00:00Z')),
    says: /^this lets in more than before, by spec.requiredSupportRoles, spec.startTime; if/,
  },
  'addresses of the policy that were taken away': {
    object: aPolicy(allowing()),
    old: aPolicy(allowing('203.0.113.0/24')),
    says: /^spec.allowedCIDRs is empty now, so that each grant decides alone/,
  },
  'a policy that no longer requires addresses': {
    object: aPolicy(withSpec({ requireAllowedCIDRs: 'Disabled' })),
    old: aPolicy(withSpec({ requireAllowedCIDRs: 'Enabled' })),
    says: /^this lets in more than before, by spec.requireAllowedCIDRs; if/,
  },
  'an application with another route': {
    object: anApplication(withRoutes(aRoute('GET /a', 'A: Read'), aRoute('GET /b', 'A: Read'))),
    old: anApplication(withRoutes(aRoute('GET /a', 'A: Read'))),
    says: /^this lets in more than before, by spec.routes; if/,
  },
  'a host outside the suffixes': {
    object: anApplication(withSpec({ host: 'ecase.example.net' })),
    says: /^spec.host ecase.example.net lies under no domain of the policy's spec.gateway.hostSuffixes, so it is not served/,
  },
  'a route with a placeholder of another product': {
    object: anApplication(withRoutes(aRoute('GET /x/:id', 'A: Read'))),
    says: /^spec.routes\[0\].path \/x\/:id has ":id" as it stands; write \{id\}/,
  },
  'a route under the gateway’s own paths': {
    object: anApplication(withRoutes(aRoute('GET /support-access/x', 'A: Read'))),
    says: /^spec.routes\[0\].path \/support-access\/x is the gateway's own/,
  },
  'a person with the NameID of another': {
    object: aUser(withSpec({ nameID: 'ada@vendor.example' })),
    says: /^spec.nameID "ada@vendor.example" is also that of SupportUser eve/,
  },
  'a person with the NameID of another, who is let in later': {
    object: aUser(withSpec({ nameID: 'ada@vendor.example' })),
    old: aUser(withSpec({ nameID: 'ada@vendor.example' }), deactivated()),
    says: /^spec.nameID "ada@vendor.example" is also that of SupportUser eve/,
  },
  'a lock on a namespace that is not there, or has no grant': {
    object: aLock('ns.ecaes'),
    says: /^there is no grant in namespace ecaes, .*; this lock stops nothing now/,
  },
  'a lock on a grant that is not there': {
    object: aLock(`grant.${uid}`),
    says: /^there is no SupportAccessGrant with this UID, see kubectl get sag .*; this lock stops nothing now/,
  },
  'a lock on a person who is not there': {
    object: aLock(`user.${uid}`),
    says: /^there is no SupportUser with this UID, see kubectl get suser /,
  },
  'a lock on a case': { object: aLock(`case.${uid}`), says: /^no grant belongs to a support case yet/ },
};

/** As admission warns: of a lock's creation, which always passes, by advice; of all else where it decides. */
async function warningsOf(
  object: object,
  old: object | undefined,
  deps: JudgeDeps,
): Promise<readonly string[]> {
  const request = requestOf(object, old);
  if (request.kind.kind !== 'SupportAccessLock') return (await judgeWrite(request, deps)).warnings;
  const write = { object: object as ReviewedObject, old: old as ReviewedObject | undefined };
  return lockAdvice(write, deps.list);
}

describe('a warning', () => {
  it.each(Object.entries(cases))(
    'says what is so and what to do: %s',
    async (_, { object, old, says, ...given }) => {
      const policy = 'policy' in given ? given.policy : aPolicy();
      const warnings = await warningsOf(object, old, holding(policy));
      expect(
        warnings.filter((text) => says.test(text)),
        warnings.join('\n'),
      ).toHaveLength(1);
      for (const text of warnings) expect(problemComplaints(text), text).toEqual([]);
    },
  );

  it('tells no address and no domain of the policy: its reader may be the writer of another namespace', async () => {
    const gateway = { host: 'support.hidden.example', hostSuffixes: ['apps.hidden.example'] };
    const policy = aPolicy(allowing('198.51.100.0/24', '2001:db8::/48'), withSpec({ gateway }));
    for (const object of [aGrant(noAddresses), aGrant(fromAddresses('192.0.2.1')), anApplication()]) {
      const said = (await warningsOf(object, undefined, holding(policy))).join('\n');
      expect(said).toMatch(/the policy's/);
      expect(said).not.toMatch(/198\.51\.100|2001:db8|hidden/);
    }
  });
});

describe('no warning', () => {
  const quiet: Readonly<Record<string, readonly [object: object, old?: object]>> = {
    'that more is let in, when less is': [
      aPolicy(allowing('203.0.113.7')),
      aPolicy(allowing('203.0.113.0/24')),
    ],
    'of a lock on everything': [aLock('all')],
    'of a lock on a namespace that is there': [aLock('ns.ecase')],
    'of a person who was let in before': [
      aUserNamed('ada', withSpec({ nameID: 'ada@vendor.example' })),
      aUserNamed('ada', withSpec({ nameID: 'ada@vendor.example' })),
    ],
    'of a lock that is to be lifted': [aLock('ns.ecaes'), aLock('ns.ecaes')],
    'of a person’s own NameID': [aUserNamed('eve', withSpec({ nameID: 'ada@vendor.example' }))],
  };
  it.each(Object.entries(quiet))('is given %s', async (_, [object, old]) => {
    expect(await warningsOf(object, old, holding(aPolicy()))).toEqual([]);
  });

  it.each([
    ['by the one who enables it', writtenBy('grace', aGrant(disabled()))],
    ['by whom is not known', aGrant(disabled())],
    ['and what was written since is not known', writtenBy('mallory', aGrant(disabled()), 1)],
    ['and it is open already', writtenBy('mallory', aGrant())],
  ])('says whose a grant is that was written last %s', async (_, old) => {
    const { warnings } = await judgeWrite(requestOf(aGrant(), old), holding(aPolicy()));
    expect(warnings.filter((text) => text.includes('wrote last'))).toEqual([]);
  });

  it('is worth refusing a write for, where what it is about cannot be read', async () => {
    const failing = () => Promise.reject(new Error('timeout'));
    const deps = { now, read: failing, list: failing };
    expect(await judgeWrite(requestOf(anApplication()), deps)).toEqual({ problems: [], warnings: [] });
    const users = { ...deps, read: async () => undefined };
    expect(await judgeWrite(requestOf(aUser()), users)).toEqual({ problems: [], warnings: [] });
    for (const name of ['ns.ecaes', `user.${uid}`])
      expect(await warningsOf(aLock(name), undefined, deps)).toEqual([]);
  });
});
