/** The namespace of the identities goes with that of the release, and with nothing else. */
import { describe, expect, it } from 'vitest';
import { planRelease } from '../../../../operator/release/plan.ts';
import { metadataOf } from '../../../kit/objects/object.ts';
import { anIdentitiesNamespace } from '../../../kit/objects/release.ts';

const release = { apiVersion: 'v1', kind: 'Namespace', metadata: metadataOf('Namespace', 'support-access') };
const owner = { apiVersion: 'v1', kind: 'Namespace', name: 'support-access', uid: release.metadata.uid };
const owned = (...ownerReferences: (typeof owner)[]) => anIdentitiesNamespace({ ownerReferences });
const deletionTimestamp = '2026-12-01T11:59:59Z';

describe('the namespace of the identities', () => {
  it('gets the release namespace as its owner, in the state in which it was seen', () => {
    expect(planRelease({ identities: anIdentitiesNamespace(), release })).toEqual({
      metadata: { resourceVersion: '1', ownerReferences: [owner] },
    });
  });

  it('has no second one, which would keep it: not the namespace of an earlier release, nor what others added', () => {
    const earlier = { ...owner, uid: 'earlier' };
    for (const identities of [owned(earlier), owned(earlier, owner), owned(owner, earlier)])
      expect(planRelease({ identities, release })?.metadata.ownerReferences).toEqual([owner]);
  });

  it('is left alone where it has it, and where one of the two is missing or being deleted', () => {
    const leaving = { ...release, metadata: { ...release.metadata, deletionTimestamp } };
    const worlds = [
      { identities: owned(owner), release },
      { identities: undefined, release },
      { identities: anIdentitiesNamespace({ deletionTimestamp }), release },
      { identities: anIdentitiesNamespace(), release: undefined },
      { identities: anIdentitiesNamespace(), release: leaving },
    ];
    for (const world of worlds) expect(planRelease(world)).toBeUndefined();
  });
});
