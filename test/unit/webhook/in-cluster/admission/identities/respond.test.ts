/** What the API server is told of a write of a support identity, and what is recorded of it. */
import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../../crds/audit/record.ts';
import { ownerMark } from '../../../../../../crds/identities.ts';
import type { Decision } from '../../../../../../crds/rules/ask.ts';
import { validateAppend } from '../../../../../../trail/validate-append.ts';
import type { JudgedIdentity } from '../../../../../../webhook/in-cluster/admission/identities/judge.ts';
import {
  type IdentityResponders,
  respondToOwner,
  respondToSupport,
} from '../../../../../../webhook/in-cluster/admission/identities/respond.ts';
import { type AdmissionRequest, readReview } from '../../../../../../webhook/in-cluster/admission/review.ts';
import { askOn } from '../../../../../kit/objects/ask.ts';
import { aGrant, opened } from '../../../../../kit/objects/grant.ts';
import { uidOf } from '../../../../../kit/objects/object.ts';

const userUid = uidOf('SupportUser', 'ada');
const grant = aGrant(opened());
const identity = {
  claimed: { grant: { namespace: 'ecase', name: 'case-4711' }, grantUid: grant.metadata.uid, userUid },
  grant,
  person: 'ada',
};
const judgedAs = (decision: Decision): JudgedIdentity => ({ decision, identity, world: askOn('kubernetes') });
const yes = judgedAs({ allow: true, until: 1 });

function requestOf(changes: object = {}): AdmissionRequest {
  const request = readReview(
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'review-1',
        operation: 'UPDATE',
        kind: { group: '', version: 'v1', kind: 'ConfigMap' },
        resource: { group: '', version: 'v1', resource: 'configmaps' },
        name: 'a-note',
        namespace: 'ecase',
        userInfo: { username: 'system:serviceaccount:support-access-identities:sa-1', groups: [] },
        object: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a-note', managedFields: [{ manager: 'kubectl' }] },
          data: { a: 'new', more: 'hunter2' },
        },
        oldObject: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a-note' }, data: { a: 'old' } },
        ...changes,
      },
    }),
  );
  if (request === undefined) throw new Error('it is no review');
  return request;
}

function deps(judged: JudgedIdentity | Error, changes: Partial<IdentityResponders> = {}) {
  const durable: NewRecord[] = [];
  const later: NewRecord[] = [];
  const made: IdentityResponders = {
    judgeIdentity: async () => (judged instanceof Error ? Promise.reject(judged) : judged),
    identityOf: async () => (judged instanceof Error ? Promise.reject(judged) : judged.identity),
    record: async (record) => void durable.push(record),
    appendInBackground: (record) => void later.push(record),
    stamp: () => ({ id: '019aa000-0000-7000-8000-000000000001', time: '2026-12-01T12:00:00.000Z' }),
    ...changes,
  };
  return { ...made, durable, later };
}

const received = (request: AdmissionRequest, proved = true) => ({ request, proved, peer: '10.0.0.1' });

