import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import type { EntryPath } from '../../../../../crds/rules/registration.ts';
import { validateAppend } from '../../../../../trail/validate-append.ts';
import { createAdvice } from '../../../../../webhook/in-cluster/admission/advice.ts';
import { type AdmissionDeps, respondToReview } from '../../../../../webhook/in-cluster/admission/handler.ts';
import type { WriteFindings } from '../../../../../webhook/in-cluster/admission/kinds/kind-rule.ts';
import { changedPaths } from '../../../../../webhook/in-cluster/admission/requested-record.ts';
import type { ToldWrite } from '../../../../../webhook/in-cluster/requesters/told-writes.ts';
import { aLock } from '../../../../kit/objects/lock.ts';
import { noIdentities } from '../../../../kit/objects/no-identities.ts';

const stamp = { id: '019aa000-0000-7000-8000-000000000001', time: '2026-12-01T08:00:00.000Z' };

const grant = (access: string) => ({
  apiVersion: 'supportaccess.dev/v1beta1',
  kind: 'SupportAccessGrant',
  metadata: { name: 'case-4711', namespace: 'ecase', uid: 'u-1', generation: 3 },
  spec: { access, userRefs: [{ name: 'ada' }], expirationTime: '2026-12-03T08:00:00Z' },
});

const kindOf = (kind: string) => ({ group: 'supportaccess.dev', version: 'v1beta1', kind });

const review = (changes: object = {}) =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'review-1',
      operation: 'UPDATE',
      kind: { group: 'supportaccess.dev', version: 'v1beta1', kind: 'SupportAccessGrant' },
      name: 'case-4711',
      namespace: 'ecase',
      userInfo: { username: 'grace', groups: ['platform-team'] },
      object: grant('Enabled'),
      oldObject: grant('Disabled'),
      ...changes,
    },
  });

/** Deps that note what was recorded; each part can be replaced. */
function deps(changes: Partial<AdmissionDeps> & { readonly findings?: WriteFindings } = {}) {
  const durable: NewRecord[] = [];
  const later: NewRecord[] = [];
  const told: ToldWrite[] = [];
  const made: AdmissionDeps = {
    ...noIdentities,
    judge: async () => changes.findings ?? { problems: [], warnings: [] },
    advise: async () => changes.findings?.warnings ?? [],
    record: async (record) => void durable.push(record),
    appendInBackground: (record) => void later.push(record),
    tell: (one) => void told.push(one),
    stamp: () => stamp,
    ...changes,
  };
  return { ...made, durable, later, told };
}

const post = (path: EntryPath, body: string, with_: AdmissionDeps, proved = true) =>
  respondToReview({ path, body, proved, peer: '10.0.0.1' }, with_);

