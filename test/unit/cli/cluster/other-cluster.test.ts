/** A cluster whose clock is another one, and one that has another release of the product, or none. */
import { describe, expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { problemComplaints } from '../../../kit/messages/good-message.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aSession } from '../../../kit/objects/session.ts';

describe('a clock that is off', () => {
  const noon = Date.parse('2026-12-01T12:00:00Z');
  const minute = 60_000;

  /** Lists sessions by a clock of noon, of a cluster whose clock is ahead of it by so many milliseconds. */
  async function sessionsAt(ahead: number, words: readonly string[] = []) {
    const { options } = await scriptedServer((asked): Reply => {
      // The offset is taken between the two real clocks; the caller's own is set beside it.
      const headers = { date: new Date(Date.now() + ahead).toUTCString() };
      if (asked.endsWith('/default')) return [200, aPolicy(), headers];
      const items = asked.endsWith('/supportsessions') ? [aSession()] : [aGrant()];
      return [200, { kind: 'List', metadata: { resourceVersion: '1' }, items }, headers];
    });
    return call(['sessions', ...words, ...options], { now: noon });
  }

  it.each([
    [5 * minute, "Your clock is 5 min behind the cluster's. Times are counted by the cluster's clock."],
    [-5 * minute, "Your clock is 5 min ahead of the cluster's. Times are counted by the cluster's clock."],
  ])('by %i ms is told once, with its direction', async (ahead, says) => {
    const { code, err } = await sessionsAt(ahead);
    expect(err.split(says).length - 1).toBe(1);
    expect(code).toBe(0);
  });

  it('by half a minute is not worth telling', async () => {
    expect((await sessionsAt(30_000)).err).not.toContain('Your clock');
  });

  it('counts for nothing: what has ended by the clock of the cluster is not shown', async () => {
    expect((await sessionsAt(0, ['-o', 'name'])).out).toContain('supportsession');
    expect((await sessionsAt(8 * 60 * minute, ['-o', 'name'])).out).toBe('');
  });
});

describe('a cluster without this kind', () => {
  const group = '/apis/supportaccess.dev';

  async function said(ofGroup: Reply): Promise<string> {
    const { options } = await scriptedServer((asked) =>
      asked === `GET ${group}`
        ? ofGroup
        : [404, { kind: 'Status', code: 404, reason: 'NotFound', message: 'no' }],
    );
    const { code, err } = await call(['sessions', '-A', ...options]);
    expect(code).toBe(3);
    expect(problemComplaints(err)).toEqual([]);
    return err;
  }

  it.each<[string, Reply, string]>([
    [
      'has another release, which lacks the kind',
      [200, { versions: [{ version: 'v1beta1' }] }],
      'has another release of support-access than this plugin: it serves supportaccess.dev, but not this kind. Use the plugin of its release.',
    ],
    [
      'has a release that speaks other versions',
      [200, { versions: [{ version: 'v1' }, { version: 'v2' }] }],
      'serves supportaccess.dev/v1, supportaccess.dev/v2, and this plugin speaks supportaccess.dev/v1beta1. Use the plugin of its release.',
    ],
    ['has none', failure(404, 'none'), 'support-access is not installed in the cluster of context'],
    [
      'does not tell what it has',
      failure(503, 'busy'),
      'it could not be told whether support-access is installed there (GET /apis/supportaccess.dev gave no answer that says it). Try again',
    ],
    ['gives no answer', 'lost', 'it could not be told whether support-access is installed there'],
  ])('%s: it is told, with the way out', async (_, ofGroup, says) => {
    expect(await said(ofGroup)).toContain(says);
  });
});