describe('a write of support', () => {
  it('is allowed when it is on record: who, under which grant, and which fields, without a value', async () => {
    const with_ = deps(yes);
    const { response } = await respondToSupport(received(requestOf()), with_);
    expect(response).toEqual({ uid: 'review-1', allowed: true });
    const [record] = with_.durable;
    expect(record).toMatchObject({
      type: 'admission.requested',
      actor: { kind: 'support', name: 'ada', uid: userUid, userType: 'Support User' },
      grant: { namespace: 'ecase', name: 'case-4711', uid: grant.metadata.uid },
      target: { action: 'UPDATE configmaps', kind: 'ConfigMap', namespace: 'ecase', name: 'a-note' },
      change: { paths: ['/data/a', '/data/more'] },
      decision: { effect: 'allow' },
    });
    expect(JSON.stringify(record)).not.toContain('hunter2');
    expect(validateAppend('admission', [record])).toMatchObject({ ok: true });
  });

  it('names no person and no grant where nothing proves that the API server asked', async () => {
    const with_ = deps(yes);
    await respondToSupport(received(requestOf(), false), with_);
    expect(with_.durable[0]).not.toHaveProperty('grant');
    expect(JSON.stringify(with_.durable)).not.toContain('ada');
  });

  it('is refused with the code that people may read, and recorded with the true one', async () => {
    const with_ = deps(
      judgedAs({ allow: false, reason: 'ExcessRights', check: 'x', detail: 'the binding is view-all' }),
    );
    const { response } = await respondToSupport(received(requestOf()), with_);
    expect(response).toMatchObject({ allowed: false, status: { code: 403, reason: 'Forbidden' } });
    expect(JSON.stringify(response)).toContain('(NotOpened)');
    expect(JSON.stringify(response)).not.toContain('view-all');
    expect(with_.later[0]).toMatchObject({
      type: 'admission.rejected',
      decision: { effect: 'deny', reason: 'ExcessRights' },
      message: 'the binding is view-all',
    });
    expect(validateAppend('admission', with_.later)).toMatchObject({ ok: true });
  });

  it('is not allowed while its record cannot be durable, and refused for now where it cannot be judged', async () => {
    const record = async () => Promise.reject(new Error('full'));
    const full = await respondToSupport(received(requestOf()), deps(yes, { record }));
    expect(full.response).toMatchObject({ allowed: false, status: { code: 503 } });
    expect(JSON.stringify(full)).toContain('(RecordsUnavailable)');
    const with_ = deps(new Error('timeout'));
    const unread = await respondToSupport(received(requestOf()), with_);
    expect(unread.response).toMatchObject({ allowed: false, status: { code: 503 } });
    expect(with_.later[0]).toMatchObject({ decision: { reason: 'StateUnavailable' } });
  });

  it('has the same answer in a dry run, and leaves no record', async () => {
    const no = judgedAs({ allow: false, reason: 'Locked', check: 'x' });
    for (const judged of [yes, no]) {
      const with_ = deps(judged);
      const dry = await respondToSupport(received(requestOf({ dryRun: true })), with_);
      expect(dry).toEqual(await respondToSupport(received(requestOf()), deps(judged)));
      expect([...with_.durable, ...with_.later]).toEqual([]);
    }
  });

  it('may be a connection, whose options have no metadata', async () => {
    const object = { apiVersion: 'v1', kind: 'PodExecOptions', command: ['ls'] };
    const request = requestOf({ operation: 'CONNECT', subResource: 'exec', object, oldObject: null });
    const with_ = deps(yes);
    expect((await respondToSupport(received(request), with_)).response['allowed']).toBe(true);
    expect(with_.durable[0]).toMatchObject({ target: { action: 'CONNECT configmaps/exec' } });
  });
});

describe('the mark of the owner', () => {
  const patchOf = async (metadata: object): Promise<unknown> => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    const { response } = await respondToOwner(
      received(requestOf({ operation: 'CREATE', object })),
      deps(yes),
    );
    expect(response).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
    return JSON.parse(Buffer.from(String(response['patch']), 'base64').toString());
  };
  const key = 'supportaccess.dev~1owner';

  it('is put where there are no labels and annotations, and beside or in place of those that there are', async () => {
    expect(await patchOf({ name: 'x' })).toEqual([
      { op: 'add', path: '/metadata/labels', value: { [ownerMark]: userUid } },
      { op: 'add', path: '/metadata/annotations', value: { [ownerMark]: 'ada' } },
    ]);
    expect(await patchOf({ name: 'x', labels: { [ownerMark]: 'u-9' }, annotations: {} })).toEqual([
      { op: 'add', path: `/metadata/labels/${key}`, value: userUid },
      { op: 'add', path: `/metadata/annotations/${key}`, value: 'ada' },
    ]);
  });

  it('is not put where it is not known whose it would be: the write is refused', async () => {
    const unknown = await respondToOwner(received(requestOf()), deps({ decision: yes.decision }));
    expect(unknown.response).toMatchObject({ allowed: false, status: { code: 403 } });
    const unread = await respondToOwner(received(requestOf()), deps(new Error('timeout')));
    expect(unread.response).toMatchObject({ allowed: false, status: { code: 503 } });
  });
});