describe('the path that decides', () => {
  it('allows a write only after who asked for it is on record', async () => {
    const with_ = deps();
    const answer = await post('decide', review(), with_);
    expect(answer?.response).toEqual({ uid: 'review-1', allowed: true });
    expect(with_.durable).toHaveLength(1);
    expect(with_.durable[0]).toMatchObject({
      type: 'admission.requested',
      actor: { kind: 'customer_admin', name: 'grace' },
      target: {
        kind: 'SupportAccessGrant',
        namespace: 'ecase',
        name: 'case-4711',
        uid: 'u-1',
        generation: 3,
      },
      change: { paths: ['/spec/access'] },
    });
  });

  it('EC-3 EC-15 records enabling and disabling with the name, the time, what changed, and that the API server tells no address', async () => {
    for (const [before, after] of [
      ['Disabled', 'Enabled'],
      ['Enabled', 'Disabled'],
    ] as const) {
      const with_ = deps();
      await post('decide', review({ object: grant(after), oldObject: grant(before) }), with_);
      expect(with_.durable).toMatchObject([
        {
          type: 'admission.requested',
          time: stamp.time,
          actor: { kind: 'customer_admin', name: 'grace' },
          source: { ip: 'unknown: kubernetes-api' },
          target: { area: 'kubernetes-api', kind: 'SupportAccessGrant', name: 'case-4711' },
          change: { paths: ['/spec/access'] },
        },
      ]);
      expect(validateAppend('admission', with_.durable).ok).toBe(true);
    }
  });

  it('refuses when the record cannot be made durable, and says what still works', async () => {
    const answer = await post(
      'decide',
      review(),
      deps({ record: async () => Promise.reject(new Error('full')) }),
    );
    expect(answer?.response).toMatchObject({ allowed: false, status: { code: 503 } });
    expect(JSON.stringify(answer)).toContain('disabling, locking and deleting still work');
  });

  it('refuses when it cannot read what it needs to judge', async () => {
    const with_ = deps({ judge: async () => Promise.reject(new Error('timeout')) });
    const answer = await post('decide', review(), with_);
    expect(answer?.response).toMatchObject({ allowed: false, status: { code: 503 } });
    expect(with_.durable).toEqual([]);
  });

  it('names every problem at once, each with its field', async () => {
    const problems = [
      { field: 'spec.allowedCIDRs[0]', message: 'must be a CIDR' },
      { field: 'spec.expirationTime', message: 'must be after the start' },
    ];
    const answer = await post('decide', review(), deps({ findings: { problems, warnings: [] } }));
    expect(answer?.response).toMatchObject({
      allowed: false,
      status: {
        code: 422,
        message:
          'SupportAccessGrant case-4711 has 2 problems: spec.allowedCIDRs[0]: must be a CIDR; spec.expirationTime: must be after the start',
        details: {
          kind: 'SupportAccessGrant',
          name: 'case-4711',
          causes: problems.map((problem) => ({ reason: 'FieldValueInvalid', ...problem })),
        },
      },
    });
  });

  it('shows warnings and still allows', async () => {
    const answer = await post(
      'decide',
      review(),
      deps({ findings: { problems: [], warnings: ['x'.repeat(300)] } }),
    );
    expect(answer?.response).toMatchObject({ allowed: true, warnings: [`${'x'.repeat(255)}…`] });
  });

  it.each([['decide'], ['record']] as const)('leaves no record of a dry run at the door %s', async (door) => {
    const with_ = deps();
    const answer = await post(door, review({ dryRun: true }), with_);
    expect(answer?.response).toMatchObject({ allowed: true });
    expect([...with_.durable, ...with_.later]).toEqual([]);
  });
});

describe('the recording door', () => {
  it('allows without waiting for anything, and notes who it was', async () => {
    const never = async () => Promise.reject(new Error('never asked'));
    const with_ = deps({ judge: never, advise: never });
    const answer = await post('record', review({ operation: 'DELETE', object: null }), with_);
    expect(answer?.response).toEqual({ uid: 'review-1', allowed: true });
    expect(with_.later[0]).toMatchObject({ target: { action: 'DELETE', name: 'case-4711', uid: 'u-1' } });
  });

  it.each([
    [
      'a lock, while what its advice reads does not come',
      { kind: kindOf('SupportAccessLock'), object: aLock('ns.ecase') },
    ],
    ['a grant that is prepared', { object: grant('Disabled') }],
  ])('allows and notes the creation of %s', async (_, changes) => {
    const never = () => new Promise<never>(() => undefined);
    const now = () => Date.parse(stamp.time);
    const advise = createAdvice({ client: { get: never, list: never }, now, withinMs: 1 });
    const with_ = deps({ judge: never, advise });
    const answer = await post('record', review({ operation: 'CREATE', oldObject: null, ...changes }), with_);
    expect(answer?.response).toEqual({ uid: 'review-1', allowed: true });
    expect(with_.later).toMatchObject([{ target: { action: 'CREATE' } }]);
  });

  it('warns of what is allowed in any case, also of a dry run', async () => {
    const warnings = ['spec.allowedCIDRs is empty now'];
    for (const changes of [{}, { dryRun: true }]) {
      const answer = await post('record', review(changes), deps({ findings: { problems: [], warnings } }));
      expect(answer?.response).toEqual({ uid: 'review-1', allowed: true, warnings });
    }
  });
});

