/**
 * The product is taken away with a grant open, by the real Helm on a real API server with its garbage collector; and it is
 * installed anew over what stayed. One after the other on one cluster, since each installation finds what the one before
 * left. The longer orders are in `uninstall-long`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../crds/kinds.ts';
import { installed as names } from '../../../crds/names.ts';
import { ownAccount } from '../../../kube/lease/own-account.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { Secrets } from '../../../kube/resources.ts';
import { createSingleUse } from '../../../webhook/gateway/single-use/single-use.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { type Caller, callerOf } from '../../kit/control-plane/caller.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import {
  aGrantSetting,
  type GrantSetting,
  grantOf,
  putAll,
  putGrant,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { releaseNamespace } from '../../kit/installation/install.ts';
import type { OperatedInstallation } from '../../kit/installation/operated-installation.ts';
import { helm3, helm4 } from '../../kit/machine/helm.ts';
import {
  aGrantMeanwhile,
  consentedAnew,
  expectDocumentedLeft,
  expectNothingLeft,
  expectNothingOpen,
  gatewayOf,
  installed,
  stolenFrom,
  uninstall,
  useCluster,
} from './taken-away.ts';

const cluster = useCluster();
/** The grant that is open whenever the product is taken away. */
let setting: GrantSetting;
let samlKey: unknown;

/** Holds `edit` in every namespace, as an administrator of workloads does. */
async function anEditor(): Promise<Caller> {
  const { cp } = cluster;
  await cp.kubectl(['create', 'clusterrolebinding', 'editors', '--clusterrole=edit', '--group=editors']);
  return callerOf(await cp.userKubeconfig('editor', ['editors']));
}

describe('helm uninstall, with a grant open and the operator at work', () => {
  it('ends the token within ten seconds, and at no moment can others have one', async () => {
    const installation = await installed(cluster);
    const gateway = await gatewayOf(installation);
    setting = aGrantSetting(installation.admin, await aNamespace(cluster.cp));
    const editor = await anEditor();
    const operator = await installation.startOperator();
    await putAll(setting);
    const asGateway = await installation.clientOf('gateway');
    const owner = ownAccount(asGateway, releaseNamespace);
    const use = { kind: 'enter-code', id: ['once'], until: Date.now() + 600_000 } as const;
    expect(await createSingleUse(asGateway, releaseNamespace, owner).consume(use)).toBe('first');
    samlKey = await samlKeyOf(installation);
    const identity = await stolenFrom(cluster, setting, installation);
    const seen = { byEditor: new Set<number>(), alive: 0, stop: false };
    const attacker = (async () => {
      while (!seen.stop) {
        seen.byEditor.add(await identity.tokenFor(editor));
        if ((await identity.asSupport()) !== 401) seen.alive = performance.now();
        await delay(100);
      }
    })();
    await uninstall(cluster, helm4);
    const returned = performance.now();
    expect(await identity.tokenFor(gateway)).not.toBe(201);
    // An account that is gone does not come back: the first refusal is for good.
    await eventually(async () => expect(await identity.asSupport()).toBe(401), { within: 10_000 });
    await expectNothingOpen(cluster, installation, identity);
    seen.stop = true;
    await attacker;
    await operator.stop();
    expect(seen.alive).toBeLessThan(returned + 10_000);
    expect([...seen.byEditor]).not.toContain(201);
  });

  it('leaves what the documentation says, and nothing else', async () => {
    const left = await expectDocumentedLeft(cluster);
    expect(left).toContain(`SupportAccessGrant ${setting.grantRef.name}`);
    expect(left).toContain(`Secret ${names.sso}`);
  });

  it('holds up no deletion of what stayed', async () => {
    const { admin } = setting;
    const other = aGrantSetting(admin, await aNamespace(cluster.cp));
    await putGrant(other);
    await admin.delete(kinds.SupportAccessGrant, other.grantRef);
    await expect(grantOf(other)).rejects.toMatchObject({ status: 404 });
    await putGrant(other);
    await cluster.cp.kubectl(['delete', 'namespace', other.namespace, '--timeout=20s']);
  });
});

const samlKeyOf = async ({ admin, releaseNamespace: namespace }: OperatedInstallation): Promise<unknown> => {
  const { data } = await admin.get<KubeObject & { data?: object }>(Secrets, { namespace, name: names.sso });
  expect(Object.keys(data ?? {})).toContain('sp.key');
  return data;
};

describe('an installation over what stayed', () => {
  it('opens nothing that was consented to before it, or while none was there to ask who may', async () => {
    const meanwhile = await aGrantMeanwhile(cluster, setting);
    await putGrant(setting, { consent: 7 });
    const installation = await installed(cluster);
    await consentedAnew(setting, installation, 8);
    await untilActive(meanwhile, 'InstallationChanged');
    expect(await samlKeyOf(installation)).toEqual(samlKey);
    // Told once: by the operator before, where it still came to it while Helm took its rights away, else by this one.
    const told = await Promise.all(cluster.installations.map(({ records }) => records.all()));
    const types = told.flat().map(({ type, decision }) => `${type} ${decision?.reason}`);
    expect(types).toContain('grant.closed InstallationChanged');
  });
});

describe('with the operator dead and a grant open, nothing is left', () => {
  it('of helm uninstall --no-hooks by Helm 3', async () => {
    await expectNothingLeft(cluster, setting, () => uninstall(cluster, helm3, '--no-hooks'));
  });
});
