/** When the last session had ended, and how long after the API server's answer: measured, and said only where something was written. */
import { expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';

const lock = {
  kind: 'SupportAccessLock',
  metadata: { name: 'all', uid: 'u-1', resourceVersion: '7', creationTimestamp: '2026-12-01T11:00:00Z' },
  spec: { reason: 'alarm' },
};
const session = { metadata: { name: 's', namespace: 'ecase' }, spec: { grantRef: {}, userRef: {} } };

/** Locks everything where one session ends at the third look, and the API server's clock is set on by an hour meanwhile. */
async function revoking(isThere: boolean): Promise<string> {
  let stored: object | undefined = isThere ? lock : undefined;
  let looks = 0;
  const { options } = await scriptedServer((asked) => {
    if (asked.startsWith('POST')) stored = lock;
    if (asked.startsWith('POST')) return [201, lock];
    if (asked.endsWith('/supportaccesslocks/all'))
      return stored === undefined ? failure(404, 'none', 'all') : [200, lock];
    const isOfSessions = asked.endsWith('/supportsessions');
    if (isOfSessions) looks += 1;
    const items = isOfSessions && looks < 4 ? [session] : [];
    const date = new Date(Date.now() + (looks < 3 ? 0 : 3_600_000)).toUTCString();
    const list: Reply = [200, { kind: 'List', metadata: { resourceVersion: '1' }, items }, { date }];
    return list;
  });
  const { code, out } = await call(['revoke', 'all', '--yes', ...options]);
  expect(code).toBe(0);
  return out;
}

it('CC-13 says how long a stop took as it was measured, also where the clock of the cluster is set meanwhile', async () => {
  expect(await revoking(false)).toMatch(
    /The one session had ended, streams included, by \d\d:\d\d(?::\d\d)? UTC, \d\.\d s after the API server's answer\./,
  );
});

it('CC-13 counts from no answer where everything was stopped already, and nothing was written', async () => {
  expect(await revoking(true)).toMatch(
    /The one session had ended, streams included, by \d\d:\d\d(?::\d\d)? UTC\.\n/,
  );
});

it('CC-13 says plainly that the end of the streams is not known to who may not list sessions, and who can tell', async () => {
  const { options } = await scriptedServer((asked) =>
    asked.startsWith('POST') ? [201, lock] : failure(403, 'not for you'),
  );
  const { code, out, err } = await call(['revoke', 'all', '--yes', ...options]);
  const whoCan =
    'Who may (ClusterRole support-access-viewer) sees with "kubectl support-access sessions -A" whether one is left.';
  expect(err.replaceAll(/\s+/g, ' ')).toContain(
    `You may not list sessions, so it will not be said when the last of them has ended. ${whoCan}`,
  );
  expect(out).toContain('When the last stream ended is not known, since you may not list sessions;');
  expect(out).toContain(whoCan);
  expect(code).toBe(0);
});
