/**
 * The product is taken away with a grant open, in the orders that people use, by the real Helm on a real API server with its
 * garbage collector; and it is installed anew over what stayed. One after the other on one cluster, since each
 * installation finds what the one before left.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { kinds } from '../../../crds/kinds.ts';
import { installed as names } from '../../../crds/names.ts';
import { ownAccount } from '../../../kube/lease/own-account.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { Secrets } from '../../../kube/resources.ts';
import { credentialName } from '../../../operator/outputs/credential.ts';
import { createSingleUse } from '../../../webhook/gateway/single-use/single-use.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { type Caller, callerOf } from '../../kit/control-plane/caller.ts';
import type { OwnControlPlane } from '../../kit/control-plane/control-plane.ts';
import { writeKubeconfig } from '../../kit/control-plane/kubeconfig.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { type ChartValues, chartFolder } from '../../kit/installation/chart.ts';
import {
  aGrantSetting,
  counts,
  type GrantSetting,
  grantOf,
  ownedBy,
  putAll,
  putApplication,
  putGrant,
  putPolicy,
  putUser,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { helmOn } from '../../kit/installation/helm-release.ts';
import { identitiesNamespace, policiesAreInForce, releaseNamespace } from '../../kit/installation/install.ts';
import { documentedToStay, leftOfOurs } from '../../kit/installation/left-objects.ts';
import {
  installForOperator,
  matrixRole,
  type OperatedInstallation,
} from '../../kit/installation/operated-installation.ts';
import { leadInProcess } from '../../kit/installation/operator-in-process.ts';
import { helm3, helm4 } from '../../kit/machine/helm.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

const accounts = `/api/v1/namespaces/${identitiesNamespace}/serviceaccounts`;

let cp: OwnControlPlane;
/** Holds `edit` in every namespace, as an administrator of workloads does. */
let editor: Caller;
/** The grant that is open whenever the product is taken away. */
let setting: GrantSetting;
let samlKey: unknown;
const installations: OperatedInstallation[] = [];

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  await cp.kubectl(['create', 'clusterrolebinding', 'editors', '--clusterrole=edit', '--group=editors']);
  editor = callerOf(await cp.userKubeconfig('editor', ['editors']));
});

afterAll(async () => {
  for (const installation of installations) await installation.stop();
});

/** As an administrator installs it, but for the webhook's configuration: none runs here. */
async function installed(
  release = 'support-access',
  namespace = releaseNamespace,
  more: ChartValues = {},
): Promise<OperatedInstallation> {
  const install = async (): Promise<void> => {
    const args = ['install', release, chartFolder, '--create-namespace', '--take-ownership'];
    await helmOn(cp, args, {
      program: await helm4(),
      namespace,
      values: { matrixRoles: [matrixRole], ...more },
    });
    await cp.kubectl(['delete', 'validatingwebhookconfiguration', 'support-access']);
    await policiesAreInForce(cp);
  };
  const installation = await installForOperator(cp, { install, releaseNamespace: namespace });
  installations.push(installation);
  return installation;
}

const uninstall = async (program: () => Promise<string>, ...more: readonly string[]): Promise<string> =>
  helmOn(cp, ['uninstall', 'support-access', ...more], {
    program: await program(),
    namespace: releaseNamespace,
  });

interface Identity {
  readonly grantUid: string;
  /** The API server's answer to a request with the token that the gateway was given. */
  readonly asSupport: () => Promise<number>;
  /** Its answer to the request for another token. */
  readonly tokenFor: (caller: Caller) => Promise<number>;
}

