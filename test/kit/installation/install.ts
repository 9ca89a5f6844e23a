/**
 * Puts what the chart renders onto a real API server, as an installation would, and comes back when all of it is in
 * force. It starts no process of the product.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { installed } from '../../../crds/names.ts';
import { eventually } from '../clock/eventually.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { type ChartValues, type RenderedObject, renderChart } from './chart.ts';

export const releaseNamespace = 'support-access';
export const identitiesNamespace = 'support-access-identities';

/** How the API server is told of admission: left out where none runs, or writes would wait for it. */
export const webhookConfigurations = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

export interface InstallOptions {
  /** Kinds to leave out, such as the webhook configuration where no webhook runs. */
  readonly without?: readonly string[];
}

/**
 * Applies the chart: namespaces and kinds first, then the rest. Resolves when the kinds are served and the policies
 * refuse what they must. May be called again, with other values too. Returns what was applied.
 */
export async function installChart(
  controlPlane: ControlPlane,
  values: ChartValues = {},
  options: InstallOptions = {},
): Promise<RenderedObject[]> {
  const { without = [] } = options;
  // A hook is what Helm runs when it is told to: the pod of `helm test`.
  const rendered = (await renderChart(values, { also: ['--no-hooks'] })).filter(
    ({ kind }) => !without.includes(kind),
  );
  const release: RenderedObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: releaseNamespace },
  };
  const first = [release, ...rendered.filter(({ kind }) => foundations.has(kind))];
  await applyAll(controlPlane, first);
  await kindsAreServed(controlPlane, first);
  await applyAll(
    controlPlane,
    rendered.filter(({ kind }) => !foundations.has(kind)),
  );
  await policiesAreInForce(controlPlane);
  return rendered;
}

/** Grants of the second in which the guard of consents was made count as older than the installation. */
async function consentsCount({ admin }: ControlPlane): Promise<void> {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
  const { body } = await admin.send('GET', `${path}/${installed.consentGuard}`);
  const { creationTimestamp } = (body as { metadata: { creationTimestamp: string } }).metadata;
  await delay(Math.max(0, Date.parse(creationTimestamp) + 1000 - Date.now()));
}

const foundations = new Set(['Namespace', 'CustomResourceDefinition']);

async function applyAll(controlPlane: ControlPlane, objects: readonly RenderedObject[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await controlPlane.kubectl(
    ['apply', '--server-side', '--field-manager=helm', '--force-conflicts', '-f', '-'],
    { input },
  );
}

async function kindsAreServed(controlPlane: ControlPlane, objects: readonly RenderedObject[]): Promise<void> {
  const names = objects
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map(({ metadata }) => metadata.name);
  if (names.length === 0) return;
  await controlPlane.kubectl([
    'wait',
    '--for=condition=Established',
    '--timeout=30s',
    ...names.map((name) => `customresourcedefinition/${name}`),
  ]);
}

async function aPolicyMadeNowIsInForce({ admin }: ControlPlane): Promise<void> {
  const group = '/apis/admissionregistration.k8s.io/v1';
  const [policies, bindings] = ['policies', 'policybindings'].map(
    (one) => `${group}/validatingadmission${one}`,
  );
  const name = `policy-probe-${randomUUID()}`;
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const resourceRules = [
    {
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['configmaps'],
      operations: ['CREATE'],
      resourceNames: [],
    },
  ];
  const policy = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules },
      matchConditions: [{ name: 'is-the-probe', expression: `request.name == '${name}'` }],
      validations: [{ expression: 'false', message: name }],
    },
  };
  const binding = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  };
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
  try {
    await admin.send('POST', `${policies}`, { body: policy });
    await admin.send('POST', `${bindings}`, { body: binding });
    await eventually(
      async () => {
        const path = '/api/v1/namespaces/default/configmaps?dryRun=All';
        const { status, text } = await admin.send('POST', path, { body: configMap });
        if (status < 400 || !text.includes(name)) throw new Error(`the probe was answered ${status} ${text}`);
      },
      { within: 30_000 },
    );
  } finally {
    await admin.send('DELETE', `${bindings}/${name}`);
    await admin.send('DELETE', `${policies}/${name}`);
  }
}

/** Dry-run writes that a policy must refuse, and a word of its refusal. The API server puts new policies in force within about a second. */
const probes = [
  {
    path: '/apis/supportaccess.dev/v1beta1/supportaccesslocks',
    word: 'unlock-reason',
    body: {
      apiVersion: 'supportaccess.dev/v1beta1',
      kind: 'SupportAccessLock',
      metadata: { name: 'ns.policy-probe', annotations: { 'supportaccess.dev/unlock-reason': 'probe' } },
      spec: { reason: 'probe' },
    },
  },
  {
    path: `/api/v1/namespaces/${identitiesNamespace}/serviceaccounts`,
    word: 'operator',
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'policy-probe' } },
  },
  {
    path: `/api/v1/namespaces/${identitiesNamespace}/serviceaccounts/default/token`,
    word: 'gateway',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  },
] as const;

/**
 * Resolves when the policies refuse what they must, and a grant that is made then is no older than they are. All of them: the
 * API server takes up policies in the order in which they were written, so it has all of them when it has one made now.
 */
export async function policiesAreInForce(controlPlane: ControlPlane): Promise<void> {
  await aPolicyMadeNowIsInForce(controlPlane);
  for (const { path, word, body } of probes) {
    await eventually(
      async () => {
        const { status, text } = await controlPlane.admin.send('POST', `${path}?dryRun=All`, { body });
        if (status < 400 || !text.includes(word)) throw new Error(`${path} answered ${status} ${text}`);
      },
      { within: 20_000 },
    );
  }
  await consentsCount(controlPlane);
}
