import { describe, expect, it } from 'vitest';
import { decide } from '../../../../crds/rules/access.ts';
import type { Ask } from '../../../../crds/rules/ask.ts';
import type { SessionAfter } from '../../../../crds/rules/reason-rule.ts';
import { reasons } from '../../../../crds/rules/reasons.ts';
import { anAsk, at, fromAddress, lockedBy, where } from '../../../kit/objects/ask.ts';
import { aGrant, disabled, opened } from '../../../kit/objects/grant.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';

function sessionAfter(ask: Ask): SessionAfter {
  const decision = decide(ask);
  return decision.allow ? 'stays' : reasons[decision.reason].session;
}

describe('a session is over', () => {
  it.each([
    ['when a lock stands', anAsk(lockedBy('all'))],
    ['when the grant is disabled', anAsk(where({ grant: aGrant(disabled(), opened()) }))],
    ['when the policy is off', anAsk(where({ policy: aPolicy(switchedOff()) }))],
    ['when the grant has expired', anAsk(at('2026-12-03T08:00:00Z'))],
    ['when its user is gone', anAsk(where({ user: undefined }))],
  ])('%s', (_, ask) => expect(sessionAfter(ask)).toBe('ends'));

  it.each([
    ['while everything is allowed', anAsk()],
    ['when only this request is not allowed', anAsk(where({ target: undefined }))],
    ['when the request came from another address', anAsk(fromAddress('203.0.113.99'))],
    ['when a lock could not be read', anAsk(where({ locks: new Map() }))],
    ['when its application is gone', anAsk(where({ application: undefined }))],
  ])('but not %s', (_, ask) => expect(sessionAfter(ask)).toBe('stays'));
});
