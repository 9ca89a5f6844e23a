import { describe, expect, it } from 'vitest';
import { formatTime } from '../../../../../crds/rules/time/time.ts';
import { Activity } from '../../../../../webhook/gateway/sessions/activity.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { aPolicy, withSession } from '../../../../kit/objects/policy.ts';
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
const seenAt = (moment: number, idleMs = 1_800_000) => ({
  status: {
    observedGeneration: 1,
    lastActivityTime: formatTime(moment),
    idleExpirationTime: formatTime(moment + idleMs),
  },
});
const used = (now: number, idleSeconds = 1800) => ({
  now,
  world: { policy: aPolicy(withSession({ idleSeconds })) },
});

describe('the activity of a session', () => {
  it('is written once a minute, also where the caller has not yet seen what was written', () => {
    const { activity, written } = anActivity();
    for (const after of [0, 1, 59_999, 60_000, 60_001])
      activity.touch(aSession(neverSeen()), used(noon + after));
    expect(written).toEqual([seenAt(noon), seenAt(noon + 60_000)]);
  });

  it('is not written within a minute of what another gateway wrote', () => {
    const { activity, written } = anActivity();
    const session = aSession(lastSeenAt('2026-12-01T12:00:00Z'));
    activity.touch(session, used(noon + 59_999));
    expect(written).toEqual([]);
    activity.touch(session, used(noon + 60_000));
    expect(written).toEqual([seenAt(noon + 60_000)]);
  });

  it('fixes until when the session may rest, by the policy of that moment, and four times within a short limit', () => {
    const { activity, written } = anActivity();
    for (const after of [0, 14_999, 15_000]) activity.touch(aSession(neverSeen()), used(noon + after, 60));
    expect(written).toEqual([seenAt(noon, 60_000), seenAt(noon + 15_000, 60_000)]);
  });

  it('that could not be written is told, and no request waits for it', async () => {
    const { activity, failures } = anActivity(() => Promise.reject(new Error('away')));
    activity.touch(aSession(), used(noon));
    await expect.poll(() => failures).toEqual([new Error('away')]);
  });
});
