/**
 * Every problem that a write can meet in admission, provoked by the object that leads to it. The rules are read from the
 * sources of the problems: one that is added later fails here until an object breaks it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KindName } from '../../../../../crds/kinds.ts';
import { judgeWrite } from '../../../../../webhook/in-cluster/admission/judge.ts';
import type { Cause, ReviewedObject } from '../../../../../webhook/in-cluster/admission/review.ts';
import { root } from '../../../../kit/architecture/source-files.ts';
import { refusalComplaints } from '../../../../kit/messages/good-message.ts';
import { anApplication, aRoute, withRoutes } from '../../../../kit/objects/application.ts';
import { aGrant, from, fromAddresses, until } from '../../../../kit/objects/grant.ts';
import {
  aMatrix,
  disabling,
  forVersions,
  withDifferentActions,
  withKubernetesRules,
  withModules,
} from '../../../../kit/objects/matrix.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { aPolicy, withDuration } from '../../../../kit/objects/policy.ts';
import { aUser } from '../../../../kit/objects/user.ts';

/** Where the rules of the problems stand. */
const sources = [
  'crds/rules/problems/application-problems.ts',
  'crds/rules/problems/grant-problems.ts',
  'crds/rules/problems/matrix-problems.ts',
  'crds/rules/problems/policy-problems.ts',
  'crds/rules/problems/user-problems.ts',
  'crds/rules/address/cidr.ts',
  'crds/rules/matrix/kubernetes-rights.ts',
];

/** What each rule says first, up to where a value is put into it; of two that begin alike only the shorter counts. */
const written = sources.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/[`'"](must [^`'$]*|must not [^`'$]*)/g)].map(
    ([, text = '']) => text.trim(),
  ),
);

const manyAddresses: readonly string[] = [
  '',
  ' 10.0.0.1',
  '10.0.0.1;10.0.0.2',
  '１0.0.0.1',
  'fe80::1%eth0',
  '0x7f.0.0.1',
  '010.0.0.1',
  '127.1',
  'localhost',
  '10.0.0.0/33',
  '::ffff:10.0.0.1',
  '10.0.0.1/24',
];
const manyRules = withKubernetesRules(
  { apiGroups: ['*'], resources: ['secrets'], verbs: ['escalate' as never] },
  { apiGroups: [''], resources: ['pods/exec', 'deployments'], verbs: ['create'] },
);
const twice = [
  { name: 'userId', attribute: 'uid' },
  { name: 'other', attribute: 'uid' },
];

/** THE list of objects, which together break every rule. */
const broken: readonly object[] = [
  aGrant(fromAddresses(...manyAddresses)),
  aGrant(until('2027-02-29T08:00:00Z')),
  aGrant(from('2026-12-05T08:00:00Z'), until('2026-12-04T08:00:00Z')),
  aPolicy(withSpec({ gateway: { host: 'a.example', hostSuffixes: ['apps.a.example'] } })),
  aPolicy(withSpec({ sso: { identityProvider: {}, attributes: twice } })),
  anApplication(withRoutes(aRoute('GET /a/{x}', 'A: Read'), aRoute('GET /a/{y}', 'B: Save'))),
  anApplication(withRoutes(aRoute('GET /a?b', 'A: Read'), aRoute('GET /b*', 'A: Read'))),
  anApplication(withRoutes(aRoute('GET /a', 'A: Read'), { ...aRoute('GET /b', 'A: Read'), name: 'GET /a' })),
  anApplication(withRoutes({ ...aRoute('GET,POST /a', 'A: Read'), type: 'Static', recorded: ['id'] })),
  anApplication(withRoutes({ name: 'a', methods: ['GET'], path: '/a' })),
  anApplication(withRoutes(aRoute('GET /%7Eada', 'A: Read'))),
  anApplication(withSpec({ forwardHeaders: { request: ['X-Forwarded-User'] } })),
  aMatrix(disabling(), withModules({ name: 'A', access: 'Read', actions: ['Save'] }, { name: 'B' })),
  aMatrix(disabling(), withModules({ name: 'A', access: 'Limited', actions: ['Read'] })),
  aMatrix(disabling({ module: 'Sheduled Jobs', action: 'Delete' })),
  aMatrix(withSpec({ actions: ['Save'] })),
  aMatrix(disabling(), withSpec({ downloadActions: ['Fetch'] })),
  aMatrix(
    disabling(),
    withModules({ name: 'A', subModules: [{ name: 'B', access: 'Limited', actions: ['Ru\nn'] }] }),
  ),
  aMatrix(disabling(), withDifferentActions(1000)),
  aMatrix(forVersions('^26')),
  aMatrix(manyRules),
  aUser(withSpec({ nameID: 'ada ' })),
  aUser(withSpec({ displayName: 'Ada\u202e' })),
  aUser(withSpec({ userId: 'ade\u0301le' })),
];

const now = Date.parse('2026-12-01T12:00:00Z');

/** As admission judges it, in a cluster that holds this policy and nothing else. */
async function judged(object: object, policy: object = aPolicy()) {
  const { kind } = object as { kind: KindName };
  return judgeWrite(
    {
      uid: '1',
      operation: 'CREATE',
      kind: { group: 'supportaccess.dev', version: 'v1beta1', kind },
      userInfo: { username: 'grace' },
      object: object as ReviewedObject,
    },
    {
      now,
      read: (wanted) => Promise.resolve(wanted === 'SupportAccessPolicy' ? policy : undefined),
      list: () => Promise.resolve([]),
    },
  );
}

const lineOf = ({ field, message }: Cause): string => `${field}: ${message}`;

describe('a problem', () => {
  it.each(broken.map((object, at) => [`${(object as { kind: string }).kind} ${at + 1}`, object] as const))(
    'names field, rule and the way out: %s',
    async (_, object) => {
      const { problems } = await judged(object);
      expect(problems).not.toEqual([]);
      for (const problem of problems) {
        expect(refusalComplaints({ text: lineOf(problem), field: problem.field }), lineOf(problem)).toEqual(
          [],
        );
      }
    },
  );

  it('is met for each rule that is written', async () => {
    const findings = await Promise.all(broken.map((object) => judged(object)));
    const said = findings.flatMap(({ problems }) => problems.map(({ message }) => message)).join('\n');
    expect(written.length).toBeGreaterThan(20);
    expect(written.filter((rule) => !said.includes(rule))).toEqual([]);
  });

  it('of an address names the range that was probably meant', async () => {
    const { problems } = await judged(aGrant(fromAddresses('10.0.0.1/24')));
    expect(problems.map(lineOf)).toEqual([expect.stringContaining('write 10.0.0.0/24')]);
  });

  it('of a length names an end that the policy allows, which is then allowed', async () => {
    const policy = aPolicy(withDuration({ minSeconds: 3600, maxSeconds: 7200 }));
    for (const [end, fitting] of [
      ['2026-12-05T08:00:00Z', '2026-12-01T10:00:00.000Z'],
      ['2026-12-01T08:30:00Z', '2026-12-01T09:00:00.000Z'],
    ] as const) {
      const start = from('2026-12-01T08:00:00Z');
      const { problems } = await judged(aGrant(start, until(end)), policy);
      const [line = ''] = problems.map(lineOf);
      expect(refusalComplaints({ text: line, field: 'spec.expirationTime', value: end })).toEqual([]);
      expect(line).toContain(`write for example ${fitting}`);
      expect((await judged(aGrant(start, until(fitting)), policy)).problems).toEqual([]);
    }
  });
});
