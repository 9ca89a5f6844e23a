import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../crds/rules/access.ts';
import { endsSession } from '../../../../../webhook/gateway/sessions/ending-reasons.ts';
import { anAsk, at, fromAddress, lockedBy, where } from '../../../../kit/objects/ask.ts';
import { aGrant, disabled, opened } from '../../../../kit/objects/grant.ts';
import { aPolicy, switchedOff } from '../../../../kit/objects/policy.ts';

describe('a session is over', () => {
  it.each([
    ['when a lock stands', anAsk(lockedBy('all'))],
    ['when the grant is disabled', anAsk(where({ grant: aGrant(disabled(), opened()) }))],
    ['when the policy is off', anAsk(where({ policy: aPolicy(switchedOff()) }))],
    ['when the grant has expired', anAsk(at('2026-12-03T08:00:00Z'))],
    ['when its user is gone', anAsk(where({ user: undefined }))],
  ])('%s', (_, ask) => expect(endsSession(decide(ask))).toBe(true));

  it.each([
    ['while everything is allowed', anAsk()],
    ['when only this request is not allowed', anAsk(where({ target: undefined }))],
    ['when the request came from another address', anAsk(fromAddress('203.0.113.99'))],
    ['when a lock could not be read', anAsk(where({ locks: new Map() }))],
  ])('but not %s', (_, ask) => expect(endsSession(decide(ask))).toBe(false));
});
