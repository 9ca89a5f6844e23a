/**
 * T-O8 A backup of the cluster is put back: real etcd data, saved and restored under a running API server. What was taken back
 * after the backup stays taken back, with the records as the only witness; what was not changed opens as before.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { confirmOver } from '../../../cli/records/confirm-restored.ts';
import { citationsOf } from '../../../crds/audit/citation.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { kinds } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import { ConfigMaps } from '../../../kube/resources.ts';
import { createTrail } from '../../../trail/client.ts';
import { openConnection, tokenFromFile } from '../../../trail/connection.ts';
import { typed, unlisted, unseen } from '../../kit/cli/typed.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import {
  aGrantSetting,
  counts,
  type GrantSetting,
  grantOf,
  lock,
  putAll,
  unlock,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import {
  installForOperator,
  type OperatedInstallation,
} from '../../kit/installation/operated-installation.ts';
import type { ProductProcess } from '../../kit/installation/product-process.ts';
import { aRecord, asIntent, withFields } from '../../kit/objects/record.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { applicationRef, grantPatch, type Stage, stages } from './backup-stages.ts';

let controlPlane: OwnControlPlane;
let installation: OperatedInstallation;
let operator: ProductProcess;

interface Staged {
  readonly stage: Stage;
  readonly one: GrantSetting;
  readonly grant: string;
  readonly user: string;
  readonly application: string;
}

async function anOpenGrant(): Promise<Omit<Staged, 'stage'>> {
  const one = aGrantSetting(installation.admin, await aNamespace(controlPlane));
  const { metadata } = await putAll(one);
  const user = await one.admin.get<SupportUser>(kinds.SupportUser, { name: one.user });
  const application = await one.admin.get(kinds.SupportApplication, applicationRef(one));
  return { one, grant: metadata.uid, user: user.metadata.uid, application: application.metadata.uid };
}

async function staged(): Promise<Staged[]> {
  const made: Staged[] = [];
  for (const stage of stages) made.push({ stage, ...(await anOpenGrant()) });
  return made;
}

/** Does each act, and waits until the records have seen it. */
async function takeBack(all: readonly Staged[]): Promise<void> {
  for (const { stage, one, ...uids } of all) await stage.act(one, uids);
  await eventually(
    async () => {
      const records = await installation.records.all();
      for (const { stage, one, grant, user, application } of all) {
        const named = {
          grant,
          user,
          application,
          lock: [`grant.${grant}`, `ns.${one.namespace}`, `user.${user}`],
        };
        const seen = records.some(
          (record) =>
            record.type === stage.seenBy &&
            (stage.about === 'lock'
              ? named.lock.includes(record.target?.name ?? '')
              : (record.grant?.uid ?? record.target?.uid) === named[stage.about]),
        );
        expect(seen, stage.told).toBe(true);
      }
    },
    { within: 30_000 },
  );
}

/** What the records say to a gateway that finds everything allowed, by the objects as they are now. */
async function asGateway({ one }: Pick<Staged, 'one'>): Promise<string> {
  const { tokenFile } = await installation.recordsToken('gateway');
  const trail = createTrail({
    url: installation.records.url,
    ca: () => installation.records.ca,
    token: tokenFromFile(tokenFile),
    writer: 'gateway',
  });
  const [policy, grant, user, application] = await Promise.all([
    one.admin.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, { name: policyName }),
    grantOf(one),
    one.admin.get<SupportUser>(kinds.SupportUser, { name: one.user }),
    one.admin.get<SupportApplication>(kinds.SupportApplication, applicationRef(one)),
  ]);
  const { namespace = '', name, uid } = grant.metadata;
  const cites = citationsOf([policy, grant, user, application]);
  const intent = aRecord(asIntent, withFields({ id: undefined, key: undefined } as never));
  try {
    await trail.append([{ ...intent, ...freshId(), grant: { namespace, name, uid }, cites }], {
      deadlineMs: 5000,
    });
    return 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await trail.close(0);
  }
}

/** An API server that has just come back may not answer the records in time: then they take nothing, and say so. */
async function answerTo(one: Pick<Staged, 'one'>): Promise<string> {
  return eventually(
    async () => {
      const answer = await asGateway(one);
      if (answer === 'records_unavailable') throw new Error('the records could not read it anew');
      return answer;
    },
    { within: 15_000 },
  );
}

