/** What a grant names, as the caller may read it: the locks over it are among what keeps it closed. */
import { describe, expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';

const none = failure(404, 'none', 'none');
const metadata = { name: 'case-1', namespace: 'ecase', uid: 'u-1', resourceVersion: '7', generation: 2 };
const grant = {
  kind: 'SupportAccessGrant',
  metadata,
  spec: {
    access: 'Disabled',
    userRefs: [{ name: 'ada' }, { name: 'charles' }, { name: 'mary' }],
    matrixRef: { name: 'm' },
    expirationTime: '2026-12-04T12:00:00Z',
  },
};
const user = (name: string) => ({
  kind: 'SupportUser',
  metadata: { name, uid: `uid-of-${name}` },
  spec: { access: 'Enabled', displayName: name },
});

/** What "grant enable" says before it asks, with these locks read so. */
async function saidWith(locks: Readonly<Record<string, Reply>>): Promise<string> {
  const { options } = await scriptedServer((asked) => {
    const name = asked.split('/').at(-1) ?? '';
    if (asked.includes('/supportaccesslocks/')) return locks[name] ?? none;
    if (asked.includes('/supportusers/')) return name === 'mary' ? none : [200, user(name)];
    return asked.includes('/supportaccessgrants/') ? [200, grant] : none;
  });
  const { err } = await call(['grant', 'enable', 'case-1', ...options], {
    now: Date.parse('2026-12-01T12:00:00Z'),
    answers: ['n'],
  });
  return err.replaceAll(/\s+/g, ' ');
}

const lock: Reply = [200, { kind: 'SupportAccessLock', metadata: { name: 'x' }, spec: { reason: 'alarm' } }];

describe('CC-13 the locks over a grant', () => {
  it('are said: those on all of it, and those on one of its people', async () => {
    const said = await saidWith({ 'grant.u-1': lock, 'user.uid-of-charles': lock });
    expect(said).toContain('The lock grant.u-1 stands, so it opens only when that is lifted.');
    expect(said).toContain(
      'The lock user.uid-of-charles stands, so charles gets in only when that is lifted',
    );
    expect(said).not.toContain('uid-of-ada');
  });

  it('are not told to be absent where they may not be read', async () => {
    const hidden = 'You may not read locks, so it is not known whether one keeps it closed.';
    expect(await saidWith({ 'user.uid-of-ada': failure(403, 'not for you') })).toContain(hidden);
    expect(await saidWith({})).not.toMatch(/lock/i);
  });
});
