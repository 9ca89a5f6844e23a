import { describe, expect, it } from 'vitest';
import { changesMoreThanMetadata, changesSpecOrLife } from '../../../../kube/watch/metadata-change.ts';
import { aGrant, disabled, opened } from '../../../kit/objects/grant.ts';
import { withMetadata } from '../../../kit/objects/object.ts';

const old = aGrant(opened());
const updated = (object: typeof old) => ({ type: 'updated', object, old }) as const;
const withoutSpec = ({ spec: _spec, ...rest }: typeof old) => rest;

describe('a change of metadata alone', () => {
  it.each([
    ['annotations', { annotations: { note: 'x' } }],
    ['labels', { labels: { team: 'x' } }],
    ['finalizers', { finalizers: ['example.com/hold'] }],
    ['owners', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u' }] }],
    ['a resource version', { resourceVersion: '77' }],
  ])('is seen in %s', (_what, metadata) => {
    const change = updated(withMetadata(metadata)(old) as typeof old);
    expect([changesMoreThanMetadata(change), changesSpecOrLife(change)]).toEqual([false, false]);
  });
});

describe('more than metadata', () => {
  it.each([
    ['that an object appeared', { type: 'added', object: old } as const],
    ['that it went', { type: 'deleted', object: old, old } as const],
    ['another spec', updated(disabled()(old))],
    [
      'another count of specs where no spec is kept',
      {
        type: 'updated',
        object: withoutSpec(withMetadata({ generation: 8 })(old) as typeof old),
        old: withoutSpec(old),
      } as const,
    ],
    [
      'a deletion that a finalizer holds up',
      updated(withMetadata({ deletionTimestamp: '2026-12-01T00:00:00Z' })(old) as typeof old),
    ],
  ])('is %s', (_what, change) => {
    expect([changesMoreThanMetadata(change), changesSpecOrLife(change)]).toEqual([true, true]);
  });

  it('is another status, for who reads it', () => {
    const change = updated({ ...old, status: { ...old.status, activeReason: 'Locked' } });
    expect([changesMoreThanMetadata(change), changesSpecOrLife(change)]).toEqual([true, false]);
  });
});
