/**
 * A release under another name, in another namespace that Helm makes, with its identities in a third one, the webhook on the network of its
 * node, and kinds that go with the release: the main job, and the way out by `--cascade=orphan`.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { chartFolder } from '../../kit/installation/chart.ts';
import { hiddenAddress } from '../../kit/masking/hidden.ts';
import { applyGrant, ask, reasonOf, signedIn, untilActive } from '../../kit/people/acts.ts';
import { patchSpec } from '../../kit/people/customer.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { applyKubernetesMatrix, kubernetesMatrix, kubernetesRole } from '../../kit/pods/kubernetes-matrix.ts';
import { untilAdmitted } from '../../kit/pods/pod-site.ts';
import { recordsInPod, verifyInPod } from '../../kit/pods/records.ts';
import { useRelease } from '../../kit/vitest/use-release.ts';

const namespace = 'elsewhere';
const identities = 'support-people';

const release = useRelease({
  release: () => ({
    name: 'other',
    namespace,
    createNamespace: true,
    // No standard that is stricter admits a pod on the network of its node.
    podSecurity: 'privileged',
    settings: [
      `--set=identities.namespace=${identities}`,
      '--set=webhook.hostNetwork=true',
      '--set=crds.keep=false',
      `--set=matrixRoles={${kubernetesRole}}`,
    ],
  }),
});

let ada: Person | undefined;

afterAll(() => ada?.leave());

const names = async (kind: string, ...where: readonly string[]): Promise<string> =>
  (await release.site().kubectl(['get', kind, ...where, '-o', 'name', '--ignore-not-found'])).stdout;

describe('a release under other names, with its webhook on the network of the node', () => {
  it('does the main job, and records it', async () => {
    const site = release.site();
    await applyKubernetesMatrix(site.node);
    await applyGrant(site, { name: 'elsewhere' });
    await applyGrant(site, { name: 'cluster', spec: { matrixRef: { name: kubernetesMatrix } } });
    for (const name of ['elsewhere', 'cluster']) await untilActive(site, name);
    await untilAdmitted(site);
    ada = await signedIn(site, 'elsewhere');
    const { status, body } = await ask(site, ada, '/api/email-log');
    expect([status, body]).toEqual([200, expect.stringMatching(hiddenAddress)]);
    expect(await verifyInPod(site)).toContain('Intact');
    const types = (await recordsInPod(site)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['grant.activated', 'session.authorized']));
  });

  it('has the identities in the namespace that was named, and none of another name', async () => {
    expect(await names('serviceaccounts', '-n', identities)).toMatch(/serviceaccount\/sa-/);
    expect(await names('namespace', 'support-access-identities', 'support-access')).toBe('');
  });

  it('has admission answer on the node, where the API server asks it', async () => {
    const path = 'jsonpath={.items[0].status.hostIP} {.items[0].status.podIP}';
    const webhook = ['-n', namespace, '-l', 'app.kubernetes.io/component=webhook', '-o', path];
    const [hostIP, podIP] = (await release.site().kubectl(['get', 'pods', ...webhook])).stdout.split(' ');
    expect(podIP).toBe(hostIP);
    const wish = { gateway: { hostSuffixes: ['localhost', 'support.localhost'] } };
    await expect(patchSpec(release.site(), ['sapol/default'], wish)).rejects.toThrow(
      /hostSuffixes\[1\]: .* must not lie under spec\.gateway\.host/,
    );
  });

  it('passes helm test', async () => {
    const said = await release.site().helm('test', 'other', `--namespace=${namespace}`, '--logs');
    expect(said).toMatch(/Phase:\s+Succeeded/);
  });

  it('is another installation after identities.namespace was changed: the old one goes, and the grant waits for consent', async () => {
    const site = release.site();
    const flags = [`--namespace=${namespace}`, '--reuse-values', '--set=identities.namespace=support-others'];
    await site.helm('upgrade', 'other', chartFolder, ...flags, '--wait', '--timeout=4m');
    await eventually(async () => expect(await reasonOf(site, 'elsewhere')).toBe('InstallationChanged'), {
      within: 60_000,
      every: 500,
    });
    await eventually(async () => expect(await names('namespace', identities)).toBe(''), {
      within: 60_000,
      every: 500,
    });
    expect((await ask(site, ada!)).status).toBe(401);
    for (const name of ['elsewhere', 'cluster']) {
      await patchSpec(site, ['-n', 'ecase', `sag/${name}`], { consent: 2 });
      await untilActive(site, name);
    }
    ada?.leave();
    // Those of before end each session under the new namespace, which to them is one that does not exist.
    const gateways = ['-n', namespace, '-l', 'app.kubernetes.io/component=gateway'];
    await eventually(
      async () => expect((await names('pods', ...gateways)).trim().split('\n')).toHaveLength(2),
      { within: 60_000, every: 500 },
    );
    ada = await signedIn(site, 'elsewhere');
    expect(await names('serviceaccounts', '-n', 'support-others')).toMatch(/serviceaccount\/sa-/);
  });

  it('leaves nothing that opens anything after helm uninstall --cascade=orphan and what docs/uninstall.md adds to it', async () => {
    const site = release.site();
    const person = ada!;
    await site.helm('uninstall', 'other', `--namespace=${namespace}`, '--cascade=orphan');
    // Accounts, roles and kinds are objects of the release itself: without them no process of ours may do anything.
    await eventually(
      async () => {
        const page = await ask(site, person).catch(() => undefined);
        expect(page?.status ?? 0).not.toBe(200);
      },
      { within: 20_000, every: 250 },
    );
    const ofTheRelease = ['--namespace', namespace, '--selector', 'app.kubernetes.io/part-of=support-access'];
    await site.kubectl(['delete', 'replicaset', ...ofTheRelease]);
    const ours = ['--selector', 'app.kubernetes.io/managed-by=support-access'];
    await site.kubectl(['delete', 'rolebinding', '--all-namespaces', ...ours]);
    await eventually(async () => expect(await names('namespace', 'support-others')).toBe(''), {
      within: 60_000,
      every: 500,
    });
    expect(await names('rolebindings', '--all-namespaces', ...ours)).toBe('');
    expect(await names('crds')).not.toContain('supportaccess.dev');
    // A gateway that is told to stop drains first.
    await eventually(
      async () =>
        expect(await names('pods', '-n', namespace)).not.toMatch(/support-access-(operator|webhook|gateway)/),
      { within: 60_000, every: 500 },
    );
    expect(await names('clusterroles')).not.toMatch(/\/support-access-(?!matrix)/);
  });
});
