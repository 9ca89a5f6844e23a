import { expect, it } from 'vitest';
import type { Cluster } from '../../../../cli/cluster/cluster.ts';
import { grantReport } from '../../../../cli/status/grant-report.ts';
import { seeInstallation } from '../../../../cli/status/installation-report.ts';
import { grantData, installationData } from '../../../../cli/status/report-data.ts';
import type { AsRead } from '../../../../cli/status/seen.ts';
import type { SeenWorld } from '../../../../cli/status/world.ts';
import { KubeError } from '../../../../kube/errors.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import { call } from '../../../kit/cli/call.ts';
import { failure, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { aSeenWorld } from '../../../kit/cli/seen-worlds.ts';
import { noon } from '../../../kit/objects/ask.ts';
import { aGrant, fromAddresses, opened } from '../../../kit/objects/grant.ts';
import { knownObjects } from '../../../kit/objects/known-objects.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { allowing, aPolicy, notRequiringAddresses } from '../../../kit/objects/policy.ts';
import { aSession } from '../../../kit/objects/session.ts';

const lastActions = { notRead: 'you may not' };

const dataOf = (change: Partial<SeenWorld> = {}): object =>
  grantData(grantReport(aSeenWorld(change), { now: noon, sessions: { object: [aSession()] }, lastActions }));

it('a grant is told with its instants as text', () => {
  expect(dataOf()).toMatchObject({
    kind: 'GrantStatus',
    open: true,
    addresses: ['203.0.113.0/25'],
    application: { name: 'ecase', host: 'ecase.apps.example.com' },
    matrix: { name: 'ecase-1', masking: true, classes: ['EmailAddress'] },
    sessions: [{ who: 'ada', since: '2026-12-01T11:00:00Z', endsUnused: '2026-12-01T12:20:00Z' }],
    lastActions,
  });
});

it('what is missing, hidden or not restricted is told apart', () => {
  const lacks = 'you may not get it';
  expect(dataOf({ matrix: {}, application: { lacks } })).toMatchObject({
    open: false,
    matrix: { name: 'ecase-1', missing: true },
    application: { name: 'ecase', notRead: lacks },
  });
  const grant = aGrant(opened(), fromAddresses());
  const anywhere = { object: aPolicy(allowing(), notRequiringAddresses()) };
  expect(dataOf({ grant, policy: anywhere })).toMatchObject({ addresses: 'any' });
  expect(dataOf({ grant, policy: { object: aPolicy(allowing()) } })).toMatchObject({ addresses: [] });
});

it('no one is let in, and no list is complete, by what was not read', () => {
  const lacks = 'you may not get it';
  const locks = new Map([...aSeenWorld().locks.keys()].map((name) => [name, { lacks }]));
  expect(dataOf({ locks })).toMatchObject({
    people: [{ name: 'ada', mayComeIn: { notRead: lacks } }],
    locks: { read: [], notRead: lacks },
    lacks: [lacks],
  });
  const part = new Map<string, AsRead<KubeObject>>([...locks, ['all', { object: aLock('all') }]]);
  expect(dataOf({ locks: part })).toMatchObject({
    open: false,
    people: [{ mayComeIn: false }],
    locks: { read: [{ name: 'all', reason: 'stop' }], notRead: lacks },
  });
  expect(dataOf()).toMatchObject({ people: [{ mayComeIn: true }], locks: [], lacks: [] });
});

it('no names are printed where grants may not be listed, and it is a failure', async () => {
  const { options } = await scriptedServer((asked) =>
    asked.endsWith('/supportaccessgrants')
      ? failure(403, 'not for you')
      : asked.endsWith('/default')
        ? failure(403, 'not for you')
        : [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }],
  );
  const { code, out, err } = await call(['status', '-o', 'name', ...options]);
  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(err).toContain('you may not list supportaccessgrants.supportaccess.dev');
});

it('of the installation, each list or the right that it takes', async () => {
  const known = knownObjects(aPolicy(), aSession());
  known.answer('SupportAccessGrant', '*', async () =>
    Promise.reject(new KubeError({ method: 'GET', path: '/', status: 403, body: '{}' })),
  );
  const cluster = { client: known.client, namespace: 'ecase', now: () => noon } as unknown as Cluster;
  expect(installationData(await seeInstallation(cluster, 'ecase'))).toMatchObject({
    kind: 'InstallationStatus',
    namespace: 'ecase',
    grants: { notRead: 'you may not list supportaccessgrants.supportaccess.dev in namespace ecase' },
    locks: [],
    users: { active: 0, deactivated: [] },
    sessions: [{ who: 'ada', from: '203.0.113.7' }],
    lacks: ['you may not list supportaccessgrants.supportaccess.dev in namespace ecase'],
  });
});
