import { describe, expect, it } from 'vitest';
import { liveSessions, shownSession } from '../../../../cli/status/live-sessions.ts';
import { sessionTable, shortTime, wideSessionTable } from '../../../../cli/status/session-table.ts';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { noon } from '../../../kit/objects/ask.ts';
import { aGrant, until } from '../../../kit/objects/grant.ts';
import { beingDeleted, withMetadata } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aSession, endingAt, lastSeenAt, neverSeen, signedInAt } from '../../../kit/objects/session.ts';

const inWorld = (...sessions: ReturnType<typeof aSession>[]) =>
  liveSessions({ sessions, grants: [aGrant()], policy: { object: aPolicy() }, now: noon });

const lacks = 'you may not get supportaccesspolicies.supportaccess.dev default';

const utc = { now: noon, zone: 'UTC', everywhere: true };

describe('live sessions', () => {
  it('say who is where, since when, and when that ends, used or not', () => {
    const [session] = inWorld(aSession());
    expect(session).toMatchObject({
      who: 'ada',
      grant: 'case-4711',
      application: 'ecase',
      from: '203.0.113.7',
      since: Date.parse('2026-12-01T11:00:00Z'),
      lastUsed: Date.parse('2026-12-01T11:50:00Z'),
      ends: Date.parse('2026-12-01T19:00:00Z'),
      idleEnds: Date.parse('2026-12-01T12:20:00Z'),
    });
  });

  it('leave out what is over, unused for too long, or being deleted', () => {
    expect(inWorld(aSession(lastSeenAt('2026-12-01T11:29:59Z')))).toEqual([]);
    expect(inWorld(aSession(beingDeleted()))).toEqual([]);
    expect(inWorld(aSession(neverSeen()))).toEqual([]);
    expect(inWorld(aSession(signedInAt('soon')))).toEqual([]);
  });

  it('end with their grant, where that is earlier', () => {
    const grant = aGrant(until('2026-12-01T12:10:00Z'));
    const [session] = liveSessions({ sessions: [aSession()], grants: [grant], policy: {}, now: noon });
    expect(session).toMatchObject({ ends: Date.parse('2026-12-01T12:10:00Z') });
    expect(session?.idleEnds).toBe(session?.ends);
  });

  it('are told without the policy and the grant, where these may not be read', () => {
    const [session] = liveSessions({ sessions: [aSession()], grants: [], policy: { lacks }, now: noon });
    expect(session).toMatchObject({ who: 'ada', application: undefined });
  });

  it('are never called over by limits of a policy that was not read: only by those that were fixed', () => {
    // The policy lets a session rest for eight hours, where the default is half an hour.
    const resting = (idleExpirationTime: string) => ({
      ...aSession(),
      status: { lastActivityTime: '2026-12-01T11:00:00Z', idleExpirationTime },
    });
    const unread = (session: ReturnType<typeof aSession>) =>
      liveSessions({ sessions: [session], grants: [aGrant()], policy: { lacks }, now: noon });
    expect(unread(resting('2026-12-01T18:00:00Z'))).toMatchObject([
      { who: 'ada', idleEnds: Date.parse('2026-12-01T18:00:00Z'), ends: Date.parse('2026-12-01T19:00:00Z') },
    ]);
    expect(unread(resting('2026-12-01T12:00:00Z'))).toEqual([]);
    expect(unread(aSession(endingAt('2026-12-01T12:00:00Z')))).toEqual([]);
    expect(unread(aSession(signedInAt('soon')))).toEqual([]);
  });

  it('fit a screen of 80 columns however long the names are', () => {
    const long = aSession(withMetadata({ namespace: 'a-namespace-with-a-name-of-quite-some-length' }));
    const six = { ...long, spec: { ...long.spec, boundAddress: '2001:db8:1234:5678:9abc:def0:1234:5678' } };
    const table = sessionTable(inWorld(six), { ...utc, screen: 80 });
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(table).toContain('…');
    expect(table).toContain('-o wide shows all');
    const roomy = sessionTable(inWorld(six), { ...utc, screen: 200 });
    expect(roomy).toContain('2001:db8:1234:5678:9abc:def0:1234:5678');
    expect(roomy).not.toContain('…');
  });
});

describe('a session as it is shown', () => {
  it('has none of its secrets, in no form', () => {
    const session = {
      ...aSession(),
      spec: { ...aSession().spec, proof: 'SECRET-seal', secretHash: 'SECRET-hash', nonce: 'SECRET-nonce' },
    };
    const shown = JSON.stringify(shownSession(session));
    const tables = sessionTable(inWorld(session), utc) + wideSessionTable(inWorld(session));
    expect(shown + tables).not.toContain('SECRET');
    expect(shown).not.toContain(session.spec.opening?.personId ?? 'none');
    expect(shown).toContain('203.0.113.7');
  });
});

it('says who is signed in, and that the policy was not read, where the caller may not read it', async () => {
  const resting = {
    ...aSession(),
    status: { lastActivityTime: '2026-12-01T10:00:00Z', idleExpirationTime: '2026-12-01T18:00:00Z' },
  };
  const listOf = (...items: readonly object[]): Reply => [
    200,
    { kind: 'List', metadata: { resourceVersion: '1' }, items },
  ];
  const { options } = await scriptedServer((asked) => {
    if (asked.endsWith('/supportsessions')) return listOf(resting);
    if (asked.endsWith('/supportaccesspolicies/default')) return failure(403, 'not for you');
    return asked.endsWith('s') ? listOf() : failure(404, 'none', 'none');
  });
  const note = `Sessions may end sooner, by limits of the policy: ${lacks}.`;
  const listed = await call(['sessions', ...options], { now: noon });
  expect(listed.out).toContain('ada');
  expect(listed.err).toContain(note);
  const { out } = await call(['status', ...options], { now: noon, columns: 200 });
  expect(out).toContain('203.0.113.7');
  expect(out).toContain(note);
});

it('times are short: the clock today, the day within the week, else the date', () => {
  expect(shortTime(noon + 3_600_000, noon, 'UTC')).toBe('13:00');
  expect(shortTime(noon + 24 * 3_600_000, noon, 'UTC')).toBe('Wed 12:00');
  expect(shortTime(noon + 30 * 24 * 3_600_000, noon, 'UTC')).toBe('2026-12-31');
});
