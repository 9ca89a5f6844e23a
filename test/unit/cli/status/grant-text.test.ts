/** The screen about a grant, in the worst of worlds: it fits, and hides nothing that it cannot know. */
import { describe, expect, it } from 'vitest';
import { grantReport, type ReportWish } from '../../../../cli/status/grant-report.ts';
import { grantText } from '../../../../cli/status/grant-text.ts';
import type { SeenWorld } from '../../../../cli/status/world.ts';
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import { aSeenWorld } from '../../../kit/cli/seen-worlds.ts';
import { noon } from '../../../kit/objects/ask.ts';
import { aGrant, fromAddresses, opened } from '../../../kit/objects/grant.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { allowing, aPolicy, notRequiringAddresses } from '../../../kit/objects/policy.ts';
import { aSession } from '../../../kit/objects/session.ts';

const none: ReportWish = {
  now: noon,
  sessions: { object: [] },
  lastActions: { notRead: 'you must have get on auditrecords' },
};

function screen(change: Partial<SeenWorld> = {}, wish: Partial<ReportWish> = {}): string {
  const report = grantReport(aSeenWorld(change), { ...none, ...wish });
  const text = grantText(report, { now: noon, zone: 'UTC', width: 80, actions: () => [] });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  return text.replaceAll(/\s+/g, ' ');
}

const from = (own: readonly string[], policy: SeenWorld['policy']['object']) =>
  screen({ grant: aGrant(opened(), fromAddresses(...own)), policy: policy ? { object: policy } : {} });

describe('the screen about a grant', () => {
  it('says that it is open, to whom, and for how long', () => {
    const said = screen({}, { sessions: { object: [aSession()] } });
    expect(said).toContain('Open yes');
    expect(said).toContain('(ada): may come in');
    expect(said).toContain('until Thu 2026-12-03 08:00 UTC (2026-12-03T08:00:00Z), 1 day 20 hours from now');
    expect(said).toContain('Sessions ada from 203.0.113.7 since 11:00, used 11:50, ends 19:00');
    expect(said).toContain('masks EmailAddress');
    expect(said).toContain('Last actions not shown: you must have get on auditrecords');
  });

  it('EC-6 says which addresses are in force, by the lists of grant and policy together', () => {
    expect(from(['203.0.113.7'], aPolicy(allowing('203.0.113.0/24')))).toContain('From 203.0.113.7 ');
    const nowhere = from(['198.51.100.1'], aPolicy(allowing('203.0.113.0/24')));
    expect(nowhere).toContain("From nowhere: the grant's addresses and the policy's have none in common");
    expect(nowhere).toContain('Open no: No one comes in from anywhere:');
    expect(nowhere).toContain('(AddressNotAllowed) Way out: list addresses');
    expect(nowhere).not.toContain('may come in Fr');
    expect(from([], aPolicy(allowing(), notRequiringAddresses()))).toContain('From any address');
    expect(from([], aPolicy(allowing()))).toContain('From nowhere: neither the grant nor the policy');
  });

  it('says of what may not be read that it is not known, and which right is missing', () => {
    const lacks = 'you may not get something';
    const said = screen(
      {
        policy: { lacks },
        matrix: { lacks },
        application: { lacks },
        people: [{ name: 'ada', user: { lacks } }],
      },
      { sessions: { lacks } },
    );
    const signedIn = screen({ policy: { lacks } }, { sessions: { object: [aSession()] } });
    expect(signedIn).toContain(`ends 19:00 Sessions may end sooner, by limits of the policy: ${lacks}.`);
    expect(said).toContain(`ada: not known, as ${lacks}`);
    expect(said).toContain(`From not known, as ${lacks}`);
    expect(said).toContain('take it that support sees the data as it is');
    expect(said).toContain(`Sessions not known, as ${lacks}`);
    expect(said).toContain('Not read ');
  });

  it('calls no one let in, and no lock absent, where something that decides it was not read', () => {
    const lacks = 'you may not get it';
    const hidden = (names: readonly string[]) =>
      new Map(
        [...aSeenWorld().locks].map(([name, found]) => [name, names.includes(name) ? { lacks } : found]),
      );
    const names = [...aSeenWorld().locks.keys()];
    const noLocks = screen({ locks: hidden(names) });
    expect(noLocks).toContain('Open yes, as the operator reports it: not all of it was read');
    expect(noLocks).toContain(`(ada): not known, as ${lacks}`);
    expect(noLocks).toContain(`Locks not known, as ${lacks}`);
    for (const change of [{ policy: { lacks } }, { installation: { lacks } }, { application: { lacks } }]) {
      const said = screen(change);
      expect(said).toContain(`(ada): not known, as ${lacks}`);
      expect(said).toContain('Locks none');
    }
    // Under which name a lock on a person would be, only the person's UID tells.
    expect(screen({ people: [{ name: 'ada', user: { lacks } }] })).toContain(`Locks not known, as ${lacks}`);
    const [first = '', ...others] = names;
    const part = new Map([...hidden(others), [first, { object: aLock(first) }]]);
    expect(screen({ locks: part })).toContain(`Locks ${first}: stop others are not known, as ${lacks}`);
  });

  it('names what is missing, and who is', () => {
    const said = screen({ matrix: {}, application: {}, people: [{ name: 'ada', user: {} }] });
    expect(said).toContain('Open no: ');
    expect(said).toContain('(NoMatrix)');
    expect(said).toContain('(NoApplication)');
    expect(said).toContain('ada: kept out. There is no such support user. (NoUser)');
    expect(said).toContain('user add');
  });

  it('says once what the operator alone knows, and that it has not looked yet', () => {
    const grant: SupportAccessGrant = aGrant(opened());
    const told = {
      ...grant,
      status: {
        ...grant.status,
        activeReason: 'ExcessRights',
        observedGeneration: 0,
        conditions: [
          {
            type: 'Active',
            status: 'False' as const,
            reason: 'ExcessRights',
            message: 'ClusterRoleBinding x gives more; delete it.',
            lastTransitionTime: '2026-12-01T11:00:00Z',
          },
        ],
      },
    };
    const said = screen({ grant: told });
    expect(said.match(/ExcessRights/g)).toHaveLength(1);
    expect(said).toContain('ClusterRoleBinding x gives more; delete it. (ExcessRights)');
  });

  it('lets no text of an object stand as a line of its own', () => {
    const reason = 'Mail jobs are stuck\nOpen          yes\nLocks         none';
    const report = grantReport(aSeenWorld({ grant: aGrant(opened(), withSpec({ reason })) }), none);
    const text = grantText(report, { now: noon, zone: 'UTC', width: 80, actions: () => [] });
    expect(text.match(/^Open /gm)).toHaveLength(1);
    expect(text.match(/^Locks /gm)).toHaveLength(1);
  });

  it('stays on the screen with the longest of names and lists', () => {
    const hosts = Array.from({ length: 100 }, (_, at) => `203.0.113.${at}`);
    const people = Array.from({ length: 20 }, (_, at) => ({ name: `person-${at}`, user: {} }));
    const sessions = Array.from({ length: 20 }, () => aSession());
    const said = screen(
      {
        grant: aGrant(opened(), fromAddresses(...hosts), withSpec({ reason: 'x '.repeat(200).trim() })),
        people,
      },
      { sessions: { object: sessions } },
    );
    expect(said).toContain('and 15 more: kubectl support-access sessions');
    expect(said).toContain('203.0.113.11, and 88 more (-o json has all)');
    expect(said).toContain('and 12 more (-o json has all)');
  });
});
