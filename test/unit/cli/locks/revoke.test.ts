/** Stopping access where little else works: nothing that is only told may keep the lock from being written. */
import { describe, expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { aUserNamed } from '../../../kit/objects/user.ts';

const none: Reply = [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }];

/** As the API server stores it. */
const made = (lock: unknown): object => {
  const { metadata, ...rest } = lock as { readonly metadata: object };
  return { ...rest, metadata: { uid: 'u-1', creationTimestamp: '2026-12-01T12:00:00Z', ...metadata } };
};

/** Locks with these replies to the lists before the lock is there, and to the reading of the namespace. */
async function locking(target: readonly string[], lists: Reply, namespace: Reply = [200, {}]) {
  let stored: object | undefined;
  const { options } = await scriptedServer((asked, lock) => {
    if (asked.startsWith('POST')) {
      stored = made(lock);
      return [201, stored];
    }
    if (asked.includes('/supportaccesslocks/'))
      return stored === undefined ? failure(404, 'none', 'none') : [200, stored];
    if (asked.startsWith('GET /api/v1/namespaces/')) return namespace;
    return stored === undefined ? lists : none;
  });
  return call(['revoke', ...target, '--yes', ...options]);
}

describe('CC-13 revoke', () => {
  it.each<[string, Reply]>([
    ['fail', failure(500, 'etcd')],
    ['hang', 'silent'],
  ])('writes the lock where lists %s, and says that nothing could be listed', async (_, lists) => {
    const { code, out, err } = await locking(['all'], lists);
    expect(err).toContain('Grants could not be listed');
    expect(err).toContain('Sessions could not be listed');
    expect(out).toContain('Done. Support access to this cluster is stopped.');
    expect(code).toBe(0);
  });

  it('writes down by name whom the lock stops, since its own name has only the UID', async () => {
    let written: unknown;
    const user = aUserNamed('ada');
    const { options } = await scriptedServer((asked, lock) => {
      if (asked.endsWith('/supportusers/ada')) return [200, user];
      if (!asked.startsWith('POST'))
        return asked.includes('/supportaccesslocks/') ? failure(404, 'none', 'x') : none;
      written = lock;
      return [201, lock as object];
    });
    await call(['revoke', 'person', 'ada', '--yes', '--wait=false', ...options]);
    const annotations = { 'supportaccess.dev/locked': 'SupportUser ada' };
    expect(written).toMatchObject({ metadata: { name: `user.${user.metadata.uid}`, annotations } });
  });

  it('says that it is not known whether there is the namespace, where namespaces may not be read', async () => {
    const doubt = 'it is not known whether there is one named ecsae.';
    const { out, err } = await locking(['namespace', 'ecsae'], none, failure(403, 'not for you'));
    expect(err.replaceAll(/\s+/g, ' ')).toContain(doubt);
    expect(out).toContain(doubt);
  });

  it.each<[string, boolean, string]>([
    ['writes the lock', false, 'SupportAccessLock all created'],
    ['says that it is there already', true, 'Locked already; you may not read locks'],
  ])('%s for who may only make locks', async (_, isThere, said) => {
    const { options, calls } = await scriptedServer((asked, lock) => {
      if (!asked.startsWith('POST')) return failure(403, 'not for you');
      if (!isThere) return [201, made(lock)];
      const [, exists] = failure(409, 'it is there') as [number, object];
      return [409, { ...exists, reason: 'AlreadyExists' }];
    });
    const unwaited = await call(['revoke', 'all', '--yes', '--wait=false', ...options]);
    expect(unwaited.out).toContain(said);
    expect(unwaited.code).toBe(0);
    const { code, out } = await call(['revoke', 'all', '--yes', ...options]);
    expect(out).toContain('Done. Support access to this cluster is stopped.');
    expect(out).toContain('it was not looked whether it still does');
    expect(code).toBe(0);
    expect(calls.filter((each) => each.startsWith('POST'))).toHaveLength(2);
  });

  it('refuses a namespace that is not there', async () => {
    const { code, err } = await locking(['namespace', 'ecsae'], none, failure(404, 'none', 'ecsae'));
    expect(code).toBe(3);
    expect(err).toContain('no Namespace ecsae');
  });
});
