/** What is recorded about a lock: that it was made and why, and that it was lifted and why. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessLock } from '../../../../crds/generated/support-access-lock.ts';
import { planLock } from '../../../../operator/lock/plan.ts';
import { noon } from '../../../kit/objects/grant-world.ts';
import { createdAt, type Modifier, metadataOf, modified, withMetadata } from '../../../kit/objects/object.ts';

const aLock = (...modifiers: Modifier<SupportAccessLock>[]): SupportAccessLock =>
  modified(
    {
      apiVersion: 'supportaccess.dev/v1beta1',
      kind: 'SupportAccessLock',
      metadata: metadataOf('SupportAccessLock', 'ns.ecase'),
      spec: { reason: 'incident 7' },
    },
    modifiers,
  );
const { uid } = aLock().metadata;
const target = { area: 'configuration', kind: 'SupportAccessLock', name: 'ns.ecase', uid };

describe('a lock that stands', () => {
  it('is recorded with its reason, at the time when it was made and not when it was seen', () => {
    expect(planLock({ lock: aLock(), gone: false }, noon)).toEqual([
      expect.objectContaining({
        type: 'lock.created',
        key: `lock.created/${uid}`,
        time: '2026-12-01T07:00:00.000Z',
        message: 'incident 7',
        target: expect.objectContaining(target),
      }),
    ]);
  });

  it('is recorded with the present time when its own cannot be read', () => {
    const [draft] = planLock({ lock: aLock(createdAt('soon')), gone: false }, noon);
    expect(draft?.time).toBe('2026-12-01T12:00:00.000Z');
  });
});

describe('a lock that is gone', () => {
  it.each([
    ['lifted, with the reason that was given', { 'supportaccess.dev/unlock-reason': 'solved' }, 'solved'],
    ['lost where none was given', undefined, expect.stringContaining('what it stopped stays closed')],
  ])('is recorded as %s', (told, annotations, message) => {
    const lock = annotations === undefined ? aLock() : aLock(withMetadata({ annotations }));
    const type = told.startsWith('lifted') ? 'lock.lifted' : 'lock.lost';
    expect(planLock({ lock, gone: true }, noon)).toEqual([
      expect.objectContaining({
        type,
        key: `${type}/${uid}`,
        time: '2026-12-01T12:00:00.000Z',
        message,
        target: expect.objectContaining(target),
      }),
    ]);
  });
});