/** The support identity of the open grant, whose token an attacker has. */
async function stolenFrom(installation: OperatedInstallation, gateway: Caller): Promise<Identity> {
  const { directory, admin } = installation;
  const grantUid = (await grantOf(setting)).metadata.uid;
  const [account] = (await ownedBy(admin, grantUid)).accounts;
  const path = `${accounts}/${account?.metadata.name}/token`;
  const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name: credentialName(account!.metadata) };
  const body = { spec: { boundObjectRef, expirationSeconds: 600 } };
  const minted = await gateway('POST', path, { body });
  expect(minted.status, minted.text).toBe(201);
  const tokenFile = join(directory, 'support.token');
  await writeFile(tokenFile, (minted.body as { status: { token: string } }).status.token);
  const server = { url: cp.address.url, ca: await readFile(join(cp.directory, 'ca.crt'), 'utf8') };
  const support = callerOf(writeKubeconfig(join(directory, 'support.kubeconfig'), server, { tokenFile }));
  const asSupport = async () => (await support('GET', `/api/v1/namespaces/${setting.namespace}/pods`)).status;
  expect(await asSupport()).toBe(200);
  return { grantUid, asSupport, tokenFor: async (caller) => (await caller('POST', path, { body })).status };
}

const gatewayOf = async (installation: OperatedInstallation) =>
  callerOf((await installation.account('gateway')).kubeconfig);

async function isGone(namespace: string): Promise<void> {
  await eventually(
    async () => expect((await cp.admin.send('GET', `/api/v1/namespaces/${namespace}`)).status).toBe(404),
    { within: 40_000 },
  );
}

/** The account with its Secret and binding, their namespace, and the token. */
async function expectNothingOpen({ admin }: OperatedInstallation, { grantUid, asSupport }: Identity) {
  await isGone(identitiesNamespace);
  await eventually(async () => expect(await counts(admin, grantUid)).toEqual([0, 0, 0]));
  await eventually(async () => expect(await asSupport()).toBe(401), { within: 11_000 });
}

/** Opens the grant anew with a higher number, after the operator has said why it is closed. */
async function consentedAnew(installation: OperatedInstallation, consent: number): Promise<void> {
  const operator = await leadInProcess(installation);
  try {
    const { metadata } = await untilActive(setting, 'InstallationChanged');
    expect(await counts(installation.admin, metadata.uid)).toEqual([0, 0, 0]);
    await putGrant(setting, { consent });
    await untilActive(setting, 'Open');
    expect(await counts(installation.admin, metadata.uid)).toEqual([1, 1, 1]);
  } finally {
    await operator.stop();
  }
}

describe('helm uninstall, with a grant open and the operator at work', () => {
  it('ends the token within ten seconds, and at no moment can others have one', async () => {
    const installation = await installed();
    const gateway = await gatewayOf(installation);
    setting = aGrantSetting(installation.admin, await aNamespace(cp));
    const operator = await installation.startOperator();
    await putAll(setting);
    const asGateway = await installation.clientOf('gateway');
    const owner = ownAccount(asGateway, releaseNamespace);
    const use = { kind: 'enter-code', id: ['once'], until: Date.now() + 600_000 } as const;
    expect(await createSingleUse(asGateway, releaseNamespace, owner).consume(use)).toBe('first');
    samlKey = await samlKeyOf(installation);
    const identity = await stolenFrom(installation, gateway);
    const seen = { byEditor: new Set<number>(), alive: 0, stop: false };
    const attacker = (async () => {
      while (!seen.stop) {
        seen.byEditor.add(await identity.tokenFor(editor));
        if ((await identity.asSupport()) !== 401) seen.alive = performance.now();
        await delay(100);
      }
    })();
    await uninstall(helm4);
    const returned = performance.now();
    expect(await identity.tokenFor(gateway)).not.toBe(201);
    await eventually(() => expect(performance.now()).toBeGreaterThan(returned + 10_000), { within: 12_000 });
    expect(await identity.asSupport()).toBe(401);
    await expectNothingOpen(installation, identity);
    seen.stop = true;
    await attacker;
    await operator.stop();
    expect(seen.alive).toBeLessThan(returned + 10_000);
    expect([...seen.byEditor]).not.toContain(201);
  });

  it('leaves what the documentation says, and nothing else', async () => {
    const [rows, left] = [await documentedToStay(), await leftOfOurs(cp)];
    expect(left.filter((one) => !rows.some((row) => row.test(one)))).toEqual([]);
    expect(left).toContain(`SupportAccessGrant ${setting.grantRef.name}`);
    expect(left).toContain(`Secret ${names.sso}`);
  });

  it('holds up no deletion of what stayed', async () => {
    const { admin } = setting;
    const other = aGrantSetting(admin, await aNamespace(cp));
    await putGrant(other);
    await admin.delete(kinds.SupportAccessGrant, other.grantRef);
    await expect(grantOf(other)).rejects.toMatchObject({ status: 404 });
    await putGrant(other);
    await cp.kubectl(['delete', 'namespace', other.namespace, '--timeout=20s']);
  });
});

