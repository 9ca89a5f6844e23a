import { expect, it } from 'vitest';
import type { Cluster } from '../../../../cli/cluster/cluster.ts';
import { grantReport } from '../../../../cli/status/grant-report.ts';
import { seeInstallation } from '../../../../cli/status/installation-report.ts';
import { grantData, installationData } from '../../../../cli/status/report-data.ts';
import type { SeenWorld } from '../../../../cli/status/world.ts';
import { KubeError } from '../../../../kube/errors.ts';
import { aSeenWorld } from '../../../kit/cli/seen-worlds.ts';
import { noon } from '../../../kit/objects/ask.ts';
import { aGrant, fromAddresses, opened } from '../../../kit/objects/grant.ts';
import { knownObjects } from '../../../kit/objects/known-objects.ts';
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
  });
});
