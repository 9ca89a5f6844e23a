/** Which locks does a change concern, and what does a lock's own status concern? With many of each, all for one is too much. */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../kube/objects.ts';
import { aGrant, disabled, forUser } from '../../../kit/objects/grant.ts';
import { type Held, keysAfterIn } from '../../../kit/objects/keys-after.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { metadataOf, withMetadata, withSpec } from '../../../kit/objects/object.ts';
import { aSession } from '../../../kit/objects/session.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

const aGrantNamed = (name: string) => aGrant(withMetadata(metadataOf('SupportAccessGrant', name, 'ecase')));
const adas = aGrantNamed('adas');
const bobs = forUser('bob')(aGrantNamed('bobs'));
const theirs = aGrant(withMetadata(metadataOf('SupportAccessGrant', 'else', 'other')), forUser('eve'));
const [onAda, onBob] = [aUser(), aUserNamed('bob')].map(({ metadata }) => `user.${metadata.uid}`) as [
  string,
  string,
];
const onAdas = `grant.${adas.metadata.uid}`;
const allLocks = ['all', 'ns.ecase', 'ns.other', onAda, onBob, onAdas, `grant.${bobs.metadata.uid}`].map(
  (name) => aLock(name),
);
const adasSession = aSession(
  withSpec({ grantRef: { name: 'adas', uid: adas.metadata.uid } }),
  withSpec({ userRef: { name: 'ada', uid: aUser().metadata.uid } }),
);
const active = (session: KubeObject): KubeObject =>
  ({ ...session, status: { lastActivityTime: '2026-12-01T11:59:00Z' } }) as KubeObject;

const held: Held = {
  supportaccessgrants: [adas, bobs, theirs],
  supportusers: [aUser(), aUserNamed('bob')],
  supportsessions: [adasSession],
  supportaccesslocks: allLocks,
};

describe('a change', () => {
  it('of the status of a lock, which counts what it stops, concerns no grant and no session', async () => {
    const old = aLock('all');
    const object = { ...old, status: { grants: 7 } } as KubeObject;
    const keys = await keysAfterIn(held, 'locks', { type: 'updated', object, old });
    expect(keys).toEqual([`lock:${old.metadata.uid}`]);
  });

  it.each([
    ['grants', { type: 'updated', object: disabled()(adas), old: adas }, ['all', onAda, onAdas, 'ns.ecase']],
    [
      'grants',
      { type: 'updated', object: forUser('bob')(adas), old: adas },
      ['all', onAda, onAdas, onBob, 'ns.ecase'],
    ],
    ['grants', { type: 'deleted', object: theirs }, ['all', 'ns.other']],
    ['users', { type: 'deleted', object: aUser() }, [onAda]],
    ['sessions', { type: 'added', object: adasSession }, ['all', onAda, onAdas, 'ns.ecase']],
    ['sessions', { type: 'deleted', object: adasSession }, ['all', onAda, onAdas, 'ns.ecase']],
    ['sessions', { type: 'updated', object: active(adasSession), old: adasSession }, []],
  ] as const)('of %s concerns the locks that could stop it, and no other', async (name, change, locks) => {
    const keys = await keysAfterIn(held, name, change);
    expect(keys.filter((key) => key.startsWith('lock:'))).toEqual(
      locks.map((lock) => `lock:${aLock(lock).metadata.uid}`).toSorted(),
    );
  });
});
