/** The screen about the installation: what is closed is never told as open, whatever the operator said last. */
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../../cli/cluster/cluster.ts';
import { seeInstallation } from '../../../../cli/status/installation-report.ts';
import { installationText } from '../../../../cli/status/installation-text.ts';
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import { KubeError } from '../../../../kube/errors.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { noon } from '../../../kit/objects/ask.ts';
import { aGrant, disabled, forUser, fromAddresses, opened, until } from '../../../kit/objects/grant.ts';
import { knownObjects } from '../../../kit/objects/known-objects.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { type Modifier, recreated } from '../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aUser, aUserNamed, deactivated } from '../../../kit/objects/user.ts';

const active = (status: 'True' | 'False', reason: string) => ({
  type: 'Active',
  status,
  reason,
  message: 'As told.',
  lastTransitionTime: '2026-12-01T08:00:00Z',
});

/** As the operator reported it last, while it was open. */
const reportedOpen: Modifier<SupportAccessGrant> = (grant) => ({
  ...grant,
  status: { ...grant.status, conditions: [active('True', 'Open')] },
});
const open = (...changes: readonly Modifier<SupportAccessGrant>[]) =>
  aGrant(opened(), reportedOpen, ...changes);
const enabledPolicy = { ...aPolicy(), status: { conditions: [active('True', 'Enabled')] } };
const all = [enabledPolicy, open(), aUser(), anApplication()];

const forbidden = async (): Promise<never> =>
  Promise.reject(new KubeError({ method: 'GET', path: '/', status: 403, body: '{}' }));

/** The screen in one line, over these objects; of those with the names before them, the caller may see none. */
async function seen(objects: readonly unknown[], ...hidden: readonly (readonly [string, string])[]) {
  const known = knownObjects(...objects);
  for (const [kind, name] of hidden) known.answer(kind, name, forbidden);
  const cluster = { client: known.client, namespace: 'ecase', now: () => noon } as unknown as Cluster;
  const report = await seeInstallation(cluster, 'ecase');
  const text = installationText(report, { now: noon, zone: 'UTC', width: 120, screen: 120, isWide: true });
  return { report, text: text.replaceAll(/\s+/g, ' ') };
}

describe('a grant that the operator reported open', () => {
  it('is open while nothing that is listed closes it', async () => {
    const { report, text } = await seen(all);
    expect(report.lines).toMatchObject([{ name: 'case-4711', open: true, reason: 'Open' }]);
    expect(text).toContain('Support access on: the policy is enabled');
    expect(text).toContain('Grants 1 open, 0 closed');
  });

  const uid = aGrant().metadata.uid;
  it.each<[string, readonly unknown[], string]>([
    ['everything is locked', [...all, aLock('all')], 'Locked'],
    ['its namespace is locked', [...all, aLock('ns.ecase')], 'Locked'],
    ['it is locked', [...all, aLock(`grant.${uid}`)], 'Locked'],
    ['its only person is locked', [...all, aLock(`user.${aUser().metadata.uid}`)], 'Locked'],
    ['the policy is disabled', [...all, switchedOff()(enabledPolicy)], 'PolicyDisabled'],
    ['there is no policy', all.slice(1), 'NoPolicy'],
    ['it is disabled', [...all, open(disabled())], 'Disabled'],
    ['it is over', [...all, open(until('2026-12-01T11:59:00Z'))], 'Expired'],
    ['its only person is deactivated', [...all, aUser(deactivated())], 'UserDisabled'],
    ['its application was made anew', [...all, anApplication(recreated())], 'ApplicationChanged'],
    ['no address is on both lists', [...all, open(fromAddresses('198.51.100.0/24'))], 'AddressNotAllowed'],
  ])('is closed where %s', async (_, objects, reason) => {
    const { report, text } = await seen(objects);
    expect(report.lines).toMatchObject([{ open: false, reason }]);
    expect(text).toContain(`no: ${reason}`);
    expect(text).toContain('Grants 0 open, 1 closed');
  });

  it('stays open to the others where one of its people is locked', async () => {
    const people = [aUser(), aUserNamed('bob')];
    const grant = aGrant(forUser('ada', 'bob'), opened({ users: people }), reportedOpen);
    const { report } = await seen([...all, ...people, grant, aLock(`user.${aUser().metadata.uid}`)]);
    expect(report.lines).toMatchObject([{ open: true }]);
  });

  it('is told as the operator reports it, as to what may not be listed', async () => {
    const { report, text } = await seen(
      all,
      ['SupportAccessLock', '*'],
      ['SupportAccessPolicy', 'default'],
      ['SupportUser', '*'],
      ['SupportApplication', '*'],
    );
    expect(report.lines).toMatchObject([{ open: true }]);
    expect(text).toContain('Locks not known, as you may not list supportaccesslocks');
  });
});

it('a grant that the operator keeps closed is closed, whatever the lists say', async () => {
  const closed = { ...open(), status: { ...open().status, conditions: [active('False', 'ExcessRights')] } };
  expect((await seen([...all, closed])).text).toContain('no: ExcessRights');
});

it('the switch is off where everything is locked, also where the policy says on or may not be read', async () => {
  const off = 'Support access off: locked by SupportAccessLock all';
  expect((await seen([...all, aLock('all')])).text).toContain(off);
  expect((await seen([...all, aLock('all')], ['SupportAccessPolicy', 'default'])).text).toContain(off);
  expect((await seen([...all, aLock('ns.other')])).text).toContain('Support access on');
});
