/** Every way to break a rule of grants, users, matrices, sessions and locks at their creation. */
import { grant, lock, matrix, session, user } from '../../kit/objects/valid-objects.ts';
import { type Broken, badAddresses, breaking, named, set } from './breaking.ts';

const instant = 'must be an instant such as 2026-12-03T08:00:00Z';
const nameRule = 'must be a name as Kubernetes objects have it';
const twice = 'twice; remove one of the two';
const refs = ['../ada', '*', 'other/ada', 'Ada', 'ada.'];

const tenThousand = Array.from({ length: 10_000 }, (_, at) => `Action ${at}`);

export const brokenConsents: readonly Broken[] = [
  ...breaking(grant, [
    [
      'an end at the start',
      set('expirationTime', '2026-12-01T08:00:00Z'),
      'spec.expirationTime',
      'must be after `startTime`',
    ],
    [
      'an end before the start in another zone',
      set('expirationTime', '2026-12-01T09:30:00+02:00'),
      'spec.expirationTime',
      'must be after `startTime`',
    ],
    ['a time without a zone', set('expirationTime', '2026-12-03T08:00:00'), 'spec.expirationTime', instant],
    ['a leap second', set('expirationTime', '2026-12-31T23:59:60Z'), 'spec.expirationTime', instant],
    ['the 30th of February', set('expirationTime', '2027-02-30T08:00:00Z'), 'spec.expirationTime', instant],
    ...[
      '9999-12-31T23:59:59-00:01',
      '9999-12-31T23:00:00-23:59',
      '1969-12-31T23:59:59Z',
      '1970-01-01T00:00:00+00:01',
      '0000-01-01T00:00:00Z',
      '0001-01-01T00:00:00+14:00',
    ].flatMap((time) =>
      ['startTime', 'expirationTime'].map(
        (field) =>
          [
            `the ${field} ${time}`,
            set(field, time),
            `spec.${field}`,
            'from the year 1970 to the year 9999 in UTC',
          ] as const,
      ),
    ),
    [
      'the same person twice',
      set('userRefs', [{ name: 'ada' }, { name: 'ada' }]),
      'spec.userRefs',
      'must not have one person twice; remove one of the two',
    ],
    [
      'an address twice',
      set('allowedCIDRs', ['203.0.113.7', '203.0.113.0/24', '203.0.113.7']),
      'spec.allowedCIDRs',
      'must not have 203.0.113.7 twice; remove one of the two',
    ],
    [
      'a support role twice',
      set('requiredSupportRoles', ['Engineer', 'Engineer']),
      'spec.requiredSupportRoles',
      twice,
    ],
    ['nobody', set('userRefs', []), 'spec.userRefs', 'should have at least 1 items'],
    [
      '101 addresses',
      set(
        'allowedCIDRs',
        Array.from({ length: 101 }, (_, at) => `10.0.0.${at}`),
      ),
      'spec.allowedCIDRs',
      'must have at most 100 items',
    ],
    ...refs.map(
      (ref) =>
        [`the person ${ref}`, set('userRefs', [{ name: ref }]), 'spec.userRefs[0].name', nameRule] as const,
    ),
    ...refs.map(
      (name) => [`the matrix ${name}`, set('matrixRef', { name }), 'spec.matrixRef.name', nameRule] as const,
    ),
    ...refs.map(
      (name) =>
        [
          `the application ${name}`,
          set('applicationRef', { name }),
          'spec.applicationRef.name',
          nameRule,
        ] as const,
    ),
    ...badAddresses.map(
      ([what, text, says]) =>
        [`an address with ${what}`, set('allowedCIDRs', [text]), 'spec.allowedCIDRs[0]', says] as const,
    ),
  ]),
  ...breaking(matrix, [
    [
      'an empty list of what is masked',
      set('maskedClasses', []),
      'spec.maskedClasses',
      'should have at least 1 items',
    ],
    [
      'a field with a quotation mark in its name',
      set('maskedFields', ['a"b']),
      'spec.maskedFields[0]',
      'must be the name of a field',
    ],
    [
      'a host with a dot among those without',
      set('hostNames', ['x.com']),
      'spec.hostNames[0]',
      'must be the name of a host without a dot',
    ],
    [
      'a module that is listed twice',
      set('modules', [
        { name: 'Jobs', access: 'Read' },
        { name: 'Jobs', access: 'Limited', actions: ['Save'] },
      ]),
      'spec.modules[1]',
      'Duplicate value',
    ],
    [
      '10,000 actions in one place',
      set('modules', [{ name: 'Jobs', access: 'Limited', actions: tenThousand }]),
      'spec.modules[0].actions',
      'must have at most 50 items',
    ],
    [
      'an action for Everything with a line break',
      set('actions', ['Save\nDelete']),
      'spec.actions[0]',
      'must not begin or end with a space',
    ],
    [
      'an action of a sub-module that ends in a space',
      set('modules', [
        { name: 'Jobs', subModules: [{ name: 'Log', access: 'Limited', actions: ['Clear '] }] },
      ]),
      'spec.modules[0].subModules[0].actions[0]',
      'must not begin or end with a space; write for example Clear Job Log',
    ],
    [
      'a name that ends in another revision',
      named('casepoint-ecase-2'),
      'metadata.name',
      'must end in `-` and the revision',
    ],
    [
      'a name that ends in more digits',
      named('casepoint-ecase-11'),
      'metadata.name',
      'must end in `-` and the revision',
    ],
    [
      'a ClusterRole of another revision',
      set('kubernetes.clusterRole', 'support-access-matrix-2'),
      'spec.kubernetes.clusterRole',
      'must end in `-` and the revision',
    ],
    ...['*', 'rbac.authorization.k8s.io', 'supportaccess.dev', 'admissionregistration.k8s.io'].map(
      (group) =>
        [
          `rights in the group ${group}`,
          set('kubernetes.rules', [{ apiGroups: [group], resources: ['x'], verbs: ['get'] }]),
          'spec.kubernetes.rules[0].apiGroups[0]',
          'must not be a wildcard, nor a group',
        ] as const,
    ),
    ...['*', '*/scale', 'secrets', 'serviceaccounts/token', 'nodes/proxy'].map(
      (resource) =>
        [
          `rights on ${resource}`,
          set('kubernetes.rules', [{ apiGroups: [''], resources: [resource], verbs: ['get'] }]),
          'spec.kubernetes.rules[0].resources[0]',
          'must not be a wildcard, Secrets',
        ] as const,
    ),
    ...['*', 'impersonate', 'escalate', 'bind'].map(
      (verb) =>
        [
          `the verb ${verb}`,
          set('kubernetes.rules', [{ apiGroups: [''], resources: ['pods'], verbs: [verb] }]),
          'spec.kubernetes.rules[0].verbs[0]',
          'Unsupported value',
        ] as const,
    ),
  ]),
  ...breaking(user, [
    ['a support role twice', set('supportRoles', ['Engineer', 'Engineer']), 'spec.supportRoles', twice],
  ]),
  ...breaking(session, [
    ...['signInTime', 'absoluteExpirationTime', 'idleExpirationTime'].map(
      (field) =>
        [
          `the ${field} beyond the year 9999`,
          set(field, '9999-12-31T23:59:59-00:01'),
          `spec.${field}`,
          'must be from the year 1970 to the year 9999 in UTC',
        ] as const,
    ),
    [
      'an address that is none',
      set('boundAddress', '203.0.113.0/24'),
      'spec.boundAddress',
      'must be an IP address',
    ],
    [
      'an IPv4-mapped address',
      set('boundAddress', '::ffff:203.0.113.7'),
      'spec.boundAddress',
      'must be an IP address',
    ],
  ]),
  ...breaking(
    lock,
    ['everything', 'ns.a.b', 'grant.case-4711', 'user.ada', 'xall', `ns.${'a'.repeat(64)}`].map(
      (name) => [`a lock named ${name}`, named(name), 'metadata.name', 'must be `all`'] as const,
    ),
  ),
  ...breaking(
    lock,
    ['ns.', 'ns.Ecase', 'all.', 'grant.AAAAAAAA-0000-4000-8000-000000000000'].map(
      (name) => [`a lock named ${name}`, named(name), 'metadata.name', 'RFC 1123'] as const,
    ),
  ),
];
