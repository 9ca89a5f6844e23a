/**
 * `docs/install.md`, followed word for word on an empty cluster, and what stands there afterwards: everything Ready in a
 * restricted namespace, registered, and called by the real API server.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { hiddenAddress } from '../../kit/masking/hidden.ts';
import { type PodInstallation, useInstalled } from '../../kit/pods/installed.ts';
import { recordsInPod } from '../../kit/pods/records.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

let installation: PodInstallation;

beforeAll(async () => {
  installation = await useInstalled(await useNode());
});

const json = async <T>(...args: readonly string[]): Promise<T> => {
  const { stdout } = await installation.kubectl([...args, '-o', 'json']);
  return JSON.parse(stdout) as T;
};

describe('docs/install.md', () => {
  it('leads from an empty cluster to the application in front of the first person, masked', () => {
    const { firstPage, toFirstSignIn, steps } = installation;
    expect(firstPage.status).toBe(200);
    expect(firstPage.body).toContain('Your request was received');
    expect(firstPage.body).toMatch(hiddenAddress);
    expect(firstPage.body).not.toMatch(/@(customer|agency)\.example/);
    const helm = steps.find(({ commands }) => commands.startsWith('helm install'));
    process.stderr.write(
      `node: helm install and test ${helm?.seconds.toFixed(1)} s, to the first sign-in ${toFirstSignIn.toFixed(1)} s\n`,
    );
    expect(toFirstSignIn).toBeLessThan(600);
  });

  it('shows what the vendor needs, and ends with records that verify', () => {
    expect(installation.printed('The policy, and the identity provider')).toMatch(
      /entity id: https:\/\/support\.localhost:\d+\/support-access\/saml\/metadata\nresponses: .*\n-----BEGIN CERTIFICATE-----/,
    );
    const records = installation.printed('The first look at the records');
    expect(records).toMatch(/grant\.activated[^]*allow\s+Open/);
    expect(records).toContain('Intact');
  });

  it('has recorded who read them: the person of the kubeconfig, whom the API server names so too', async () => {
    const { stdout } = await installation.kubectl([
      'auth',
      'whoami',
      '-o',
      'jsonpath={.status.userInfo.username}',
    ]);
    const all = (await recordsInPod(installation)).filter(({ type }) => type === 'audit.read');
    // The person of the reader account reads in another file, before or after this one.
    const readings = all.filter(({ actor }) => actor.name !== 'grace@customer.example');
    expect(readings.length).toBeGreaterThanOrEqual(2);
    expect(new Set(readings.map(({ actor }) => actor.name))).toEqual(new Set([stdout]));
    for (const { writer, target, message } of readings) {
      expect([writer, target]).toEqual(['store', { area: 'records', action: 'read' }]);
      expect(message).toMatch(/^read records \d+ to \d+( (once|\d+ times) more until \S+, counted .*)?$/);
    }
  });
});

describe('what helm install leaves in a restricted namespace', () => {
  it('is Ready: every pod, with all replicas, without a restart', () => {
    const programs = installation.containers.filter((line) => !line.startsWith('test '));
    expect(programs.toSorted((one, other) => one.localeCompare(other))).toEqual([
      'gateway ready=true restarts=0',
      'gateway ready=true restarts=0',
      'operator ready=true restarts=0',
      'webhook ready=true restarts=0',
    ]);
  });

  it('is registered as webhook with a path of its own and an authority, behind the Service', async () => {
    const { webhooks } = await json<Configuration>('get', 'validatingwebhookconfiguration', 'support-access');
    for (const { clientConfig } of webhooks) {
      expect(clientConfig.service).toMatchObject({
        name: 'support-access-webhook',
        namespace: 'support-access',
      });
      expect(clientConfig.service.path).toMatch(/^\/[\w-]{16,}\//);
      const authority = Buffer.from(clientConfig.caBundle, 'base64').toString();
      expect(authority).toContain('-----BEGIN CERTIFICATE-----');
    }
  });

  it('judges: the real API server refuses an inadmissible policy in the words of the webhook', async () => {
    const patch = JSON.stringify({ spec: { gateway: { hostSuffixes: ['localhost', 'support.localhost'] } } });
    const { stderr } = await installation.node.kubectl(
      ['patch', 'sapol', 'default', '--type=merge', '-p', patch],
      { expectFailure: true },
    );
    // No schema says this; only the webhook reads across fields.
    expect(stderr).toMatch(
      /hostSuffixes\[1\]: .* must not lie under spec\.gateway\.host; give applications a suffix/,
    );
  });

  it('has published the authority of the records, seats at the API server, budgets and leases', async () => {
    const { data } = await json<{ data: Record<string, string> }>(
      'get',
      'configmap/support-access-ca',
      '--namespace=support-access',
    );
    expect(data['ca.crt']).toContain('-----BEGIN CERTIFICATE-----');
    const { stdout } = await installation.kubectl([
      'get',
      '-A',
      '-o',
      'name',
      '-l',
      'app.kubernetes.io/name=support-access',
      'flowschemas,prioritylevelconfigurations,poddisruptionbudgets',
    ]);
    expect(stdout).toContain('flowschema');
    expect(stdout).toContain('prioritylevelconfiguration');
    expect(stdout).toContain('poddisruptionbudget.policy/support-access-gateway');
    const { spec } = await json<{ spec: { holderIdentity: string } }>(
      'get',
      'lease/support-access-operator',
      '--namespace=support-access',
    );
    expect(spec.holderIdentity).not.toBe('');
  });
});

interface Configuration {
  readonly webhooks: readonly {
    readonly clientConfig: {
      readonly caBundle: string;
      readonly service: { readonly name: string; readonly namespace: string; readonly path: string };
    };
  }[];
}
