/**
 * `helm upgrade` of a release that an earlier chart made, `helm rollback` to it and the upgrade again, by real Helm on a real
 * API server, with a grant open and the operator of today at work throughout, also with the rights of the earlier chart.
 */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { chartFolder } from '../../kit/installation/chart.ts';
import {
  aGrantSetting,
  type GrantSetting,
  grantOf,
  putAll,
  putPolicy,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { helmOn } from '../../kit/installation/helm-release.ts';
import { identitiesNamespace, policiesAreInForce, releaseNamespace } from '../../kit/installation/install.ts';
import {
  installForOperator,
  matrixRole,
  type OperatedInstallation,
} from '../../kit/installation/operated-installation.ts';
import { leadInProcess } from '../../kit/installation/operator-in-process.ts';
import { previousChart, previousOrWhyNot } from '../../kit/installation/previous.ts';
import { helm4 } from '../../kit/machine/helm.ts';
import { noteNotRun } from '../../kit/machine/not-run.ts';
import { useCluster } from './taken-away.ts';

const previous = previousOrWhyNot();
if ('why' in previous) noteNotRun({ what: 'helm upgrade from an earlier chart', why: previous.why });

const cluster = useCluster();

describe.skipIf('why' in previous)('a release of an earlier chart', () => {
  let installation: OperatedInstallation;
  let setting: GrantSetting;
  let before: Readonly<Record<string, string>>;
  /** Raised at each look, so that the operator has to judge every grant anew. */
  let round = 0;

  const helm = async (...args: readonly string[]): Promise<void> => {
    const run = { program: await helm4(), namespace: releaseNamespace };
    const values = args[0] === 'rollback' ? {} : { values: { matrixRoles: [matrixRole] } };
    await helmOn(cluster.cp, args, { ...run, ...values });
    // None runs here, and each revision of the release brings its registration.
    await cluster.cp.kubectl(['delete', 'validatingwebhookconfiguration', 'support-access']);
    await policiesAreInForce(cluster.cp);
  };

  /** What an installation is known by, and what the identity provider knows it by. */
  const known = async (): Promise<Readonly<Record<string, string>>> => {
    const value = async (path: string, ...target: readonly string[]): Promise<string> =>
      (await cluster.cp.kubectl(['get', ...target, '-o', `jsonpath=${path}`])).stdout;
    return {
      namespace: await value('{.metadata.uid}', 'namespace', identitiesNamespace),
      asked: await value(
        '{.metadata.uid}',
        'validatingadmissionpolicybinding',
        'support-access-open-supportaccessgrants',
      ),
      key: await value('{.data}', 'secret', 'support-access-sso', '-n', releaseNamespace),
      opening: (await grantOf(setting)).status?.opening?.id ?? '',
    };
  };

  /** The operator looks again, and finds the same installation with the same grant open. */
  const goesOn = async (): Promise<void> => {
    round += 1;
    await putPolicy(setting, { allowedCIDRs: [`203.0.113.0/${24 + round}`] });
    const generation = async () => (await grantOf(setting)).status?.opening?.policy.generation;
    const seen = await generation();
    await eventually(async () => expect(await generation()).not.toBe(seen), { within: 30_000 });
    await untilActive(setting, 'Open');
    expect(await known()).toEqual(before);
  };

  beforeAll(async () => {
    if ('why' in previous) return;
    const { cp } = cluster;
    const chart = previousChart(previous, join(cp.directory, 'previous'));
    const install = async (): Promise<void> => {
      await cp.kubectl(['create', 'namespace', releaseNamespace]);
      await helm('install', 'support-access', chart);
    };
    installation = await installForOperator(cp, { install });
    cluster.installations.push(installation);
    await helm('upgrade', 'support-access', chartFolder);
    setting = aGrantSetting(installation.admin, await aNamespace(cp));
    const operator = await leadInProcess(installation);
    installation.teardown.add(() => operator.stop());
    await putAll(setting);
    before = await known();
  });

  it('is the same installation after the rollback: what is open stays open, with rights taken away meanwhile', async () => {
    expect(before['opening']).not.toBe('');
    await helm('rollback', 'support-access', '1');
    await goesOn();
  });

  it('and after the next upgrade', async () => {
    await helm('upgrade', 'support-access', chartFolder);
    await goesOn();
  });
});
