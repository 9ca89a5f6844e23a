import { describe, expect, it } from 'vitest';
import { isProblem, problemLine } from '../../../../../crds/rules/problem.ts';
import { problemsOf } from '../../../../../crds/rules/problems/index.ts';
import { anApplication, aRoute, withRoutes } from '../../../../kit/objects/application.ts';
import { aGrant, disabled, from, fromAddresses, until } from '../../../../kit/objects/grant.ts';
import {
  aMatrix,
  disabling,
  forVersions,
  withDifferentActions,
  withKubernetesRules,
  withModules,
} from '../../../../kit/objects/matrix.ts';
import { withoutSpec, withSpec } from '../../../../kit/objects/object.ts';
import { allowing, aPolicy, switchedOff } from '../../../../kit/objects/policy.ts';
import { aSession } from '../../../../kit/objects/session.ts';
import { aUser } from '../../../../kit/objects/user.ts';

const manyFaults = aGrant(
  fromAddresses('10.0.0.1/8', '203.0.113.0/24', '127.1'),
  from('2026-12-05T08:00:00Z'),
  until('2026-12-04T08:00:00Z'),
);

type Built = Parameters<typeof problemsOf>[0];

const sso = (attributes: { name: string; attribute: string }[]) => ({ identityProvider: {}, attributes });

