/** Which check is asked at which entry point: the whole table, and for each entry of it a world in which it objects. */
import { describe, expect, it } from 'vitest';
import { checks, decide } from '../../../../crds/rules/access.ts';
import type { Ask, Check, EntryPoint } from '../../../../crds/rules/ask.ts';
import { lockOnAll, lockOnGrant, lockOnNamespace, lockOnUser } from '../../../../crds/rules/locks.ts';
import { matrixInForce } from '../../../../crds/rules/matrix/matrix.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { aKubeRequest, askOn, aWrite, lockedBy, where, withGrant } from '../../../kit/objects/ask.ts';
import * as grants from '../../../kit/objects/grant.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import { type Modifier, modified, recreated, uidOf } from '../../../kit/objects/object.ts';
import { allowing, aPolicy } from '../../../kit/objects/policy.ts';
import { aUser } from '../../../kit/objects/user.ts';

const { aGrant, endedConsent, opened, withoutOpening } = grants;

type CheckName = (typeof checks)[number]['name'];

/** A changed, added or removed entry has to be written here too. `x`: it is asked. */
const table = `
  check                  opening person anonymous sign-in session application kube-api kubernetes
  wasOpened              -       -      x         x       x       x           x        x
  noLockStands           x       x      x         x       x       x           x        x
  sessionIsAlive         -       -      -         -       x       x           x        -
  policyIsEnabled        x       x      x         x       x       x           x        x
  grantIsEnabled         x       x      x         x       x       x           x        x
  windowIsOpen           x       x      x         x       x       x           x        x
  userIsTheOne           x       x      -         x       x       x           x        x
  installationIsTodays   x       x      x         x       x       x           x        x
  consentStands          x       x      x         x       x       x           x        x
  supportRoleFits        -       x      -         x       x       x           x        x
  addressIsAllowed       x       x      x         x       x       x           x        x
  applicationFits        x       x      x         x       x       x           x        x
  hostIsTheApplications  -       -      -         -       -       x           -        -
  matrixIsPinned         x       x      x         x       x       x           x        x
  applicationIsPinned    x       x      x         x       x       x           x        x
  openingIsTodays        -       -      -         x       x       x           x        x
  backendIsPinned        x       x      x         x       x       x           -        -
  routeIsKnown           -       -      -         -       -       x           -        -
  requestIsPermitted     -       -      -         -       -       x           -        -
  kubeRequestIsPermitted -       -      -         -       -       -           x        -
  writeIsPermitted       -       -      -         -       -       -           -        x
  ownerIsTheWriter       -       -      -         -       -       -           -        x
`;

const [heading = [], ...rows] = table
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));
const entryPoints = heading.slice(1) as EntryPoint[];
const cells = rows.flatMap(([check = '', ...marks]) =>
  marks.map((mark, at) => ({
    check: check as CheckName,
    entryPoint: entryPoints[at] ?? 'application',
    isAsked: mark === 'x',
  })),
);

/** A change of an allowed ask to which this check objects, and no check before it. */
const objectionable: Readonly<Record<CheckName, Modifier<Ask>>> = {
  wasOpened: where({ grant: aGrant(opened({ activeReason: 'ExcessRights' })) }),
  noLockStands: lockedBy(lockOnAll),
  sessionIsAlive: where({ session: undefined }),
  policyIsEnabled: where({ policy: undefined }),
  grantIsEnabled: withGrant(grants.disabled()),
  windowIsOpen: withGrant(grants.until('2026-12-01T12:00:00Z')),
  installationIsTodays: where({ installation: undefined }),
  consentStands: withGrant(endedConsent('UserChanged')),
  userIsTheOne: where({ user: undefined, people: [aUser(recreated())] }),
  supportRoleFits: withGrant(grants.requiringRoles('other')),
  addressIsAllowed: where({ policy: aPolicy(allowing()), grant: aGrant(opened(), grants.fromAddresses()) }),
  applicationFits: where({ application: undefined }),
  hostIsTheApplications: where({ host: undefined }),
  matrixIsPinned: where({ matrix: undefined }),
  backendIsPinned: where({ backend: undefined }),
  applicationIsPinned: where({ application: anApplication(recreated()) }),
  openingIsTodays: withGrant(withoutOpening()),
  routeIsKnown: where({ target: undefined }),
  requestIsPermitted: where({ target: { module: 'Payroll', action: 'Read' } }),
  kubeRequestIsPermitted: where({ kubeRequest: aKubeRequest({ namespace: 'other' }) }),
  writeIsPermitted: where({ write: aWrite({ resource: 'deployments' }) }),
  ownerIsTheWriter: where({ write: aWrite({ owner: { after: {} } }) }),
};

