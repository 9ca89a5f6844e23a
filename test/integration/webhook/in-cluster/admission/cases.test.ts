/** Support cases on a real API server, with admission in this process: whose they are, and who adds whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupportCase } from '../../../../../crds/generated/support-case.ts';
import { kinds } from '../../../../../crds/kinds.ts';
import type { KubeClient } from '../../../../../kube/api/client.ts';
import { createKubeClient } from '../../../../../kube/api/create-client.ts';
import { judgeWrite, readsAt, rightsAt } from '../../../../../webhook/in-cluster/admission/judge.ts';
import { type RunningAdmission, startAdmission } from '../../../../../webhook/in-cluster/admission/start.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../../../kit/control-plane/control-plane.ts';
import { freePort } from '../../../../kit/control-plane/free-port.ts';
import { installChart, releaseNamespace } from '../../../../kit/installation/install.ts';
import { noIdentities } from '../../../../kit/objects/no-identities.ts';
import { dedicatedControlPlane } from '../../../../kit/vitest/use-control-plane.ts';
import { peopleWaitForTheSwitch } from './people-wait.ts';

let controlPlane: OwnControlPlane;
let client: KubeClient;
let admin: KubeClient;
/** With the rights of the operator, of which no process runs. */
let operator: KubeClient;
let admission: RunningAdmission;
/** By the user's name. Each may write everything by RBAC: what is refused, admission refuses. */
const people = new Map<string, string>();

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  const port = await freePort();
  const url = `https://127.0.0.1:${port}/admission`;
  await installChart(controlPlane, { webhook: { url } });
  const account = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook');
  client = await createKubeClient({ kubeconfigPath: account.kubeconfig });
  admin = await createKubeClient({ kubeconfigPath: controlPlane.kubeconfig });
  const reporter = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-operator');
  operator = await createKubeClient({ kubeconfigPath: reporter.kubeconfig });
  admission = await startAdmission({
    client,
    namespace: releaseNamespace,
    bind: '127.0.0.1',
    port,
    serviceName: 'support-access-webhook',
    url,
    now: Date.now,
    onCertificate: () => undefined,
    onProblem: () => undefined,
    deps: {
      ...noIdentities,
      judge: (request) => judgeWrite(request, { ...readsAt(client), ...rightsAt(client), now: Date.now() }),
      advise: async () => [],
      record: async () => undefined,
      appendInBackground: () => undefined,
      tell: () => undefined,
      stamp: () => ({ id: '019aa000-0000-7000-8000-000000000001', time: new Date().toISOString() }),
    },
  });
  for (const user of ['grace', 'hedy', 'vendor'])
    people.set(user, await controlPlane.userKubeconfig(user, ['system:masters']));
  await eventually(async () =>
    admin.apply(kinds.SupportAccessPolicy, policy(), { fieldManager: 'test', force: true }),
  );
  // The configurations that the API server goes by may be a moment older than those that it serves.
  await eventually(async () => as('grace', ['create', '-f', '-', '--dry-run=server'], supportCase('first')));
});

afterAll(async () => {
  await admission?.stop();
  for (const one of [client, admin, operator]) await one?.close();
});

const policy = (cases: object = { elevatedContacts: ['hedy'] }) => ({
  apiVersion: 'supportaccess.dev/v1beta1',
  kind: 'SupportAccessPolicy',
  metadata: { name: 'default' },
  spec: {
    access: 'Enabled',
    gateway: { host: 'support.example.com' },
    administrators: [
      { name: 'grace', user: 'grace' },
      { name: 'hedy', user: 'hedy', email: 'hedy@example.com' },
      { name: 'katherine', email: 'katherine@example.com' },
    ],
    cases,
  },
});

const supportCase = (name: string, spec: object = {}, metadata: object = { name }): string =>
  JSON.stringify({
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportCase',
    metadata: { namespace: 'default', ...metadata },
    spec: { subject: 'Mail jobs are stuck', ...spec },
  });

async function as(user: string, args: readonly string[], input?: string): Promise<string> {
  const options = { kubeconfig: people.get(user) ?? '', ...(input === undefined ? {} : { input }) };
  return (await controlPlane.kubectl(args, options)).stdout;
}

async function refused(user: string, args: readonly string[], input?: string): Promise<string> {
  const options = { kubeconfig: people.get(user) ?? '', ...(input === undefined ? {} : { input }) };
  return (await controlPlane.kubectl(args, { ...options, expectFailure: true })).stderr;
}

