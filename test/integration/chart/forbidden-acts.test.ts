/**
 * Every row of the table of what our processes must not be able to do, tried on a real API server by their own
 * ServiceAccounts with the rights of the chart, and what people do that a policy refuses: so each message of each policy is
 * read as the API server gives it. None of our processes runs.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { installed } from '../../../crds/names.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { type Caller, callerOf, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { identitiesNamespace, installChart, releaseNamespace } from '../../kit/installation/install.ts';
import { refusalComplaints } from '../../kit/messages/good-message.ts';
import { aMatrix } from '../../kit/objects/matrix.ts';
import { collection, grant, lock, supportCase } from '../../kit/objects/valid-objects.ts';
import type { AccountName, ForbiddenAct } from '../../kit/rights/forbidden-act.ts';
import { everyProcess, forbiddenActs } from '../../kit/rights/index.ts';
import {
  absentOwner,
  canary,
  copiedLabels,
  identity,
  marks,
  matrixRole,
  otherIdentity,
  ours,
  paths,
  rbac,
  secretsIn,
  victim,
} from '../../kit/rights/scene.ts';
import { guardedFields } from '../../kit/rights/webhook.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { actsOfPeople, type Person, reader, standingCase, standingLock } from './acts-of-people.ts';
import { makeCases } from './case-scene.ts';

interface Policy {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly validations: readonly { readonly message: string }[] };
}

/** A controller of the platform that adds pull secrets to every ServiceAccount of the cluster. */
const platform = 'system:serviceaccount:platform:pull-secrets';

const accounts = Object.keys(forbiddenActs) as AccountName[];
const callers = new Map<AccountName, Caller>();
let cp: ControlPlane;
let admin: Caller;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  admin = callerOf(cp.kubeconfig);
  for (const name of [victim, identitiesNamespace, releaseNamespace])
    await make('/api/v1/namespaces', { metadata: { name } });
  // Before the product, so that also what lay in its namespaces is tried.
  for (const namespace of [victim, identitiesNamespace, releaseNamespace])
    await make(secretsIn(namespace), { metadata: { name: 'canary' }, stringData: { canary } });
  await installChart(cp, {
    matrixRoles: [matrixRole],
    records: { readers: [{ user: reader }] },
    identities: { writers: [platform] },
  });
  for (const one of accounts) {
    const account = await cp.serviceAccountKubeconfig(releaseNamespace, `support-access-${one}`);
    callers.set(one, callerOf(account.kubeconfig));
  }
  await makeScene();
});

/** Messages of the policies that were met, by policy. */
const met = new Map<string, Set<string>>();

/** Notes what a policy said, in a refusal or in a warning. */
function note(text: string): string | undefined {
  const [, name = '', message = ''] =
    /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+'(?: denied request)?: ((?:[^"\\]|\\.)*)/.exec(
      text,
    ) ?? [];
  if (name === '') return undefined;
  met.set(name, (met.get(name) ?? new Set()).add(message));
  return message;
}

async function make(path: string, body: object, caller: Caller = admin): Promise<void> {
  const { status, text } = await caller('POST', path, { body });
  if (status !== 201) throw new Error(`${path}: ${status} ${text}`);
}

async function makeScene(): Promise<void> {
  await cp.kubectl(['create', 'clusterrole', matrixRole, '--verb=get', '--resource=configmaps']);
  await cp.kubectl(['create', 'clusterrole', 'harmless', '--verb=get', '--resource=services']);
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: matrixRole };
  const theirs = { metadata: { name: 'theirs', labels: copiedLabels }, roleRef, subjects: [] };
  await make(`${rbac}/namespaces/${victim}/rolebindings`, theirs);
  const operator = callerFor('operator');
  await makeCases({ cp, make, operator });
  for (const name of [identity, otherIdentity]) {
    await make(paths.identityAccounts, { metadata: { name, labels: copiedLabels } }, operator);
    await make(paths.identitySecrets, { metadata: { name, labels: copiedLabels } }, operator);
  }
  const at = (ms: number) => ({ 'supportaccess.dev/used-until': new Date(Date.now() + ms).toISOString() });
  for (const [name, annotations] of [
    [marks.fresh, at(600_000)],
    [marks.justOver, at(-60_000)],
    [marks.over, at(-3_600_000)],
    [marks.undated, {}],
    [marks.odd, { 'supportaccess.dev/used-until': 'some day' }],
  ] as const)
    await make(paths.leases, { metadata: { name, annotations }, spec: { holderIdentity: 'g' } });
  await make(paths.leases, { metadata: { name: 'other' }, spec: { holderIdentity: 'x' } });
  await make(paths.leases, { metadata: { name: 'support-access-operator' }, spec: { holderIdentity: 'o' } });
}

