/**
 * What a person of support writes at a real API server, with the account's own token: judged by admission beside RBAC, marked as
 * the person's, and refused while admission is away. The reviews of the API server are counted: no one else's writes are asked about.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { ClusterRoles, ConfigMaps, Pods } from '../../../kube/resources.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import type { KubectlResult } from '../../kit/control-plane/control-plane.ts';
import * as settings from '../../kit/installation/grant-setting.ts';
import { releaseNamespace } from '../../kit/installation/install.ts';
import { matrixRole } from '../../kit/installation/operated-installation.ts';
import type { ProductProcess } from '../../kit/installation/product-process.ts';
import { supportKubeconfig } from '../../kit/installation/support-identity.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';
import { type SupportAdmission, supportAdmission } from './support-admission.ts';

const operated = useOperatedInstallation({ running: false });
const mark = 'supportaccess.dev/owner';
const rules = [
  {
    apiGroups: [''],
    resources: ['configmaps'],
    verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'],
  },
  { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  { apiGroups: [''], resources: ['pods/exec'], resourceNames: ['web'], verbs: ['get', 'create'] },
];

let operator: ProductProcess;
let one: settings.GrantSetting;
let kubeconfig: string;
let userUid: string;
let admission: SupportAdmission;

beforeAll(async () => {
  operator = await operated.installation.startOperator();
  one = await operated.aSetting();
  const { admin, namespace } = one;
  await settings.putPolicy(one);
  await Promise.all([settings.putUser(one), settings.putMatrix(one, rules), settings.putApplication(one)]);
  await settings.putGrant(one);
  const grant = await settings.untilActive(one, 'Open');
  userUid = grant.status?.pins?.users[0]?.uid ?? '';
  kubeconfig = await supportKubeconfig(operated.installation, grant);
  const containers = [{ name: 'c', image: 'example.com/x' }];
  await admin.create(Pods, { metadata: { namespace, name: 'web' }, spec: { containers } });
  admission = await supportAdmission(operated.installation);
  await admission.start();
  // The configurations that the API server goes by may be a moment older than those that it serves.
  await eventually(async () => {
    admission.reviews.length = 0;
    await support(['create', 'configmap', 'first', '--dry-run=server']);
    expect(admission.reviews).toEqual(['owner', 'support']);
  });
}, 120_000);

/** The real kubectl with the person's token, in the grant's namespace. */
async function support(
  args: readonly string[],
  options: { readonly input?: string; readonly expectFailure?: boolean } = {},
): Promise<KubectlResult> {
  return operated.controlPlane.kubectl(['-n', one.namespace, ...args], { kubeconfig, ...options });
}

const refused = async (args: readonly string[], input?: string): Promise<string> =>
  (await support(args, { expectFailure: true, ...(input === undefined ? {} : { input }) })).stderr;

const configMap = (name: string, metadata: object = {}, data: object = { a: 'b' }): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data });

const ofAnother = { labels: { [mark]: 'u-9' }, annotations: { [mark]: 'grace' } };

async function marksOf(name: string): Promise<(string | undefined)[]> {
  const { metadata } = await one.admin.get(ConfigMaps, { namespace: one.namespace, name });
  return [metadata.labels?.[mark], metadata.annotations?.[mark]];
}

const isTheirs = (): string[] => [userUid, one.user];

