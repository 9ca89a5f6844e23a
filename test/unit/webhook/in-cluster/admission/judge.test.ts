import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../../crds/kinds.ts';
import { KubeError } from '../../../../../kube/errors.ts';
import { judgeWrite, readsAt } from '../../../../../webhook/in-cluster/admission/judge.ts';
import type { ReadObject } from '../../../../../webhook/in-cluster/admission/kinds/kind-rule.ts';
import type { AdmissionRequest } from '../../../../../webhook/in-cluster/admission/review.ts';

const now = Date.parse('2026-12-01T08:00:00Z');

const policy = (duration: object) => ({
  kind: 'SupportAccessPolicy',
  metadata: { name: 'default' },
  spec: { access: 'Enabled', duration },
});

/** A cluster in which everything exists, under this policy. */
const cluster =
  (found: unknown): ReadObject =>
  async (kind) =>
    kind === 'SupportAccessPolicy' ? found : { kind };

const request = (spec: object, changes: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  uid: 'review-1',
  operation: 'CREATE',
  kind: { group: 'supportaccess.dev', version: 'v1beta1', kind: 'SupportAccessGrant' },
  userInfo: { username: 'grace' },
  object: {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportAccessGrant',
    metadata: { name: 'case-4711', namespace: 'ecase' },
    spec: {
      access: 'Enabled',
      userRefs: [{ name: 'ada' }],
      matrixRef: { name: 'casepoint-ecase-1' },
      allowedCIDRs: ['203.0.113.0/24'],
      expirationTime: '2026-12-03T08:00:00Z',
      ...spec,
    },
  },
  ...changes,
});

/** Nothing else of the cluster has anything to do with the write. */
const elsewhere = { list: async () => [], now };

describe('what cannot be judged', () => {
  it.each([
    ['a kind that is not ours', { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }],
    [
      'a kind of our name in another group',
      { kind: { group: 'evil.dev', version: 'v1', kind: 'SupportAccessGrant' } },
    ],
    [
      'a kind that is named like something of every object',
      { kind: { group: '', version: 'v1', kind: 'constructor' } },
    ],
    ['a write without its object', { object: null }],
  ])('is not allowed: %s', async (_, changes) => {
    await expect(
      judgeWrite(request({}, changes), { read: cluster(policy({})), ...elsewhere }),
    ).rejects.toThrow('cannot be judged');
  });

  it('is a grant whose policy cannot be read', async () => {
    const read: ReadObject = async () => Promise.reject(new Error('timeout'));
    await expect(judgeWrite(request({}), { read, ...elsewhere })).rejects.toThrow('timeout');
  });
});

describe('the length of a grant', () => {
  const twoDays = { startTime: '2026-12-01T08:00:00Z' };
  it.each([
    ['one second too long', { maxSeconds: 172_799 }, 1],
    ['exactly as long as it may be', { maxSeconds: 172_800 }, 0],
    ['one second too short', { minSeconds: 172_801 }, 1],
  ])('is judged when both ends are given: %s', async (_, duration, count) => {
    const { problems } = await judgeWrite(request(twoDays), {
      read: cluster(policy(duration)),
      ...elsewhere,
    });
    expect(problems.map(({ field }) => field)).toEqual(
      Array.from({ length: count }, () => 'spec.expirationTime'),
    );
  });

  it('is not judged without a start, since it counts from creation', async () => {
    const { problems } = await judgeWrite(request({}), {
      read: cluster(policy({ maxSeconds: 1 })),
      ...elsewhere,
    });
    expect(problems).toEqual([]);
  });
});

describe('what is allowed but probably not meant', () => {
  it('is told: an expired grant, a very wide range, a policy that is off', async () => {
    const off = { ...policy({}), spec: { access: 'Disabled' } };
    const spec = { expirationTime: '2020-01-01T00:00:00Z', allowedCIDRs: ['0.0.0.0/0'] };
    const { problems, warnings } = await judgeWrite(request(spec), { read: cluster(off), ...elsewhere });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      expect.stringContaining('access: Disabled'),
      expect.stringContaining('has passed'),
      expect.stringContaining('0.0.0.0/0'),
    ]);
  });
});

describe('an object that is read for the judgement', () => {
  const responding = (body: object | string) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const error = new KubeError({ method: 'GET', path: '/', status: 404, body: text });
    return readsAt({ get: () => Promise.reject(error), list: () => Promise.reject(error) });
  };
  const { group, plural: kind } = kinds.SupportAccessPolicy;
  const notFound = {
    kind: 'Status',
    status: 'Failure',
    reason: 'NotFound',
    code: 404,
    details: { name: 'default', group, kind },
  };
  const ref = { name: 'default' };

  it('is absent where the API server says so of this very object', async () => {
    expect(await responding(notFound).read('SupportAccessPolicy', ref)).toBeUndefined();
  });

  it.each([
    ['a kind that is not served', '404 page not found'],
    ['another object', { ...notFound, details: { ...notFound.details, name: 'other' } }],
    ['another kind', { ...notFound, details: { ...notFound.details, kind: 'supportusers' } }],
  ])('is not known where the API server says it of %s', async (_, body) => {
    await expect(responding(body).read('SupportAccessPolicy', ref)).rejects.toThrow('404');
  });
});
