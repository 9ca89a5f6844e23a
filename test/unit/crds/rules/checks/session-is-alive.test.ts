import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../crds/rules/access.ts';
import type { Ask } from '../../../../../crds/rules/ask.ts';
import { lockOnGrant } from '../../../../../crds/rules/locks.ts';
import {
  anAsk,
  at,
  fromAddress,
  instant,
  noLocks,
  where,
  withPolicy,
  withSession,
} from '../../../../kit/objects/ask.ts';
import { aGrant, opened } from '../../../../kit/objects/grant.ts';
import { inNamespace, type Modifier, recreated } from '../../../../kit/objects/object.ts';
import * as policies from '../../../../kit/objects/policy.ts';
import * as sessions from '../../../../kit/objects/session.ts';

const denied: Readonly<Record<string, [change: Modifier<Ask>, reason: string, check: string]>> = {
  'there is no session': [where({ session: undefined }), 'NoSession', 'sessionIsAlive'],
  'the session object is gone': [
    where({ session: { sealValid: true, secretMatches: true } }),
    'NoSession',
    'sessionIsAlive',
  ],
  'the session was made by hand': [
    where({ session: { object: sessions.aSession(), sealValid: false, secretMatches: true } }),
    'SessionInvalid',
    'sessionIsAlive',
  ],
  'the cookie holds another secret': [
    where({ session: { object: sessions.aSession(), sealValid: true, secretMatches: false } }),
    'SessionInvalid',
    'sessionIsAlive',
  ],
  'the grant was deleted and made again': [
    where({ grant: aGrant(opened(), recreated()), locks: locksWith('ffffffff-ffff-4fff-afff-ffffffffffff') }),
    'SessionInvalid',
    'sessionIsAlive',
  ],
  'the session lies in another namespace': [
    withSession(inNamespace('other')),
    'SessionInvalid',
    'sessionIsAlive',
  ],
  'the session has a sign-in time that cannot be read': [
    withSession(sessions.signedInAt('yesterday')),
    'SessionInvalid',
    'sessionIsAlive',
  ],
  'the session has an end that cannot be read': [
    withSession(sessions.endingAt('2026-12-01')),
    'SessionInvalid',
    'sessionIsAlive',
  ],
  'the client has another address than at sign-in': [
    fromAddress('203.0.113.8'),
    'SessionAddressChanged',
    'sessionIsAlive',
  ],
  'the bound address cannot be read': [
    withSession(sessions.boundTo('203.0.113.07')),
    'SessionAddressChanged',
    'sessionIsAlive',
  ],
};

function locksWith(grantUid: string): Map<string, 'absent' | 'present'> {
  return noLocks().set(lockOnGrant(grantUid), 'absent');
}

describe('an ask is denied', () => {
  for (const [title, [change, reason, check]] of Object.entries(denied)) {
    it(`when ${title}`, () => {
      expect(decide(anAsk(change))).toMatchObject({ allow: false, reason, check });
    });
  }
});

describe('an ask is allowed although', () => {
  const allowed: Readonly<Record<string, Modifier<Ask>>> = {
    'the client came from another address, since the policy does not bind sessions': (ask) =>
      anAsk(
        where(ask),
        withPolicy(policies.withSession({ boundAddress: 'Disabled' })),
        fromAddress('203.0.113.9'),
      ),
    'the bound address is spelled as an IPv4-mapped one': withSession(sessions.boundTo('::ffff:203.0.113.7')),
  };
  for (const [title, change] of Object.entries(allowed)) {
    it(title, () => {
      expect(decide(anAsk(change))).toMatchObject({ allow: true });
    });
  }
});

describe('a session', () => {
  const boundaries: Readonly<
    Record<string, [change: Modifier<Ask>, now: string, reason: string | undefined]>
  > = {
    'lives the instant before it is idle': [anIdle(), '2026-12-01T12:19:59.999Z', undefined],
    'is dead at the moment when it is idle': [anIdle(), '2026-12-01T12:20:00Z', 'SessionIdle'],
    'is dead the instant after it is idle': [anIdle(), '2026-12-01T12:20:00.001Z', 'SessionIdle'],
    'lives the instant before its end': [aged(), '2026-12-01T18:59:59.999Z', undefined],
    'is dead at its end': [aged(), '2026-12-01T19:00:00Z', 'SessionExpired'],
    'is dead the instant after its end': [aged(), '2026-12-01T19:00:00.001Z', 'SessionExpired'],
    'that was never used lives until it is idle since its sign-in': [
      withSession(sessions.neverSeen()),
      '2026-12-01T11:29:59.999Z',
      undefined,
    ],
    'is measured from sign-in where it was never used': [
      withSession(sessions.neverSeen()),
      '2026-12-01T11:30:00Z',
      'SessionIdle',
    ],
    'that has idled out does not live again when the policy has become milder': [
      withPolicy(policies.withSession({ idleSeconds: 86_400 })),
      '2026-12-01T12:20:00Z',
      'SessionIdle',
    ],
    'that was never used and has idled out does not either': [
      (ask) =>
        anAsk(
          where(ask),
          withSession(sessions.neverSeen()),
          withPolicy(policies.withSession({ idleSeconds: 86_400 })),
        ),
      '2026-12-01T11:30:00Z',
      'SessionIdle',
    ],
    'idles out sooner when the policy has become stricter': [
      withPolicy(policies.withSession({ idleSeconds: 600 })),
      '2026-12-01T12:00:00Z',
      'SessionIdle',
    ],
    'whose idle deadline is not known has none that could lie ahead': [
      withSession((session) => ({
        ...session,
        spec: { ...session.spec, idleExpirationTime: undefined as never },
        status: { lastActivityTime: '2026-12-01T11:59:00Z' },
      })),
      '2026-12-01T12:00:00Z',
      'SessionIdle',
    ],
    'ends sooner when the policy has become stricter': [
      withPolicy(policies.withSession({ absoluteSeconds: 3600 })),
      '2026-12-01T12:00:00Z',
      'SessionExpired',
    ],
    'does not end later when the policy has become milder': [
      (ask) => anAsk(where(ask), aged(), withPolicy(policies.withSession({ absoluteSeconds: 86_400 }))),
      '2026-12-01T19:00:00Z',
      'SessionExpired',
    ],
    'lives a minute before its sign-in, since clocks differ': [anIdle(), '2026-12-01T10:59:00Z', undefined],
    'is dead more than a minute before its sign-in, since the clock was set back': [
      anIdle(),
      '2026-12-01T10:58:59.999Z',
      'ClockSetBack',
    ],
  };
  for (const [title, [change, now, reason]] of Object.entries(boundaries)) {
    it(title, () => {
      const decision = decide(anAsk(change, at(now)));
      expect(decision.allow ? undefined : decision.reason).toBe(reason);
    });
  }

  it('is not made longer by a last activity that lies in the future', () => {
    const ask = anAsk(withSession(sessions.lastSeenAt('2026-12-01T18:00:00Z')));
    expect(decide(ask)).toEqual({ allow: true, until: instant('2026-12-01T12:30:00Z') });
  });

  it('takes a last activity that cannot be read for none', () => {
    const ask = anAsk(withSession(sessions.lastSeenAt('just now')));
    expect(decide(ask)).toMatchObject({ reason: 'SessionIdle' });
  });

  function anIdle(): Modifier<Ask> {
    return (ask) => ask;
  }

  function aged(): Modifier<Ask> {
    return withSession(sessions.lastSeenAt('2026-12-01T18:59:00Z'));
  }
});