describe('ZH-7 what a person of support creates', () => {
  it.each([
    ['by a POST', ['create', '-f', '-'], {}],
    [
      'with labels and annotations of its own',
      ['create', '-f', '-'],
      { labels: { a: 'b' }, annotations: { c: 'd' } },
    ],
    ['in the name of another', ['create', '-f', '-'], ofAnother],
    ['by an apply', ['apply', '-f', '-'], ofAnother],
    ['by a server-side apply', ['apply', '--server-side', '-f', '-'], {}],
  ])('is marked as theirs: %s', async (what, args, metadata) => {
    const name = what.replaceAll(' ', '-').toLowerCase();
    await support(args, { input: configMap(name, metadata) });
    expect(await marksOf(name)).toEqual(isTheirs());
  });

  it('is marked where the API server makes the name, and in what a dry run shows', async () => {
    const input = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { generateName: 'note-' },
    });
    const { stdout } = await support(['create', '-f', '-', '-o', 'name'], { input });
    expect(await marksOf(stdout.trim().replace('configmap/', ''))).toEqual(isTheirs());
    const shown = await support(['create', '-f', '-', '--dry-run=server', '-o', 'json'], {
      input: configMap('dry'),
    });
    expect((JSON.parse(shown.stdout) as { metadata: object }).metadata).toMatchObject({
      labels: { [mark]: userUid },
      annotations: { [mark]: one.user },
    });
  });

  it('is on record before it is there, with what was changed and never with a value; a dry run is not', async () => {
    admission.recorded.length = 0;
    await support(['create', 'configmap', 'dry', '--dry-run=server']);
    expect(admission.recorded).toEqual([]);
    await support(['create', '-f', '-'], { input: configMap('on-record', {}, { secret: 'hunter2' }) });
    await support(['patch', 'configmap', 'on-record', '-p', '{"data":{"more":"x"}}']);
    await support(['delete', 'configmap', 'on-record']);
    const acts = admission.recorded.map(({ type, target }) => [type, target?.action, target?.name]);
    expect(acts).toEqual(
      ['CREATE', 'UPDATE', 'DELETE'].map((act) => ['admission.requested', `${act} configmaps`, 'on-record']),
    );
    expect(admission.recorded[1]).toMatchObject({
      decision: { effect: 'allow', matrix: 'ecase-1' },
      change: { paths: ['/data/more'] },
    });
    expect(JSON.stringify(admission.recorded)).not.toContain('hunter2');
  });
});

describe('the mark of the owner', () => {
  beforeAll(async () => {
    await support(['create', 'configmap', 'theirs']);
    await one.admin.create(ConfigMaps, { metadata: { namespace: one.namespace, name: 'customers' } });
    await one.admin.create(ConfigMaps, {
      metadata: { namespace: one.namespace, name: 'of-grace', ...ofAnother },
    });
  });

  it.each([
    ['taken off', ['label', 'configmap', 'theirs', `${mark}-`]],
    ['given away', ['annotate', 'configmap', 'theirs', '--overwrite', `${mark}=grace`]],
    ['put on what is the customer’s', ['label', 'configmap', 'customers', `${mark}=u-1`]],
    ['put in place of another’s', ['label', 'configmap', 'of-grace', '--overwrite', `${mark}=u-1`]],
    [
      'taken off by a JSON patch',
      ['patch', 'configmap', 'theirs', '--type=json', '-p', '[{"op":"remove","path":"/metadata/labels"}]'],
    ],
    ['taken off in a dry run', ['label', 'configmap', 'theirs', `${mark}-`, '--dry-run=server']],
  ])('is not %s by support', async (_, args) => {
    expect(await refused(args)).toMatch(/that was stamped must stay as it is\..*\(OwnerChanged\)/);
  });

  it('is not replaced by an update or a server-side apply of support, and everything else may be changed', async () => {
    expect(await refused(['replace', '-f', '-'], configMap('theirs'))).toContain('(OwnerChanged)');
    const applied = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
    expect(await refused(applied, configMap('of-grace', { labels: { [mark]: userUid } }))).toContain(
      '(OwnerChanged)',
    );
    await support(applied, { input: configMap('theirs', { labels: { a: 'b' } }) });
    await support(applied, { input: configMap('customers', { labels: { a: 'b' } }) });
    expect(await marksOf('theirs')).toEqual(isTheirs());
    expect(await marksOf('customers')).toEqual([undefined, undefined]);
    const refusals = admission.recorded.filter(({ type }) => type === 'admission.rejected');
    expect(refusals.at(-1)).toMatchObject({ decision: { effect: 'deny', reason: 'OwnerChanged' } });
  });
});