const patch = (name: string, spec: object): string[] => [
  'patch',
  'scase',
  name,
  '--type=merge',
  '-p',
  JSON.stringify({ spec }),
];
const specOf = async (name: string): Promise<SupportCase['spec']> =>
  (await admin.get<SupportCase>(kinds.SupportCase, { namespace: 'default', name })).spec;

describe('OK-2 a support case', () => {
  it.each([
    ['created', ['create', '-f', '-']],
    ['applied', ['apply', '-f', '-']],
    ['applied at the server', ['apply', '--server-side', '-f', '-']],
  ])('belongs to who opens it: %s', async (what, args) => {
    const name = what.replaceAll(' ', '-');
    await as('grace', args, supportCase(name));
    expect(await specOf(name)).toMatchObject({ owner: 'grace', state: 'Open' });
    // what is put back without its owner keeps the one that it had
    await as('grace', ['replace', '-f', '-'], supportCase(name, { description: 'Since Monday' }));
    expect(await specOf(name)).toMatchObject({ owner: 'grace', description: 'Since Monday' });
  });

  it('belongs to that person also in a dry run, under a generated name, and not to whom the object names', async () => {
    const generated = supportCase('', {}, { generateName: 'case-' });
    const made = JSON.parse(
      await as('hedy', ['create', '-f', '-', '-o', 'json', '--dry-run=server'], generated),
    ) as SupportCase;
    expect(made.spec.owner).toBe('hedy');
    const named = await refused('grace', ['create', '-f', '-'], supportCase('named', { owner: 'hedy' }));
    expect(named).toContain('spec.owner: must be who opens the case: leave it out');
  });

  it('is shown with subject, state and owner, and is explained', async () => {
    await as('grace', ['create', '-f', '-'], supportCase('shown', { contacts: [{ name: 'katherine' }] }));
    expect(await as('grace', ['get', 'scase', 'shown'])).toMatch(
      /^NAME +SUBJECT +STATE +OWNER +AGE\nshown +Mail jobs are stuck +Open +grace /,
    );
    expect(await as('grace', ['get', 'scase', 'shown', '-o', 'wide'])).toMatch(/READY +CONTACTS/);
    expect(await as('grace', ['get', 'scase', '--field-selector=spec.owner=grace', '-o', 'name'])).toContain(
      'shown',
    );
    expect(await as('grace', ['explain', 'supportcase.spec.contacts'])).toContain('telephone');
  });
});

describe('the contacts of a case', () => {
  beforeAll(async () => as('grace', ['create', '-f', '-'], supportCase('contacted')));

  it('OK-4 are administrators whom the policy lists, at the opening and later', async () => {
    const stranger = { contacts: [{ name: 'grace' }, { name: 'eve' }] };
    for (const text of [
      await refused('grace', ['create', '-f', '-'], supportCase('strange', stranger)),
      await refused('grace', patch('contacted', stranger)),
    ])
      expect(text).toMatch(/spec\.contacts\[1\]\.name: .*"eve" must be the name of an administrator/);
    await as('grace', ['create', '-f', '-'], supportCase('with', { contacts: [{ name: 'katherine' }] }));
    await as('grace', patch('contacted', { contacts: [{ name: 'katherine' }, { name: 'hedy' }] }));
  });

  it.each(['vendor', 'hedy'])('OK-5 are neither added nor removed by another: %s', async (user) => {
    for (const contacts of [
      [],
      [{ name: 'katherine' }],
      [{ name: 'katherine' }, { name: 'hedy' }, { name: 'grace' }],
    ]) {
      expect(await refused(user, patch('contacted', { contacts }))).toContain(
        'spec.contacts: must not be changed by others',
      );
    }
    await as(user, ['annotate', 'scase', 'contacted', '--overwrite', 'a=b']);
  });

  it('OK-6 are removed by the owner, and one whom the policy does not list any more keeps the others from nothing', async () => {
    const { administrators, ...rest } = policy().spec;
    const without = { ...policy(), spec: { ...rest, administrators: administrators.slice(0, 2) } };
    await admin.apply(kinds.SupportAccessPolicy, without, { fieldManager: 'test', force: true });
    await as('grace', patch('contacted', { contacts: [{ name: 'katherine' }, { name: 'grace' }] }));
    await as('grace', patch('contacted', { contacts: [] }));
    expect(await refused('grace', patch('contacted', { contacts: [{ name: 'katherine' }] }))).toContain(
      'katherine',
    );
    await admin.apply(kinds.SupportAccessPolicy, policy(), { fieldManager: 'test', force: true });
  });
});

