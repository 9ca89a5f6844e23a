/** What the orders of taking the product away share: a cluster of their own, and an open grant whose token was stolen. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { credentialName } from '../../../crds/identities.ts';
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
  putApplication,
  putGrant,
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
import { helm4 } from '../../kit/machine/helm.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

const accounts = `/api/v1/namespaces/${identitiesNamespace}/serviceaccounts`;

/** The cluster, and what was installed on it; call it at the top of a file and use it inside tests. */
export function useCluster(): {
  readonly cp: OwnControlPlane;
  readonly installations: OperatedInstallation[];
} {
  let cp: OwnControlPlane | undefined;
  const installations: OperatedInstallation[] = [];
  beforeAll(async () => {
    cp = await dedicatedControlPlane();
  });
  afterAll(async () => {
    for (const installation of installations) await installation.stop();
  });
  return {
    installations,
    get cp() {
      if (cp === undefined) throw new Error('the cluster is only there inside tests');
      return cp;
    },
  };
}

export type Cluster = ReturnType<typeof useCluster>;

/** As an administrator installs it, but for the webhook's configuration: none runs here. */
export async function installed(
  { cp, installations }: Cluster,
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

/** `helm uninstall` of the release, by this Helm. */
export const uninstall = async (
  { cp }: Cluster,
  program: () => Promise<string>,
  ...more: readonly string[]
): Promise<string> =>
  helmOn(cp, ['uninstall', 'support-access', ...more], {
    program: await program(),
    namespace: releaseNamespace,
  });

export interface Identity {
  readonly grantUid: string;
  /** The API server's answer to a request with the token that the gateway was given. */
  readonly asSupport: () => Promise<number>;
  /** Its answer to the request for another token. */
  readonly tokenFor: (caller: Caller) => Promise<number>;
}

/** The support identity of the open grant, whose token an attacker has. */
export async function stolenFrom(
  { cp }: Cluster,
  setting: GrantSetting,
  installation: OperatedInstallation,
): Promise<Identity> {
  const gateway = await gatewayOf(installation);
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

/** Requests with the gateway's own rights. */
export const gatewayOf = async (installation: OperatedInstallation) =>
  callerOf((await installation.account('gateway')).kubeconfig);

async function isGone({ cp }: Cluster, namespace: string): Promise<void> {
  await eventually(
    async () => expect((await cp.admin.send('GET', `/api/v1/namespaces/${namespace}`)).status).toBe(404),
    { within: 40_000 },
  );
}

/** The account with its Secret and binding, their namespace, and the token. */
export async function expectNothingOpen(
  cluster: Cluster,
  { admin }: OperatedInstallation,
  { grantUid, asSupport }: Identity,
): Promise<void> {
  await isGone(cluster, identitiesNamespace);
  await eventually(async () => expect(await counts(admin, grantUid)).toEqual([0, 0, 0]));
  await eventually(async () => expect(await asSupport()).toBe(401), { within: 11_000 });
}

/** Takes the product away, as `takeAway` does it, from under an open grant whose token is stolen: nothing is left to use. */
export async function expectNothingLeft(
  cluster: Cluster,
  setting: GrantSetting,
  takeAway: () => Promise<unknown>,
): Promise<void> {
  const installation = cluster.installations.at(-1);
  if (installation === undefined) throw new Error('nothing is installed');
  const identity = await stolenFrom(cluster, setting, installation);
  await takeAway();
  await expectNothingOpen(cluster, installation, identity);
}

/** A grant with all that it needs, written while no installation was there to ask who may. */
export async function aGrantMeanwhile({ cp }: Cluster, { admin }: GrantSetting): Promise<GrantSetting> {
  const meanwhile = aGrantSetting(admin, await aNamespace(cp));
  await putUser(meanwhile);
  await putApplication(meanwhile);
  await putGrant(meanwhile);
  return meanwhile;
}

/** Opens the grant anew with a higher number, after the operator has said why it is closed. */
export async function consentedAnew(
  setting: GrantSetting,
  installation: OperatedInstallation,
  consent: number,
): Promise<void> {
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

/** Only what the documentation says is left. Returns it. */
export async function expectDocumentedLeft({ cp }: Cluster): Promise<string[]> {
  const [rows, left] = [await documentedToStay(), await leftOfOurs(cp)];
  expect(left.filter((one) => !rows.some((row) => row.test(one)))).toEqual([]);
  return left;
}