const samlKeyOf = async ({ admin, releaseNamespace: namespace }: OperatedInstallation): Promise<unknown> => {
  const { data } = await admin.get<KubeObject & { data?: object }>(Secrets, { namespace, name: names.sso });
  expect(Object.keys(data ?? {})).toContain('sp.key');
  return data;
};

describe('an installation over what stayed', () => {
  let meanwhile: GrantSetting;

  it('opens nothing that was consented to before it, or while none was there to ask who may', async () => {
    meanwhile = aGrantSetting(setting.admin, await aNamespace(cp));
    await putUser(meanwhile);
    await putApplication(meanwhile);
    await putGrant(meanwhile);
    await putGrant(setting, { consent: 7 });
    const installation = await installed();
    await consentedAnew(installation, 8);
    await untilActive(meanwhile, 'InstallationChanged');
    expect(await samlKeyOf(installation)).toEqual(samlKey);
    const types = (await installation.records.all()).map(
      ({ type, decision }) => `${type} ${decision?.reason}`,
    );
    expect(types).toContain('grant.closed InstallationChanged');
  });

  it('opens no more after an upgrade and a rollback, and closes nothing', async () => {
    const installation = installations.at(-1)!;
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

describe('with the operator dead and a grant open, nothing is left', () => {
  it('of helm uninstall --no-hooks by Helm 3', async () => {
    const installation = installations.at(-1)!;
    const identity = await stolenFrom(installation, await gatewayOf(installation));
    await uninstall(helm3, '--no-hooks');
    await expectNothingOpen(installation, identity);
  });

  it('of deleting the namespace of a release with another name and namespace', async () => {
    // the claim would stay for its finalizer, which only a controller takes off that does not run here
    const persistence = { enabled: false };
    await cp.kubectl(['create', 'namespace', 'elsewhere']);
    const installation = await installed('other', 'elsewhere', { webhook: { persistence } });
    await consentedAnew(installation, 9);
    const identity = await stolenFrom(installation, await gatewayOf(installation));
    await cp.kubectl(['delete', 'namespace', 'elsewhere', '--timeout=40s']);
    await expectNothingOpen(installation, identity);
    const { stdout } = await cp.kubectl(['get', 'clusterrolebindings', '-o', 'name']);
    expect(stdout).not.toMatch(/support-access-(operator|gateway|webhook)/);
  });

  it('of deleting the namespace of the identities alone', async () => {
    const installation = await installed();
    await consentedAnew(installation, 10);
    const identity = await stolenFrom(installation, await gatewayOf(installation));
    await cp.kubectl(['delete', 'namespace', identitiesNamespace, '--timeout=40s']);
    await expectNothingOpen(installation, identity);
  });

  it('of deleting the kinds first, and the release after them', async () => {
    const installation = installations.at(-1)!;
    const run = {
      program: await helm4(),
      namespace: releaseNamespace,
      values: { matrixRoles: [matrixRole] },
    };
    await helmOn(cp, ['upgrade', 'support-access', chartFolder], run);
    await cp.kubectl(['delete', 'validatingwebhookconfiguration', 'support-access']);
    await policiesAreInForce(cp);
    await consentedAnew(installation, 11);
    const identity = await stolenFrom(installation, await gatewayOf(installation));
    const crds = Object.values(kinds).map(({ plural, group }) => `${plural}.${group}`);
    await cp.kubectl(['delete', 'crd', ...crds, '--timeout=40s']);
    await uninstall(helm4);
    await expectNothingOpen(installation, identity);
    const [rows, left] = [await documentedToStay(), await leftOfOurs(cp)];
    expect(left.filter((one) => !rows.some((row) => row.test(one)))).toEqual([]);
  });
});