function callerFor(one: AccountName): Caller {
  const caller = callers.get(one);
  if (!caller) throw new Error(`no caller for ${one}`);
  return caller;
}

function laidOver(present: unknown, change: unknown): object {
  const [whole, part] = [present, change] as { metadata: object }[];
  return { ...whole, ...part, metadata: { ...whole?.metadata, ...part?.metadata } };
}

async function tryAct(who: AccountName, { act, stoppedBy, request }: ForbiddenAct): Promise<string[]> {
  const { method, path, overPresent, ...options } = request;
  const body = overPresent ? laidOver((await admin('GET', path)).body, options.body) : options.body;
  const { status, text } = await callerFor(who)(method, path, { ...options, body });
  note(text);
  const by = /ValidatingAdmissionPolicy '([^']+)'/.exec(text)?.[1] ?? 'RBAC';
  const complaints = [
    ...(status === 403 ? [] : [`answered ${status}`]),
    ...(by === stoppedBy ? [] : [`stopped by ${by}, not by ${stoppedBy}`]),
    ...(text.includes(canary) ? ['the answer holds the content'] : []),
  ];
  return complaints.map((complaint) => `${act}: ${complaint}; ${text.slice(0, 200)}`);
}

describe.each(accounts)('the account %s', (who) => {
  it.each([
    ['what no process may', everyProcess],
    ['what it may not', forbiddenActs[who]],
  ])('is refused %s, each by the barrier that the table names', async (_, acts) => {
    // a policy is in force about a second after it was applied
    await eventually(
      async () => {
        const complaints = [];
        for (const act of acts) complaints.push(...(await tryAct(who, act)));
        expect(complaints).toEqual([]);
      },
      { within: 20_000 },
    );
  });
});

describe('a person', () => {
  const people = new Map<Person, Caller>();

  beforeAll(async () => {
    const rights = ['create', 'clusterrole', 'prepares', '--verb=create,update,patch,administer'];
    await cp.kubectl([
      ...rights,
      '--resource=supportaccessgrants.supportaccess.dev,supportaccesspolicies.supportaccess.dev,supportapplications.supportaccess.dev,supportcases.supportaccess.dev',
    ]);
    await cp.kubectl(['create', 'clusterrolebinding', 'prepares', '--clusterrole=prepares', '--user=editor']);
    people.set('administrator', admin);
    people.set('editor', callerOf(await cp.userKubeconfig('editor')));
    people.set('reader', callerOf(await cp.userKubeconfig(reader)));
    people.set('support identity', async (method, path, options) => {
      const groups = [`system:serviceaccounts:${identitiesNamespace}`, 'system:masters'];
      const user = `system:serviceaccount:${identitiesNamespace}:${identity}`;
      const headers = { 'impersonate-user': user, 'impersonate-group': groups };
      return admin(method, path, { ...options, headers });
    });
    await admin('PATCH', `${paths.releaseConfigMaps}/${installed.names}`, {
      body: { data: { administrators: 'Grace (grace@example.com)' } },
      contentType: mergePatch,
    });
    await make(collection(lock), standingLock);
    await make(collection(supportCase), standingCase, people.get('editor'));
    const prepared = grant.base();
    await make(collection(grant), { ...prepared, spec: { ...prepared.spec, access: 'Disabled' } });
  });

  it.each(actsOfPeople.map((each) => [each.act, each] as const))(
    '%s, is refused, and reads why and what to do',
    async (_, { who, request }) => {
      const { method, path, ...options } = request;
      const caller = people.get(who) ?? expect.unreachable(who);
      const { status, text, headers } = await caller(method, path, options);
      expect(status, text).toBeGreaterThanOrEqual(400);
      note(headers['warning'] ?? '');
      const message = note(text) ?? expect.unreachable(text);
      expect(refusalComplaints({ text: message })).toEqual([]);
    },
  );
});