it.each([
  ['is longer than uids are', 'x'.repeat(5000)],
  ['has line breaks and controls', 'a\r\n\u001b[2J\u202e'],
  ['has no shape at all', '   '],
])('a user whose uid %s can be recorded like any other', async (_, uid) => {
  const with_ = deps();
  await post('decide', review({ userInfo: { username: 'ada', uid, groups: [uid] } }), with_);
  const accepted = validateAppend('admission', with_.durable);
  expect(accepted).toMatchObject({ ok: true, records: [{ record: { actor: { name: 'ada' } } }] });
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  expect(JSON.stringify(accepted)).not.toMatch(/[\u0000-\u001f\u202e]/);
});

describe('a name', () => {
  const bad = { problems: [{ field: 'spec.x', message: 'is bad' }], warnings: [] };

  it.each([
    ['allows', 'decide', {}, undefined],
    ['refuses', 'decide', {}, bad],
    ['notes', 'record', { operation: 'DELETE', object: null }, undefined],
    ['notes', 'record', { operation: 'CREATE', oldObject: null }, undefined],
  ] as const)('stands in the record of a review that %s (%s) only when it is proved', async (...row) => {
    const [, path, changes, findings] = row;
    const inRecords = async (proved: boolean) => {
      const with_ = deps(findings === undefined ? {} : { findings });
      await post(path, review(changes), with_, proved);
      const [record] = [...with_.durable, ...with_.later];
      expect(record?.requester?.certainty).toBe(proved ? 'proved' : 'unknown');
      return JSON.stringify(record);
    };
    expect(await inRecords(true)).toContain('grace');
    const text = await inRecords(false);
    expect(text).not.toContain('grace');
    expect(text).not.toContain('platform-team');
  });

  it('is told of a write that may come, and of none that was refused, tried out or changes nothing', async () => {
    const toldBy = async (path: EntryPath, changes: object, given = {}) => {
      const with_ = deps(given);
      await post(path, review(changes), with_, false);
      return with_.told.map(({ write, requester, proved }) => [write.gone, requester.username, proved]);
    };
    expect(await toldBy('decide', {})).toEqual([[false, 'grace', false]]);
    expect(await toldBy('record', { operation: 'DELETE', object: null })).toEqual([[true, 'grace', false]]);
    expect(await toldBy('decide', {}, { findings: bad })).toEqual([]);
    expect(await toldBy('record', { dryRun: true })).toEqual([]);
    expect(await toldBy('record', { oldObject: grant('Enabled') })).toEqual([]);
    expect(await toldBy('decide', {}, { record: () => Promise.reject(new Error('full')) })).toEqual([]);
  });

  it('of a requested write stands beside no decision: whether it was stored is not known yet', async () => {
    const with_ = deps();
    await post('decide', review(), with_);
    expect(with_.durable[0]).not.toHaveProperty('decision');
  });
});

const tooDeep = `{"metadata":{},"spec":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;

describe('a body that is no review', () => {
  it.each([
    ['no JSON', '{'],
    ['another version', review().replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1')],
    ['no request', JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' })],
    ['no user', review({ userInfo: {} })],
    ['no uid', review({ uid: '' })],
    ['an unknown operation', review({ operation: 'EXPLODE' })],
    ['a list', '[]'],
    ['a uid that is no text', review({ userInfo: { username: 'ada', uid: 5 } })],
    ['groups that are no list', review({ userInfo: { username: 'ada', groups: 5 } })],
    ['groups that are no texts', review({ userInfo: { username: 'ada', groups: [{}] } })],
    ['an object without metadata', review({ object: { spec: {} } })],
    [
      'an object of a depth that would exhaust the stack',
      review({ object: 'DEEP' }).replace('"DEEP"', tooDeep),
    ],
  ])('is not answered: %s', async (_, body) => {
    expect(await post('decide', body, deps())).toBeUndefined();
    expect(await post('record', body, deps())).toBeUndefined();
  });
});

describe('what changed', () => {
  it('is told by pointers without values, names escaped', () => {
    const before = { a: 1, 'b/c~d': { e: [1, 2] }, same: { x: 1 } };
    const after = { a: 2, 'b/c~d': { e: [1, 3] }, same: { x: 1 }, added: 'secret' };
    expect(changedPaths(before, after)).toEqual(['/spec/a', '/spec/added', '/spec/b~1c~0d/e']);
  });
});