const objector = (ask: Ask): string => {
  const decision = decide(ask);
  return decision.allow ? 'none' : decision.check;
};

describe('the checks', () => {
  it('are asked where the table says, in its order, and nowhere else', () => {
    const written = rows.map(([name, ...marks]) => ({
      name,
      entryPoints: entryPoints.filter((_, at) => marks[at] === 'x'),
    }));
    expect(checks.map(({ name, entryPoints: asked }: Check) => ({ name, entryPoints: asked }))).toEqual(
      written,
    );
  });

  it.each(cells.filter(({ isAsked }) => isAsked))(
    '$check can refuse at $entryPoint',
    ({ check, entryPoint }) => {
      expect(objector(modified(askOn(entryPoint), [objectionable[check]]))).toBe(check);
    },
  );

  it.each(cells.filter(({ isAsked }) => !isAsked))(
    '$check does not refuse at $entryPoint',
    ({ check, entryPoint }) => {
      expect(objector(modified(askOn(entryPoint), [objectionable[check]]))).toBe('none');
    },
  );
});

describe('the locks', () => {
  const ofPeople: readonly EntryPoint[] = [
    'person',
    'sign-in',
    'session',
    'application',
    'kube-api',
    'kubernetes',
  ];
  const stopped: Readonly<Record<string, [name: string, where: readonly EntryPoint[]]>> = {
    everything: [lockOnAll, entryPoints],
    'a namespace': [lockOnNamespace('ecase'), entryPoints],
    'a grant': [lockOnGrant(uidOf('SupportAccessGrant', 'case-4711', 'ecase')), entryPoints],
    'a person': [lockOnUser(uidOf('SupportUser', 'ada')), ofPeople],
    'another namespace': [lockOnNamespace('other'), []],
    'another person': [lockOnUser(uidOf('SupportUser', 'bob')), []],
  };
  it.each(Object.entries(stopped))('on %s stop what the list says', (_, [name, stops]) => {
    const found = entryPoints.filter(
      (one) => objector(modified(askOn(one), [lockedBy(name)])) === 'noLockStands',
    );
    expect(found).toEqual(stops);
  });
});

describe('an address', () => {
  it('is asked wherever there is a client, also where a list is not wanted', () => {
    const foreign = where({ policy: aPolicy(allowing('198.51.100.0/24')) });
    const found = entryPoints.filter(
      (one) => objector(modified(askOn(one), [foreign])) === 'addressIsAllowed',
    );
    expect(found).toEqual(['anonymous', 'sign-in', 'session', 'application', 'kube-api']);
  });
});

describe('a grant without an application', () => {
  it('is allowed at every entry point but the one to an application', () => {
    const without = [withGrant(grants.withoutApplication()), where({ application: undefined })];
    expect(entryPoints.filter((one) => decide(modified(askOn(one), without)).allow)).toEqual(
      entryPoints.filter((one) => one !== 'application'),
    );
  });
});

describe('a request', () => {
  it('is not allowed by a matrix whose rows were not compiled', () => {
    const { compiled: _rows, ...head } = matrixInForce(aMatrix());
    expect(decide(modified(askOn('application'), [where({ matrix: head })]))).toMatchObject({
      check: 'requestIsPermitted',
      reason: 'ActionNotAllowed',
    });
    expect(decide(modified(askOn('session'), [where({ matrix: head })])).allow).toBe(true);
  });
});

describe('a person', () => {
  it('without a field for support roles has none', () => {
    const { supportRoles: _roles, ...spec } = aUser().spec;
    const user = { ...aUser(), spec };
    for (const entryPoint of [
      'person',
      'sign-in',
      'session',
      'application',
      'kube-api',
      'kubernetes',
    ] as const) {
      const ask = modified(askOn(entryPoint), [
        withGrant(grants.requiringRoles('ecase-tier2')),
        where({ user }),
      ]);
      expect(decide(ask), entryPoint).toMatchObject({ reason: 'SupportRoleMissing' });
    }
  });

  it('whose namesake was consented to closes the opening for all, and people of no list are none', () => {
    const both = where({ people: [aUser(recreated()), aUser()] });
    expect(decide(modified(askOn('opening'), [both]))).toMatchObject({ reason: 'UserChanged' });
    expect(decide(modified(askOn('opening'), [where({ people: undefined })]))).toMatchObject({
      reason: 'NoUser',
    });
  });
});
