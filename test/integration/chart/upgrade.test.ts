/**
 * Real Helm against a real API server: install, upgrade over what the processes wrote meanwhile, uninstall. Both majors,
 * since Helm 3 patches and Helm 4 applies.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { applyPatch, type Caller, callerOf, jsonPatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { chartFolder } from '../../kit/installation/chart.ts';
import { releaseNamespace } from '../../kit/installation/install.ts';
import { helm3, helm4 } from '../../kit/machine/helm.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

const caBundle = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64');
const configuration = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/support-access';
const secret = `/api/v1/namespaces/${releaseNamespace}/secrets/support-access-webhook-tls`;

interface Webhooks {
  readonly webhooks: readonly {
    readonly timeoutSeconds: number;
    readonly clientConfig: { readonly caBundle?: string; readonly service?: { readonly path?: string } };
  }[];
}

describe.each([
  ['Helm 3', helm3],
  ['Helm 4', helm4],
])('%s', (_, program) => {
  let cp: ControlPlane;
  let admin: Caller;

  beforeAll(async () => {
    cp = await dedicatedControlPlane();
    admin = callerOf(cp.kubeconfig);
  });

  async function helm(...args: readonly string[]): Promise<string> {
    const home = mkdtempSync(join(tmpdir(), 'support-access-helm-'));
    try {
      const whole = [...args, '--namespace', releaseNamespace, '--kubeconfig', cp.kubeconfig];
      const { stdout } = await promisify(execFile)(await program(), whole, {
        env: { PATH: process.env['PATH'], HOME: home },
      });
      return stdout;
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }

  /** As the webhook's process does it, by its own account and with its own rights. */
  async function webhookWritesItsFields(): Promise<void> {
    const account = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook');
    const webhook = callerOf(account.kubeconfig);
    const service = { namespace: releaseNamespace, name: 'support-access-webhook', path: '/x7/decide' };
    const webhooks = ['decide', 'record', 'support'].map((entry) => ({
      name: `${entry}.supportaccess.dev`,
      clientConfig: { caBundle, service },
    }));
    const applied = await webhook(
      'PATCH',
      `${configuration}?fieldManager=support-access-webhook&force=true`,
      {
        contentType: applyPatch,
        body: {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingWebhookConfiguration',
          metadata: { name: 'support-access' },
          webhooks,
        },
      },
    );
    expect(applied.status, applied.text).toBe(200);
    const found = await webhook('GET', secret);
    const written = await webhook('PUT', `${secret}?fieldManager=support-access-webhook`, {
      body: { ...(found.body as object), data: { 'tls.key': 'aw==' } },
    });
    expect(written.status, written.text).toBe(200);
  }

  /** A takeover of the webhook's process: it may write its own two fields, and nothing that would widen its view. */
  async function webhookMayWriteNothingElse(): Promise<void> {
    const account = await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook');
    const webhook = callerOf(account.kubeconfig);
    const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
    const takeovers = [
      { op: 'add', path: '/webhooks/0/rules/-', value: everything },
      { op: 'replace', path: '/webhooks/1/failurePolicy', value: 'Fail' },
      { op: 'remove', path: '/webhooks/0/matchConditions' },
      { op: 'replace', path: '/webhooks/0/clientConfig/service/name', value: 'other' },
      { op: 'remove', path: '/webhooks/0' },
    ];
    // dry-run, since the policy needs about a second to be in force after the installation
    for (const takeover of takeovers) {
      const { status, text } = await webhook('PATCH', `${configuration}?dryRun=All`, {
        body: [takeover],
        contentType: jsonPatch,
      });
      expect([status, text], takeover.path).toEqual([403, expect.stringContaining('but caBundle and path')]);
    }
  }

  it('installs, upgrades without a fight, and leaves evidence and kinds behind', async () => {
    const notes = await helm('install', 'support-access', chartFolder, '--create-namespace');
    expect(notes).toContain('Access is OFF');
    await webhookWritesItsFields();
    await eventually(webhookMayWriteNothingElse);

    await helm('upgrade', 'support-access', chartFolder, '--set', 'webhook.timeoutSeconds=7');
    const { webhooks } = (await admin('GET', configuration)).body as Webhooks;
    expect(webhooks[0]?.timeoutSeconds).toBe(7);
    expect(webhooks.map(({ clientConfig }) => clientConfig.caBundle)).toEqual(webhooks.map(() => caBundle));
    expect(webhooks.map(({ clientConfig }) => clientConfig.service?.path)).toEqual([
      '/x7/decide',
      '/x7/decide',
      '/x7/decide',
    ]);
    expect((await admin('GET', secret)).body).toMatchObject({ data: { 'tls.key': 'aw==' } });

    await helm('uninstall', 'support-access', '--wait');
    expect((await admin('GET', configuration)).status).toBe(404);
    const kept = await cp.kubectl(['get', 'crd', '-o', 'name']);
    expect(kept.stdout.match(/supportaccess\.dev/g)).toHaveLength(8);
    const identities = '/api/v1/namespaces/support-access-identities';
    await eventually(async () => expect((await admin('GET', identities)).status).toBe(404), {
      within: 30_000,
    });
    const terminating = await cp.kubectl(['get', 'crd,ns,pvc', '-A', '-o', 'jsonpath={..deletionTimestamp}']);
    expect(terminating.stdout).toBe('');
    const policies = await cp.kubectl(['get', 'validatingadmissionpolicies', '-o', 'name']);
    expect(policies.stdout).toBe('');
    await helm('install', 'support-access', chartFolder);
  }, 120_000);
});
