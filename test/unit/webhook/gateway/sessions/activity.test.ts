import { describe, expect, it } from 'vitest';
import { formatTime } from '../../../../../crds/rules/time/time.ts';
import { Activity } from '../../../../../webhook/gateway/sessions/activity.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { aSession, lastSeenAt, neverSeen } from '../../../../kit/objects/session.ts';

/** The activity of a gateway, with the times that it wrote. */
function anActivity(mergePatch: () => Promise<unknown> = () => Promise.resolve({})) {
  const written: unknown[] = [];
  const failures: unknown[] = [];
  const activity = new Activity({
    client: {
      mergePatch: async <T>(_resource: unknown, _ref: unknown, { patch }: { readonly patch: object }) => {
        written.push(patch);
        return (await mergePatch()) as T;
      },
    },
    onFailure: (error) => failures.push(error),
  });
  return { activity, written, failures };
}
const seenAt = (moment: number) => ({ status: { lastActivityTime: formatTime(moment) } });

describe('the activity of a session', () => {
  it('is written once a minute, also where the caller has not yet seen what was written', () => {
    const { activity, written } = anActivity();
    for (const after of [0, 1, 59_999, 60_000, 60_001]) activity.touch(aSession(neverSeen()), noon + after);
    expect(written).toEqual([seenAt(noon), seenAt(noon + 60_000)]);
  });

  it('is not written within a minute of what another gateway wrote', () => {
    const { activity, written } = anActivity();
    const session = aSession(lastSeenAt('2026-12-01T12:00:00Z'));
    activity.touch(session, noon + 59_999);
    expect(written).toEqual([]);
    activity.touch(session, noon + 60_000);
    expect(written).toEqual([seenAt(noon + 60_000)]);
  });

  it('that could not be written is told, and no request waits for it', async () => {
    const { activity, failures } = anActivity(() => Promise.reject(new Error('away')));
    activity.touch(aSession(), noon);
    await expect.poll(() => failures).toEqual([new Error('away')]);
  });
});
