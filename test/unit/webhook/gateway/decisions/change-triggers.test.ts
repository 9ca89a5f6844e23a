/** Which writes are told to who judges sessions and streams: what decisions read, and not what only counts or notes. */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../kube/objects.ts';
import { startTriggers } from '../../../../../webhook/gateway/decisions/change-triggers.ts';
import { FollowedServer } from '../../../../kit/objects/followed-server.ts';
import { aGrant } from '../../../../kit/objects/grant.ts';
import { identitiesNamespace } from '../../../../kit/objects/grant-world.ts';
import { aLock } from '../../../../kit/objects/lock.ts';
import { aSession } from '../../../../kit/objects/session.ts';

type Sent = readonly ['ADDED' | 'MODIFIED' | 'DELETED', KubeObject];

/** The kinds that are told of, when the server sends these changes of what it holds. */
async function told(held: Readonly<Record<string, readonly KubeObject[]>>, plural: string, sent: Sent) {
  const server = new FollowedServer(held);
  const seen: string[] = [];
  const ended = Promise.withResolvers<void>();
  const triggers = startTriggers({
    client: server.client,
    identitiesNamespace,
    onSeen: ({ type, object }) => {
      if (object.metadata.name === 'the-last') ended.resolve();
      else seen.push(`${type} ${object.metadata.name}`);
    },
    onSlices: () => undefined,
    onChange: () => undefined,
    onPolicyChange: () => undefined,
    onInstallationChange: () => undefined,
    onProblem: () => undefined,
  });
  await triggers.synced;
  seen.length = 0;
  await server.send(plural, ...sent);
  // The same watch tells in order: after this one, that one would have been told.
  await server.send(plural, 'ADDED', {
    ...sent[1],
    metadata: { ...sent[1].metadata, name: 'the-last', uid: 'last' },
  });
  await ended.promise;
  await triggers.stop();
  return seen;
}

const withStatus = (object: KubeObject, status: object): KubeObject => Object.assign({}, object, { status });

describe('a write is told', () => {
  const locks = { supportaccesslocks: [aLock('all')] };

  it('of a lock that was made or lifted', async () => {
    expect(await told({}, 'supportaccesslocks', ['ADDED', aLock('all')])).toEqual(['added all']);
    expect(await told(locks, 'supportaccesslocks', ['DELETED', aLock('all')])).toEqual(['deleted all']);
  });

  it('of the status of a grant, which says whether it is open', async () => {
    const held = { supportaccessgrants: [aGrant()] };
    const sent = ['MODIFIED', withStatus(aGrant(), { activeReason: 'Locked' })] as const;
    expect(await told(held, 'supportaccessgrants', sent)).toEqual([`updated ${aGrant().metadata.name}`]);
  });

  it.each([
    ['lock, which counts what it stops', locks, 'supportaccesslocks', aLock('all')],
    [
      'session, which is when it was last active',
      { supportsessions: [aSession()] },
      'supportsessions',
      aSession(),
    ],
  ] as const)('but not of the status of a %s', async (_, held, plural, object) => {
    expect(await told(held, plural, ['MODIFIED', withStatus(object, { grants: 7 })])).toEqual([]);
  });
});