describe('OK-3 an elevated contact', () => {
  beforeAll(async () => as('grace', ['create', '-f', '-'], supportCase('taken')));

  it('takes a case over, for the own person only, and no other does', async () => {
    expect(await refused('vendor', patch('taken', { owner: 'vendor' }))).toContain(
      'must be an elevated contact',
    );
    expect(await refused('hedy', patch('taken', { owner: 'katherine' }))).toContain(
      'must not be given to another person',
    );
    expect(await refused('grace', patch('taken', { owner: 'hedy' }))).toContain(
      'must not be given to another person',
    );
    await as('hedy', patch('taken', { owner: 'hedy' }));
    expect((await specOf('taken')).owner).toBe('hedy');
    expect(await refused('grace', patch('taken', { contacts: [{ name: 'grace' }] }))).toContain(
      'by others than the owner',
    );
    await as('hedy', patch('taken', { contacts: [{ name: 'grace' }] }));
  });

  it.each([
    [
      'one more than the limit',
      { elevatedContacts: ['grace', 'hedy'], maxElevatedContacts: 1 },
      /must not have more entries/,
    ],
    [
      'one without a user',
      { elevatedContacts: ['katherine'] },
      /must be names of entries of `administrators`/,
    ],
    [
      'one who is no administrator',
      { elevatedContacts: ['eve'] },
      /must be names of entries of `administrators`/,
    ],
  ])('is not %s', async (_, cases, says) => {
    expect(await refused('grace', ['apply', '-f', '-'], JSON.stringify(policy(cases)))).toMatch(says);
  });
});

it('OK-8 is opened without the permission only before the date of the policy, and with it at any time', async () => {
  for (const [user, role] of [
    ['mary', 'support-access-case-admin'],
    ['eve', 'opens'],
  ] as const) {
    people.set(user, await controlPlane.userKubeconfig(user));
    await controlPlane.kubectl([
      'create',
      'clusterrolebinding',
      user,
      `--clusterrole=${role}`,
      `--user=${user}`,
    ]);
  }
  await controlPlane.kubectl([
    'create',
    'clusterrole',
    'opens',
    '--verb=create',
    '--resource=supportcases.supportaccess.dev',
  ]);
  const put = async (cases: object) => as('grace', ['apply', '-f', '-'], JSON.stringify(policy(cases)));
  const open = ['create', '-f', '-'];
  await put({ caseAdminRequiredTime: '2099-01-01T00:00:00Z' });
  await eventually(async () => as('eve', open, supportCase('early')));
  for (const [name, cases, since] of [
    ['past', { caseAdminRequiredTime: '2026-01-01T00:00:00Z' }, 'asked for since 2026-01-01T00:00:00Z'],
    ['undated', {}, 'which is asked for; have it given with the ClusterRole support-access-case-admin'],
  ] as const) {
    await put(cases);
    expect(await refused('eve', open, supportCase(`eve-${name}`))).toContain(since);
    await as('mary', open, supportCase(`mary-${name}`));
  }
  await put({ elevatedContacts: ['hedy'] });
});

describe('C42-2 while support access is switched off', () =>
  peopleWaitForTheSwitch({ as, refused, policy, operator: () => operator, admin: () => admin }));

it('what closes a case or removes its contacts works while admission is dead, and what adds them does not', async () => {
  await as('grace', ['create', '-f', '-'], supportCase('late', { contacts: [{ name: 'hedy' }] }));
  await admission.stop();
  await as('grace', patch('late', { contacts: [] }));
  await as('grace', patch('late', { state: 'Closed' }));
  await as('grace', ['create', '-f', '-'], supportCase('own-words', { owner: 'grace' }));
  expect(await refused('grace', patch('late', { contacts: [{ name: 'hedy' }] }))).toContain(
    'failed calling webhook',
  );
  expect(await refused('grace', ['create', '-f', '-'], supportCase('unowned'))).toContain(
    'failed calling webhook',
  );
  await as('grace', ['delete', 'scase', '--all']);
});
