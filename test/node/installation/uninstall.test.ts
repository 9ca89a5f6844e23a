/** `helm upgrade`, `helm rollback`, and the way out and back in: an uninstall with a grant open, and a reinstall over what it keeps. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readerAccount } from '../../../crds/names.ts';
import { call } from '../../kit/cli/call.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { applyGrant, ask, reasonOf, signedIn, untilActive } from '../../kit/people/acts.ts';
import { patchSpec } from '../../kit/people/customer.ts';
import { type Identity, identities, identityOf } from '../../kit/pods/identity.ts';
import { chartSettings, type PodInstallation, useInstalled } from '../../kit/pods/installed.ts';
import { applyKubernetesMatrix, kubernetesMatrix, kubernetesRole } from '../../kit/pods/kubernetes-matrix.ts';
import { headInPod, recordsInPod, verifyInPod } from '../../kit/pods/records.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

const reader = 'grace@customer.example';
const pods = '/api/v1/namespaces/ecase/pods';

let installation: PodInstallation;
let support: Identity;
let head: string;
let certificate: string;

const jsonpath = async (path: string, ...target: readonly string[]): Promise<string> =>
  (await installation.kubectl(['get', ...target, '-o', `jsonpath=${path}`])).stdout;

beforeAll(async () => {
  installation = await useInstalled(await useNode());
});

describe('helm upgrade and helm rollback', () => {
  it('bring a role for a matrix and take it away; what is open stays open, and its sessions live', async () => {
    await applyGrant(installation, { name: 'kept' });
    await untilActive(installation, 'kept');
    const ada = await signedIn(installation, 'kept');
    const change = [
      '--set',
      `matrixRoles={${kubernetesRole}},records.readers[0].user=${reader}`,
      '--set-string',
      'operator.podAnnotations.round=2',
    ];
    await installation.helm('upgrade', 'support-access', ...chartSettings, ...change, '--wait');
    expect((await ask(installation, ada)).status).toBe(200);
    await installation.helm('rollback', 'support-access', '1', '--namespace', 'support-access', '--wait');
    expect((await ask(installation, ada)).status).toBe(200);
    expect(await reasonOf(installation, 'kept')).toBe('Open');
    await installation.helm('upgrade', 'support-access', ...chartSettings, ...change, '--wait');
    expect((await ask(installation, ada)).status).toBe(200);
    ada.leave();
  });

  it('bring a reader account for a person, who reads the records by it alone, and is recorded by name', async () => {
    const print = async (person: string) =>
      call(['records', 'print', '-o', 'json', '--kubeconfig', installation.node.kubeconfig, '--as', person]);
    const read = await eventually(
      async () => {
        const called = await print(reader);
        expect(called).toMatchObject({ code: 0, err: '' });
        return called;
      },
      { within: 30_000, every: 500 },
    );
    expect(read.out).toContain('"type":"grant.activated"');
    const readings = (await recordsInPod(installation)).filter(({ type }) => type === 'audit.read');
    expect(readings.at(-1)?.actor).toEqual({ kind: 'customer_admin', name: reader });
    expect(readings.at(-1)?.message).toContain(
      `as system:serviceaccount:support-access:${readerAccount.of(reader)}`,
    );
    const another = await print('eve@customer.example');
    expect(another).toMatchObject({ code: 3, out: '' });
    expect(another.err).toContain('you may not get the Service support-access-webhook');
  });
});

describe('helm uninstall with a grant open', () => {
  beforeAll(async () => {
    await applyKubernetesMatrix(installation.node);
    await applyGrant(installation, { name: 'evidence', spec: { matrixRef: { name: kubernetesMatrix } } });
    await untilActive(installation, 'evidence');
    support = await identityOf(installation, 'evidence');
    head = await headInPod(installation);
    certificate = await jsonpath(
      '{.data.spCertificate}',
      'configmap',
      '-n',
      'support-access',
      'support-access-sso',
    );
    expect(await support.get(pods)).toBe(200);
  });

  it('ends the token of the identity within ten seconds, and no other can be had', async () => {
    await installation.helm(
      'uninstall',
      'support-access',
      '--namespace',
      'support-access',
      '--wait',
      '--timeout=60s',
    );
    await eventually(async () => expect(await support.get(pods)).toBe(401), { within: 10_000, every: 250 });
    expect(await support.refusalOfAnother()).toMatch(/not found/);
  });

  it('leaves nothing that opens anything, and the grant as evidence', async () => {
    await eventually(
      async () => {
        const { stdout } = await installation.kubectl([
          'get',
          'rolebindings,networkpolicies,leases,serviceaccounts,pods',
          '--all-namespaces',
          '-o',
          'name',
          '-l',
          'app.kubernetes.io/managed-by=support-access',
        ]);
        expect(stdout).toBe('');
        const { stdout: namespaces } = await installation.kubectl(['get', 'namespaces', '-o', 'name']);
        expect(namespaces).not.toContain(identities);
      },
      { within: 30_000, every: 500 },
    );
    const { stdout: leases } = await installation.kubectl([
      'get',
      'leases',
      '-n',
      'support-access',
      '-o',
      'name',
    ]);
    expect(leases).toBe('');
    expect(await jsonpath('{.spec.reason}', '-n', 'ecase', 'sag', 'evidence')).not.toBe('');
  });

  it('is undone by a reinstall over kinds and volume, under which every grant waits for consent again', async () => {
    const settings = [...chartSettings, '--set', `matrixRoles={${kubernetesRole}}`];
    await installation.helm('install', 'support-access', ...settings, '--wait', '--timeout=3m');
    await eventually(
      async () => expect(await reasonOf(installation, 'evidence')).toBe('InstallationChanged'),
      {
        within: 30_000,
        every: 250,
      },
    );
    await patchSpec(installation, ['-n', 'ecase', 'sag/evidence'], { consent: 2 });
    await untilActive(installation, 'evidence');
    const again = await identityOf(installation, 'evidence');
    expect(await again.get(pods)).toBe(200);
    expect(await support.get(pods)).toBe(401);
  });

  it('has kept what the identity provider knows, and the records on from before', async () => {
    const now = await jsonpath(
      '{.data.spCertificate}',
      'configmap',
      '-n',
      'support-access',
      'support-access-sso',
    );
    expect(now).toBe(certificate);
    await applyGrant(installation, { name: 'after' });
    await untilActive(installation, 'after');
    const ada = await signedIn(installation, 'after');
    expect((await ask(installation, ada, '/api/email-log')).status).toBe(200);
    ada.leave();
    expect(await verifyInPod(installation, head)).toContain('Intact');
  });
});