/** What is wrong, and the fields that must be named, in order. */
const wrong: Readonly<Record<string, [object: Built, fields: string[]]>> = {
  'an application that asks for headers that never pass': [
    anApplication(
      withSpec({
        forwardHeaders: { request: ['Authorization', 'X-Forwarded-User'], response: ['Set-Cookie'] },
      }),
    ),
    ['spec.forwardHeaders.request[1]', 'spec.forwardHeaders.response[0]'],
  ],
  'a route whose path is not in its canonical form': [
    anApplication(withRoutes(aRoute('GET /%7Eada', 'Scheduled Jobs: Read'))),
    ['spec.routes[0].path'],
  ],
  'a grant with several faults': [
    manyFaults,
    ['spec.allowedCIDRs[0]', 'spec.allowedCIDRs[2]', 'spec.expirationTime'],
  ],
  'a grant that ends as it starts': [
    aGrant(from('2026-12-05T08:00:00Z'), until('2026-12-05T09:00:00+01:00')),
    ['spec.expirationTime'],
  ],
  'a grant that ends on a day that does not exist': [
    aGrant(until('2027-02-29T08:00:00Z')),
    ['spec.expirationTime'],
  ],
  'a grant that starts without an offset': [aGrant(from('2026-12-01T08:00:00')), ['spec.startTime']],

  'a policy with an IPv4-mapped range': [aPolicy(allowing('::ffff:0:0/96')), ['spec.allowedCIDRs[0]']],
  'a policy with a hop that has a zone id': [
    aPolicy(withSpec({ network: { trustedHops: ['10.0.0.1', 'fe80::1%eth0'] } })),
    ['spec.network.trustedHops[1]'],
  ],
  'a policy whose applications would lie under the support host': [
    aPolicy(
      withSpec({
        gateway: { host: 'a.example', hostSuffixes: ['b.example', 'apps.a.example', 'a.example'] },
      }),
    ),
    ['spec.gateway.hostSuffixes[1]', 'spec.gateway.hostSuffixes[2]'],
  ],
  'a policy that maps an attribute and a name twice': [
    aPolicy(
      withSpec({
        sso: sso([
          { name: 'userId', attribute: 'uid' },
          { name: 'other', attribute: 'uid' },
          { name: 'userId', attribute: 'employeeNumber' },
        ]),
      }),
    ),
    ['spec.sso.attributes[1].attribute', 'spec.sso.attributes[2].name'],
  ],

  'an application with two routes for one request': [
    anApplication(withRoutes(aRoute('GET /a/{x}', 'A: Read'), aRoute('GET,POST /a/{y}', 'B: Save'))),
    ['spec.routes[1]'],
  ],
  'an application with two routes of one name': [
    anApplication(
      withRoutes(
        aRoute('GET /a', 'A: Read'),
        { ...aRoute('GET /b', 'A: Read'), name: 'GET /a' },
        { ...aRoute('GET /c', 'A: Read'), name: 'GET /a' },
      ),
    ),
    ['spec.routes[1].name', 'spec.routes[2].name'],
  ],
  'an application with paths that are not canonical': [
    anApplication(
      withRoutes(
        aRoute('GET jobs', 'A: Read'),
        aRoute('GET /a//b', 'A: Read'),
        aRoute('GET /a/../b', 'A: Read'),
        aRoute('GET /%61', 'A: Read'),
        aRoute('GET /a?b', 'A: Read'),
        aRoute('GET /fine', 'A: Read'),
      ),
    ),
    [0, 1, 2, 3, 4].map((at) => `spec.routes[${at}].path`),
  ],
  'an application with misplaced placeholders': [
    anApplication(
      withRoutes(
        aRoute('GET /a{id}', 'A: Read'),
        aRoute('GET /{}', 'A: Read'),
        aRoute('GET /*/a', 'A: Read'),
        aRoute('GET /a*', 'A: Read'),
        aRoute('GET /b/{1}', 'A: Read'),
        aRoute('GET /b/{id}a', 'A: Read'),
      ),
    ),
    [0, 1, 2, 3, 4, 5].map((at) => `spec.routes[${at}].path`),
  ],

  'an application whose routes mean too much or too little': [
    anApplication(
      withRoutes(
        { ...aRoute('GET,POST /a', 'A: Read'), type: 'Static' },
        { name: 'b', methods: ['GET'], path: '/b' },
        { name: 'c', methods: ['GET'], path: '/c', module: 'C' },
        { name: 'd', type: 'Static', methods: ['GET', 'HEAD'], path: '/d/*' },
        { ...aRoute('GET /e/{id}', 'E: Read'), recorded: ['id', 'ID', 'line'] },
      ),
    ),
    [
      'spec.routes[0].type',
      'spec.routes[0].methods',
      'spec.routes[1].module',
      'spec.routes[2].action',
      'spec.routes[4].recorded[1]',
      'spec.routes[4].recorded[2]',
    ],
  ],
  'a matrix with actions that would not count': [
    aMatrix(
      disabling(),
      withModules(
        { name: 'A', access: 'Read', actions: ['Save'] },
        { name: 'B', actions: ['Save'], subModules: [{ name: 'C', access: 'Read', actions: ['Save'] }] },
      ),
    ),
    ['spec.modules[0].actions', 'spec.modules[1].actions', 'spec.modules[1].subModules[0].actions'],
  ],
  'a matrix with actions of a sub-module that are no names': [
    aMatrix(
      disabling(),
      withModules({
        name: 'A',
        access: 'Read',
        subModules: [
          { name: 'B', access: 'Limited', actions: ['Save', ' Run', 'Run ', 'Ru\nn', 'Run\u007f'] },
        ],
      }),
    ),
    [1, 2, 3, 4].map((at) => `spec.modules[0].subModules[0].actions[${at}]`),
  ],
  'a matrix that lists Read as an action': [
    aMatrix(disabling(), withModules({ name: 'A', access: 'Limited', actions: ['Save', 'Read'] })),
    ['spec.modules[0].actions[1]'],
  ],
  'a matrix whose list for Everything allows nothing': [
    aMatrix(withSpec({ actions: ['Save', 'Read'] })),
    ['spec.actions', 'spec.actions[1]'],
  ],
  'a matrix that disables in Everything what it does not list': [
    aMatrix(
      withSpec({ actions: ['Edit'] }),
      withModules({ name: 'A', access: 'Everything', actions: ['Save'] }, { name: 'B', access: 'Limited' }),
      disabling(
        { module: 'A', action: 'Edit' },
        { module: 'A', action: 'Delete' },
        { module: 'B', action: 'Edit' },
        { module: 'B' },
        { module: 'C' },
        { module: 'A', subModule: 'S' },
      ),
    ),
    [
      'spec.disabledActions[1].action',
      'spec.disabledActions[2].action',
      'spec.disabledActions[4].module',
      'spec.disabledActions[5].subModule',
    ],
  ],
  'a matrix of 10,000 actions': [aMatrix(disabling(), withDifferentActions(10_000)), ['spec.modules']],
  'a matrix with a heading over nothing': [
    aMatrix(disabling(), withModules({ name: 'A' })),
    ['spec.modules[0]'],
  ],
  'a matrix that disables what it does not list': [
    aMatrix(
      disabling(
        { module: 'Sheduled Jobs', action: 'Delete' },
        { module: 'Administration', subModule: 'Jobs', action: 'Clear' },
        { module: 'Scheduled Jobs', action: 'delete' },
        { module: 'Scheduled Jobs', action: 'Delete' },
        { module: 'Administration', action: 'Clear' },
      ),
    ),
    ['spec.disabledActions[0].module', 'spec.disabledActions[1].subModule', 'spec.disabledActions[2].action'],
  ],
  'a matrix for versions that cannot be read': [aMatrix(forVersions('^26')), ['spec.appliesTo.versions']],
  'a matrix that gives Secrets': [
    aMatrix(withKubernetesRules({ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get'] })),
    ['spec.kubernetes.rules[0].resources[1]'],
  ],

  'a user with white space around the NameID': [
    aUser(withSpec({ nameID: 'ada@vendor.example ' })),
    ['spec.nameID'],
  ],
  'a user with an invisible character in the name': [
    aUser(withSpec({ displayName: 'Ada\u202e Lovelace' })),
    ['spec.displayName'],
  ],
  'a user whose id is decomposed': [aUser(withSpec({ userId: 'ade\u0301le' })), ['spec.userId']],
};

describe('validation names every field of', () => {
  for (const [title, [object, fields]] of Object.entries(wrong)) {
    it(title, () => {
      expect(problemsOf(object).map(({ field }) => field)).toEqual(fields);
    });
  }
});

describe('validation finds nothing wrong with', () => {
  const fine: Readonly<Record<string, Built>> = {
    'a grant': aGrant(),
    'a grant that has expired': aGrant(from('2001-01-01T00:00:00Z'), until('2001-01-02T00:00:00Z')),
    'a disabled grant that would end before it starts': aGrant(
      disabled(),
      from('2026-12-05T08:00:00Z'),
      until('2026-12-04T08:00:00Z'),
    ),
    'a policy': aPolicy(),
    'a policy that is switched off, although fields do not fit each other': aPolicy(
      switchedOff(),
      withSpec({ gateway: { host: 'a.example', hostSuffixes: ['a.example'] } }),
    ),
    'an application': anApplication(),
    'a matrix': aMatrix(),
    'a matrix that disables nothing': aMatrix(withoutSpec('disabledActions')),
    'a user': aUser(),
    'a session, which is complete with its schema': aSession(),
    'a kind of others': { kind: 'Deployment' },
    'a kind that every object inherits': { kind: 'constructor' },
    'something without a kind': {},
  };
  for (const [title, object] of Object.entries(fine)) {
    it(title, () => {
      expect(problemsOf(object).map(problemLine)).toEqual([]);
    });
  }
});

describe('a problem', () => {
  it('says field, value, rule and way out in one line', () => {
    expect(problemsOf(manyFaults).map(problemLine)[0]).toBe(
      'spec.allowedCIDRs[0]: "10.0.0.1/8": must have no bits set after the first 8; write 10.0.0.0/8, or 10.0.0.1 for this one address',
    );
  });

  it('is shown without the value where there is none to show', () => {
    expect(problemLine({ field: 'spec', rule: 'must be', fix: 'write it' })).toBe('spec: must be; write it');
  });
});

describe('a result', () => {
  const problem = { field: 'spec.x', rule: 'must be so', fix: 'write it so' };

  it('is a problem when it has a field, a rule and a way out', () => {
    expect(isProblem(problem)).toBe(true);
  });

  it.each(['field', 'rule', 'fix'] as const)('is a value when it has no %s', (missing) => {
    const { [missing]: _gone, ...rest } = problem;
    expect(isProblem(rest)).toBe(false);
  });
});
