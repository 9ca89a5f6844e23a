/**
 * The longer orders of `uninstall`: on another cluster, where each finds what the one before left, with the operator dead
 * whenever the product is taken away.
 */
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { kinds } from '../../../crds/kinds.ts';
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
import { matrixRole } from '../../kit/installation/operated-installation.ts';
import { leadInProcess } from '../../kit/installation/operator-in-process.ts';
import { helm4 } from '../../kit/machine/helm.ts';
import {
  aGrantMeanwhile,
  consentedAnew,
  expectDocumentedLeft,
  expectNothingLeft,
  installed,
  uninstall,
  useCluster,
} from './taken-away.ts';

const cluster = useCluster();
/** The grant that is open whenever the product is taken away. */
let setting: GrantSetting;

describe('with the operator dead and a grant open, nothing is left', () => {
  it('of deleting the namespace of a release with another name and namespace', async () => {
    const { cp } = cluster;
    // the claim would stay for its finalizer, which only a controller takes off that does not run here
    const persistence = { enabled: false };
    await cp.kubectl(['create', 'namespace', 'elsewhere']);
    const installation = await installed(cluster, 'other', 'elsewhere', { webhook: { persistence } });
    setting = aGrantSetting(installation.admin, await aNamespace(cp));
    const operator = await leadInProcess(installation);
    await putAll(setting);
    await operator.stop();
    await expectNothingLeft(cluster, setting, () =>
      cp.kubectl(['delete', 'namespace', 'elsewhere', '--timeout=40s']),
    );
    const { stdout } = await cp.kubectl(['get', 'clusterrolebindings', '-o', 'name']);
    expect(stdout).not.toMatch(/support-access-(operator|gateway|webhook)/);
  });
});

describe('an installation over what stayed', () => {
  it('opens no more after an upgrade and a rollback, and closes nothing', async () => {
    const { cp } = cluster;
    const meanwhile = await aGrantMeanwhile(cluster, setting);
    const installation = await installed(cluster);
    await consentedAnew(setting, installation, 8);
    await untilActive(meanwhile, 'InstallationChanged');
    const run = { program: await helm4(), namespace: releaseNamespace };
    const before = await grantOf(setting);
    await helmOn(cp, ['upgrade', 'support-access', chartFolder, '--set=operator.replicas=2'], {
      ...run,
      values: { matrixRoles: [matrixRole] },
    });
    await helmOn(cp, ['rollback', 'support-access', '1'], run);
    await cp.kubectl(['delete', 'validatingwebhookconfiguration', 'support-access']);
    const operator = await leadInProcess(installation);
    await putPolicy(setting, { allowedCIDRs: ['203.0.113.0/25'] });
    const hasLooked = (grant: SupportAccessGrant) => grant.status?.opening?.policy.generation;
    await eventually(async () => expect(hasLooked(await grantOf(setting))).not.toBe(hasLooked(before)));
    const after = await untilActive(setting, 'Open');
    expect(after.status?.opening?.id).toBe(before.status?.opening?.id);
    await untilActive(meanwhile, 'InstallationChanged');
    await operator.stop();
  });
});

describe('with the operator dead and a grant open, nothing is left either', () => {
  it('of deleting the namespace of the identities alone', async () => {
    await expectNothingLeft(cluster, setting, () =>
      cluster.cp.kubectl(['delete', 'namespace', identitiesNamespace, '--timeout=40s']),
    );
  });

  it('of deleting the kinds first, and the release after them', async () => {
    const { cp } = cluster;
    const installation = cluster.installations.at(-1)!;
    const run = {
      program: await helm4(),
      namespace: releaseNamespace,
      values: { matrixRoles: [matrixRole] },
    };
    await helmOn(cp, ['upgrade', 'support-access', chartFolder], run);
    await cp.kubectl(['delete', 'validatingwebhookconfiguration', 'support-access']);
    await policiesAreInForce(cp);
    await consentedAnew(setting, installation, 11);
    await expectNothingLeft(cluster, setting, async () => {
      const crds = Object.values(kinds).map(({ plural, group }) => `${plural}.${group}`);
      await cp.kubectl(['delete', 'crd', ...crds, '--timeout=40s']);
      await uninstall(cluster, helm4);
    });
    await expectDocumentedLeft(cluster);
  });
});