describe('what the matrix does not give', () => {
  it('is refused though a role that another hand widened gives it, and recorded with the reason', async () => {
    await operator.stop();
    const wide = [
      ...rules,
      { apiGroups: [''], resources: ['services', 'pods/exec'], verbs: ['create', 'get'] },
    ];
    await one.admin.mergePatch(ClusterRoles, { name: matrixRole }, { patch: { rules: wide } });
    admission.recorded.length = 0;
    await eventually(async () =>
      expect(await refused(['create', 'service', 'clusterip', 'x', '--tcp=80'])).toContain(
        '(ActionNotAllowed)',
      ),
    );
    expect(admission.recorded.at(-1)).toMatchObject({
      type: 'admission.rejected',
      target: { action: 'CREATE services' },
      decision: { effect: 'deny', reason: 'ActionNotAllowed' },
    });
  });

  it('is refused as a connection too: a shell only in the pod that is named', async () => {
    const containers = [{ name: 'c', image: 'example.com/x' }];
    await one.admin.create(Pods, {
      metadata: { namespace: one.namespace, name: 'other' },
      spec: { containers },
    });
    expect(await refused(['exec', 'other', '--', 'ls'])).toContain('(ActionNotAllowed)');
    // it got past admission: there is no node on which it could run
    expect(await refused(['exec', 'web', '--', 'ls'])).not.toContain('support access');
    expect(admission.recorded.at(-1)).toMatchObject({
      type: 'admission.requested',
      target: { action: 'CONNECT pods/exec' },
    });
  });
});

describe('what was taken back', () => {
  it.each([
    ['create', ['create', 'configmap', 'late']],
    ['patch', ['patch', 'configmap', 'theirs', '-p', '{"data":{"late":"x"}}']],
    ['delete', ['delete', 'configmap', 'theirs']],
    ['exec', ['exec', 'web', '--', 'ls']],
    ['dry run', ['create', 'configmap', 'late', '--dry-run=server']],
  ])(
    'is refused by a lock at once, with rights and token still there and no operator: %s',
    async (_, args) => {
      await settings.lock(one.admin, `ns.${one.namespace}`);
      expect(await refused(args)).toMatch(/Support access is locked\..*\(Locked\)/);
      await settings.unlock(one.admin, `ns.${one.namespace}`);
    },
  );
});

describe('the writes of all others', () => {
  it('are never asked about, in whatever namespace', async () => {
    admission.reviews.length = 0;
    const { admin, namespace } = one;
    for (const where of [namespace, 'default', 'kube-system', releaseNamespace]) {
      const ref = { namespace: where, name: 'of-the-customer' };
      await admin.create(ConfigMaps, { metadata: ref });
      await admin.mergePatch(ConfigMaps, ref, { patch: { metadata: { labels: { [mark]: 'x' } } } });
      await admin.delete(ConfigMaps, ref);
    }
    const tenant = await operated.controlPlane.userKubeconfig('eve', [
      'system:masters',
      'system:serviceaccounts',
    ]);
    await operated.controlPlane.kubectl(['create', 'configmap', 'eves', '-n', namespace], {
      kubeconfig: tenant,
    });
    await operated.controlPlane.kubectl(['exec', 'web', '-n', namespace, '--', 'ls'], {
      expectFailure: true,
    });
    const program = await operated.controlPlane.serviceAccountKubeconfig(namespace, 'default');
    await operated.controlPlane.kubectl(['auth', 'can-i', 'list', 'pods'], {
      kubeconfig: program.kubeconfig,
      expectFailure: true,
    });
    program.stop();
    expect(admission.reviews).toEqual([]);
    // what support only asks about itself, or reads, is none either
    await support(['auth', 'can-i', 'create', 'configmaps']);
    await support(['auth', 'whoami']);
    await support(['get', 'configmaps']);
    expect(admission.reviews).toEqual([]);
  });

  it('go on while admission is dead, and those of support alone are refused', async () => {
    await admission.stop();
    for (const args of [
      ['create', 'configmap', 'dead'],
      ['delete', 'configmap', 'theirs'],
      ['exec', 'web', '--', 'ls'],
    ])
      expect(await refused(args)).toMatch(/failed calling webhook "(support|owner)\.supportaccess\.dev"/);
    await support(['auth', 'can-i', 'create', 'configmaps']);
    const ref = { namespace: one.namespace, name: 'alive' };
    await one.admin.create(ConfigMaps, { metadata: ref });
    await one.admin.delete(ConfigMaps, ref);
    await admission.start();
    await eventually(async () => support(['create', 'configmap', 'dead']));
  });
});