describe('a writer that the platform needs among the support identities', () => {
  const account = `${paths.identityAccounts}/${identity}`;
  const ofOurs = `${paths.identitySecrets}/${identity}`;
  let writer: Caller;

  beforeAll(async () => {
    writer = callerOf(await cp.userKubeconfig(platform, ['system:masters']));
    await make(paths.identitySecrets, { metadata: { name: 'pull-1' }, data: { a: 'Yg==' } }, writer);
  });

  it('has Secrets of its own there, and adds them to the accounts', async () => {
    const added = {
      imagePullSecrets: [{ name: 'pull-1' }],
      metadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
    };
    const { status, text } = await writer('PATCH', account, { body: added, contentType: mergePatch });
    expect(status, text).toBe(200);
    const again = await writer('PATCH', `${paths.identitySecrets}/pull-1`, {
      body: { data: { a: 'Yw==' } },
      contentType: mergePatch,
    });
    expect(again.status, again.text).toBe(200);
  });

  it.each([
    [
      'what the account says of its person',
      account,
      { metadata: { labels: { 'supportaccess.dev/user-uid': 'x' } } },
    ],
    ['that the account is ours', account, { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } }],
    ['the owners of the account', account, { metadata: { ownerReferences: [absentOwner] } }],
    ['the finalizers of the account', account, { metadata: { finalizers: ['example.com/hold'] } }],
    ['what is in a Secret of ours', ofOurs, { data: { a: 'Yg==' } }],
  ])('does not change %s', async (_, path, body) => {
    expect((await writer('PATCH', path, { body, contentType: mergePatch })).status).toBe(403);
  });

  it('makes nothing that looks like ours, and no Secret with a token', async () => {
    for (const body of [
      { metadata: { name: 'sa-bbbbbbbbbbbbbbbbbbbb', labels: copiedLabels } },
      {
        metadata: { name: 'token', annotations: { 'kubernetes.io/service-account.name': identity } },
        type: 'kubernetes.io/service-account-token',
      },
    ])
      expect((await writer('POST', paths.identitySecrets, { body })).status).toBe(403);
    const { status } = await admin('POST', paths.identitySecrets, {
      body: { metadata: { name: 'of-another' } },
    });
    expect(status).toBe(403);
  });
});

it('every message of every policy of the chart was met', async () => {
  const { body } = await admin('GET', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies');
  const { items } = body as { items: readonly Policy[] };
  const ofOurs = items.filter(({ metadata }) => metadata.name.startsWith('support-access-'));
  expect(ofOurs.length).toBeGreaterThan(10);
  const never = ofOurs.flatMap(({ metadata: { name }, spec }) =>
    spec.validations
      .map(({ message }) => message)
      .filter((message) => ![...(met.get(name) ?? [])].some((one) => one.includes(message)))
      .map((message) => `${name}: ${message}`),
  );
  expect(never).toEqual([]);
});

it('the test of the installation may ask by a dry run whether a matrix would be taken', async () => {
  const { apiVersion, kind, spec } = aMatrix();
  const name = `asked-${spec.revision}`;
  const body = { apiVersion, kind, metadata: { name }, spec };
  const path = `${ours}/supportpermissionmatrices`;
  const { status, text } = await callerFor('test')('POST', `${path}?dryRun=All`, { body });
  // Refused, if at all, by the webhook, which is not running here: its question reaches it.
  expect(status === 201 || text.includes('failed calling webhook'), text).toBe(true);
  expect((await admin('GET', `${path}/${name}`)).status).toBe(404);
});

it('the gateway may delete the mark of a use whose time is long over', async () => {
  const { status, text } = await callerFor('gateway')('DELETE', `${paths.leases}/${marks.over}`);
  expect(status, text).toBe(200);
});

it('no field of a webhook is unknown to the policy that keeps our configuration as it is', async () => {
  const { body } = await admin('GET', '/openapi/v3/apis/admissionregistration.k8s.io/v1');
  const { schemas } = (body as { components: { schemas: Record<string, { properties: object }> } })
    .components;
  const fieldsOf = (name: string) =>
    Object.keys(schemas[`io.k8s.api.admissionregistration.v1.${name}`]?.properties ?? {});
  const service = fieldsOf('ServiceReference').filter((field) => field !== 'path');
  expect(service.length).toBeGreaterThan(2);
  expect(fieldsOf('WebhookClientConfig').sort()).toEqual(['caBundle', 'service', 'url']);
  const known = [
    ...fieldsOf('ValidatingWebhook'),
    ...service.map((field) => `clientConfig/service/${field}`),
  ];
  expect(guardedFields.map(([field]) => field).sort()).toEqual(known.sort());
});
