/**
 * The records with the API server's own decisions: whose token this is (TokenReview), what RBAC of the chart gives
 * it (SubjectAccessReview), asked with the webhook's own account.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import { createKubeClient } from '../../../../../kube/api/create-client.ts';
import { createTrail } from '../../../../../trail/client.ts';
import { tokenFromFile } from '../../../../../trail/connection.ts';
import type { Trail } from '../../../../../trail/trail.ts';
import { createAccess } from '../../../../../webhook/callers/access.ts';
import { call } from '../../../../kit/cli/call.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';
import type { ControlPlane } from '../../../../kit/control-plane/control-plane.ts';
import { kubeconfigThrough, startTcpFaultProxy } from '../../../../kit/control-plane/tcp-fault-proxy.ts';
import {
  installChart,
  releaseNamespace,
  webhookConfigurations,
} from '../../../../kit/installation/install.ts';
import { aRecord, asIntent, asOutcomeOf, ofOperator } from '../../../../kit/objects/record.ts';
import type { RecordsServer } from '../../../../kit/records/records-server.ts';
import { serveRecords } from '../../../../kit/records/served-records.ts';
import { aFolder, linesOf, verificationOf } from '../../../../kit/records/store-file.ts';
import { dedicatedControlPlane } from '../../../../kit/vitest/use-control-plane.ts';

const audience = 'support-access';

let cp: ControlPlane;
const stops: (() => void)[] = [];

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  await installChart(cp, {}, { without: webhookConfigurations });
});

afterAll(() => {
  for (const stop of stops) stop();
});

async function tokenFileOf(
  name: string,
  options: { readonly audience?: string } = { audience },
): Promise<string> {
  const account = await cp.serviceAccountKubeconfig(releaseNamespace, name, options);
  stops.push(() => account.stop());
  return account.tokenFile;
}

/** The server as the webhook would run it, with the rights of its account. */
async function aDoor(through: (kubeconfig: string) => string = (path) => path): Promise<RecordsServer> {
  const webhook = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook');
  stops.push(() => webhook.stop());
  const client = await createKubeClient({ kubeconfigPath: through(webhook.kubeconfig) });
  return serveRecords({ access: createAccess({ client, clock: () => performance.now() }) });
}

function trailWith(
  door: RecordsServer,
  tokenFile: string,
  writer: 'gateway' | 'operator' = 'gateway',
): Trail {
  const trail = createTrail({ url: door.url, ca: () => door.ca, token: tokenFromFile(tokenFile), writer });
  onTestFinished(() => trail.close(0));
  return trail;
}

async function aServiceAccount(name: string, ...roles: readonly string[]): Promise<string> {
  await cp.kubectl(['create', 'serviceaccount', name, '-n', releaseNamespace]);
  for (const role of roles) {
    const subject = `--serviceaccount=${releaseNamespace}:${name}`;
    await cp.kubectl(['create', 'clusterrolebinding', `${name}-${role}`, `--clusterrole=${role}`, subject]);
  }
  return tokenFileOf(name);
}

const append = (door: RecordsServer, tokenFile: string, record: NewRecord): Promise<unknown> =>
  trailWith(door, tokenFile).append([record], { deadlineMs: 1000 });

describe('the records door on a real API server', () => {
  it('takes what gateway and operator append, each as itself', async () => {
    const door = await aDoor();
    const intent = aRecord(asIntent);
    await trailWith(door, await tokenFileOf('support-access-gateway')).append([
      intent,
      aRecord(asOutcomeOf(intent)),
    ]);
    await trailWith(door, await tokenFileOf('support-access-operator'), 'operator').append([
      aRecord(ofOperator),
    ]);
    const writers = (await linesOf(door.store)).map(
      (line) => (JSON.parse(line) as { writer: string }).writer,
    );
    expect(writers).toEqual(['store', 'gateway', 'gateway', 'operator']);
    expect(await verificationOf(door.store)).toMatchObject({ state: 'good' });
  });

  it('takes no token that was made for somebody else, though the account is right', async () => {
    const door = await aDoor();
    await expect(
      append(door, await tokenFileOf('support-access-gateway', {}), aRecord()),
    ).rejects.toMatchObject({
      code: 'records_unavailable',
    });
    expect(await linesOf(door.store)).toHaveLength(1);
  });

  it('refuses an account without the right, and one that has the right but is no writer', async () => {
    const door = await aDoor();
    const rules = [{ apiGroups: ['supportaccess.dev'], resources: ['auditrecords'], verbs: ['create'] }];
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'appends' },
      rules,
    };
    await cp.kubectl(['apply', '-f', '-'], { input: JSON.stringify(role) });
    const nobody = await aServiceAccount('nobody');
    const pretender = await aServiceAccount('pretender', 'appends');
    for (const tokenFile of [nobody, pretender])
      await expect(append(door, tokenFile, aRecord())).rejects.toMatchObject({ code: 'records_forbidden' });

    expect(await linesOf(door.store)).toHaveLength(1);
  });

  it('stops taking records from an account within seconds of losing its right', async () => {
    const door = await aDoor();
    const gateway = trailWith(door, await tokenFileOf('support-access-gateway'));
    await gateway.append([aRecord()]);
    const { stdout } = await cp.kubectl([
      'get',
      'clusterrolebinding',
      'support-access-gateway',
      '-o',
      'json',
    ]);
    await cp.kubectl(['delete', 'clusterrolebinding', 'support-access-gateway']);
    await eventually(
      () => expect(gateway.append([aRecord()])).rejects.toMatchObject({ code: 'records_forbidden' }),
      { within: 15_000, every: 500 },
    );
    const { metadata, ...rest } = JSON.parse(stdout) as { metadata: { name: string } };
    const restored = { ...rest, metadata: { name: metadata.name } };
    await cp.kubectl(['apply', '-f', '-'], { input: JSON.stringify(restored) });
  });

  it('says no while the API server cannot be asked, and yes again afterwards', async () => {
    const proxy = await startTcpFaultProxy({ url: cp.url });
    onTestFinished(() => proxy.stop());
    const door = await aDoor((kubeconfig) => kubeconfigThrough(proxy, kubeconfig));
    const gateway = trailWith(door, await tokenFileOf('support-access-gateway'));
    await proxy.refuse();
    proxy.cut();
    await expect(gateway.append([aRecord()])).rejects.toMatchObject({ code: 'records_unavailable' });
    expect(await linesOf(door.store)).toHaveLength(1);
    await proxy.pass();
    await eventually(() => gateway.append([aRecord()]));
  });

  it('lets an auditor read and verify with the plugin, and the gateway not', async () => {
    const door = await aDoor();
    const gateway = await tokenFileOf('support-access-gateway');
    const auditor = await aServiceAccount('reader', 'support-access-auditor');
    await append(door, gateway, aRecord());
    const ca = join(aFolder(), 'ca.crt');
    writeFileSync(ca, door.ca);
    const words = (tokenFile: string): string[] => [
      '--url',
      door.url,
      '--ca-file',
      ca,
      '--token-file',
      tokenFile,
    ];
    const { out: head } = await call(['records', 'head', ...words(auditor)]);
    const verified = await call(['records', 'verify', ...words(auditor), '--head', head.trim()]);
    expect(verified).toMatchObject({ code: 0, err: '' });
    const printed = await call(['records', 'print', ...words(auditor), '-o', 'json']);
    // All but the last, which says that they were read.
    expect(printed.out.trimEnd().split('\n')).toEqual((await linesOf(door.store)).slice(0, -1));
    expect(await call(['records', 'print', ...words(gateway)])).toMatchObject({ code: 3, out: '' });
  });
});