let number = 0;
/** Of this file alone: the store outlives the API server's data. */
function freshId(): { readonly id: string; readonly key: string } {
  number += 1;
  const id = `019b0000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
  return { id, key: `app.request/${id}` };
}

/** Writes until the cluster's revision is beyond what it was before the backup was put back, as `--bump-revision` has it. */
async function bumpRevision(beyond: bigint): Promise<void> {
  const { admin } = installation;
  const write = async (name: string): Promise<bigint> => {
    const data = { at: String(Math.random()) };
    const metadata = { namespace: 'default', name };
    const written = await admin.apply(ConfigMaps, { metadata, data }, { fieldManager: 'test', force: true });
    return BigInt(written.metadata.resourceVersion);
  };
  const lanes = Array.from({ length: 10 }, async (_, lane) => {
    while ((await write(`revision-${lane}`)) <= beyond);
  });
  await Promise.all(lanes);
}

async function revision(): Promise<bigint> {
  const { resourceVersion } = await installation.admin.list(ConfigMaps, { namespace: 'default' });
  return BigInt(resourceVersion);
}

async function confirm(): Promise<void> {
  const account = await installation.controlPlane.serviceAccountKubeconfig('default', 'restorer', {
    audience: 'support-access',
  });
  const connection = openConnection({
    url: installation.records.url,
    ca: () => installation.records.ca,
    token: tokenFromFile(account.tokenFile),
  });
  expect(await confirmOver({ connection, enabledOf: unlisted }, typed({ yes: true }), unseen)).toBe(0);
  await connection.close();
  account.stop();
}

async function expectNoneRevived(all: readonly Staged[]): Promise<void> {
  const answers = await Promise.all(all.map(async (each) => [each.stage.told, await answerTo(each)]));
  expect(answers).toEqual(all.map(({ stage }) => [stage.told, 'records_rolled_back']));
  await Promise.all(all.map(({ one }) => untilActive(one, 'RolledBack', 30_000)));
  await eventually(async () => {
    for (const { one, grant, stage } of all)
      expect(await counts(one.admin, grant), stage.told).toEqual([0, 0, 0]);
  });
}

let first: Staged[];
let second: Staged[];
let untouched: Omit<Staged, 'stage'>;
let lifted: Omit<Staged, 'stage'>;

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  installation = await installForOperator(controlPlane);
  operator = await installation.startOperator();
  await controlPlane.kubectl(['create', 'serviceaccount', 'restorer', '-n', 'default']);
  await controlPlane.kubectl([
    'create',
    'clusterrolebinding',
    'restorer',
    '--clusterrole=support-access-administrator',
    '--serviceaccount=default:restorer',
  ]);
  [first, second] = [await staged(), await staged()];
  [untouched, lifted] = [await anOpenGrant(), await anOpenGrant()];
  await controlPlane.saveState('open');
  await eventually(() => untilActive(untouched.one, 'Open'), { within: 30_000 });
});

describe('T-O8 an etcd backup from when everything was open', () => {
  it('revives nothing that was taken back since, put back under a running operator', async () => {
    await lock(lifted.one.admin, `grant.${lifted.grant}`);
    await untilActive(lifted.one, 'Locked');
    await unlock(lifted.one.admin, `grant.${lifted.grant}`);
    await untilActive(lifted.one, 'Open');
    await takeBack(first);
    await controlPlane.putBackState('open');
    await expectNoneRevived(first);
  });

  it('closes nothing that was not changed since, and no grant whose lock was lifted', async () => {
    await untilActive(untouched.one, 'Open');
    await untilActive(lifted.one, 'Open', 30_000);
    expect([await asGateway(untouched), await asGateway(lifted)]).toEqual(['taken', 'taken']);
  });

  it('stays closed after edits that make its generation the newest that was seen', async () => {
    const [disabled] = first;
    for (let edits = 0; edits < 3; edits += 1)
      await grantPatch(disabled!.one, { reason: `the same as before, ${edits}` });
    expect(await asGateway(disabled!)).toBe('records_rolled_back');
  });

  it('opens again once an administrator confirms that it is meant so', async () => {
    await confirm();
    await Promise.all(first.map(({ one }) => untilActive(one, 'Open', 30_000)));
    const [disabled] = first;
    expect(await asGateway(disabled!)).toBe('taken');
  });

  it('revives nothing with its revision bumped, put back while the operator was away', async () => {
    await takeBack(second);
    const before = await revision();
    await operator.stop();
    await controlPlane.putBackState('open');
    await bumpRevision(before);
    operator = await installation.startOperator();
    await expectNoneRevived(second);
    await confirm();
    await Promise.all(second.map(({ one }) => untilActive(one, 'Open', 30_000)));
  }, 180_000);

  it('revives no grant of a policy that was switched off since', async () => {
    const { admin } = installation;
    await admin.mergePatch(
      kinds.SupportAccessPolicy,
      { name: policyName },
      { patch: { spec: { access: 'Disabled' } } },
    );
    await untilActive(untouched.one, 'PolicyDisabled');
    await eventually(async () => {
      const types = (await installation.records.all()).map(({ type }) => type);
      expect(types).toContain('policy.disabled');
    });
    await controlPlane.putBackState('open');
    expect(await answerTo(untouched)).toBe('records_rolled_back');
    await untilActive(untouched.one, 'RolledBack', 30_000);
  });
});

describe('a namespace that was saved as YAML and made again', () => {
  it('opens nothing until somebody consents anew', async () => {
    const { one } = await anOpenGrantAfterConfirming();
    const read = await controlPlane.kubectl(['get', 'sag', 'case-1', '-n', one.namespace, '-o', 'json']);
    const saved = JSON.parse(read.stdout) as { metadata: Record<string, unknown> };
    await one.admin.delete(kinds.SupportAccessGrant, one.grantRef);
    // kubectl refuses what has a version of its own; tools that save namespaces leave it out.
    const { resourceVersion: _version, ...metadata } = saved.metadata;
    const input = JSON.stringify({ ...saved, metadata });
    await controlPlane.kubectl(['create', '-f', '-'], { input });
    const made = await untilActive(one, 'RolledBack');
    expect(made.status?.conditions?.find(({ type }) => type === 'Active')?.message).toContain(
      'raise spec.consent to consent again',
    );
    await grantPatch(one, { consent: 2 });
    await untilActive(one, 'Open');
  });
});

async function anOpenGrantAfterConfirming(): Promise<Omit<Staged, 'stage'>> {
  await confirm();
  return anOpenGrant();
}
