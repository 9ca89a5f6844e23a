/** What is told of the registration of admission, where it was wiped or replaced. */
import { describe, expect, it } from 'vitest';
import {
  type RegistrationKind,
  registeredEntries,
  registrations,
} from '../../../../crds/rules/registration.ts';
import { admissionReady } from '../../../../operator/policy/admission-ready.ts';
import type { WebhookConfiguration, WebhookEntry } from '../../../../operator/watching/kubernetes-objects.ts';
import { problemComplaints } from '../../../kit/messages/good-message.ts';
import { aConfigMap } from '../../../kit/objects/kube-objects.ts';
import { metadataOf } from '../../../kit/objects/object.ts';

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const [first, second, foreign] = ['AAAA', 'BBBB', 'CCCC'].map(pem) as [string, string, string];

const told = (bundle: string) => aConfigMap('support-access-ca', { 'ca.crt': bundle });

const releaseNamespace = 'support-access';
const identitiesNamespace = 'support-access-identities';
const gatewayUser = `system:serviceaccount:${releaseNamespace}:support-access-gateway`;
const chartMakes = registeredEntries({ gatewayUser, identitiesNamespace });
const namespaces = { releaseNamespace, identitiesNamespace };

/** The entries as the API server holds them; those beyond the given bundles have the first authority. */
function entries(
  given: readonly (string | undefined)[],
  kind: RegistrationKind = 'ValidatingWebhookConfiguration',
): WebhookEntry[] {
  return registrations[kind].map((path, at) => {
    const bundles = at < given.length ? given : { [at]: first };
    const service = { namespace: releaseNamespace, name: 'support-access-webhook', path: `/secret/${path}` };
    const caBundle =
      bundles[at] === undefined ? {} : { caBundle: Buffer.from(bundles[at]).toString('base64') };
    return {
      ...chartMakes[path],
      namespaceSelector: {},
      objectSelector: {},
      clientConfig: { ...caBundle, service },
    };
  });
}

const registered = (...bundles: readonly (string | undefined)[]) => holding(entries(bundles));

function holding(
  webhooks: readonly WebhookEntry[],
  kind: RegistrationKind = 'ValidatingWebhookConfiguration',
): WebhookConfiguration {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return { apiVersion, kind, metadata: metadataOf(kind, 'support-access'), webhooks };
}

const marking = holding(entries([], 'MutatingWebhookConfiguration'), 'MutatingWebhookConfiguration');

/** Beside what marks what support creates, as the chart makes it. */
const besideMarking = (deciding: WebhookConfiguration | undefined) => ({
  ValidatingWebhookConfiguration: deciding,
  MutatingWebhookConfiguration: marking,
});

/** With one entry made otherwise than the chart does. */
const changed = (at: 0 | 1 | 2, change: Partial<WebhookEntry>) =>
  holding(entries([first, first]).map((entry, i) => (i === at ? { ...entry, ...change } : entry)));
const without = (at: 0 | 1 | 2) => holding(entries([first, first]).filter((_, i) => i !== at));
const calling = (change: object) => ({
  clientConfig: {
    caBundle: Buffer.from(first).toString('base64'),
    service: {
      namespace: releaseNamespace,
      name: 'support-access-webhook',
      path: '/secret/decide',
      ...change,
    },
  },
});
const foreignEntry = { name: 'check.example.com', clientConfig: {} };

describe('the condition AdmissionReady holds', () => {
  it.each([
    ['where each entry has the authority', registered(first, first), told(first)],
    ['while one authority follows the other', registered(first, first + second), told(first + second)],
    ['beside an entry of others', holding([foreignEntry, ...entries([first, first])]), told(first)],
  ])('%s', (_, configuration, authority) => {
    expect(admissionReady(besideMarking(configuration), { authority, ...namespaces })).toMatchObject({
      holds: true,
      reason: 'Enforced',
    });
  });
});

describe('the condition AdmissionReady does not hold, and says what to do,', () => {
  it.each([
    [
      'where the configuration is missing',
      undefined,
      told(first),
      /^ValidatingWebhookConfiguration .* missing; .*neither judged/,
    ],
    ['where the ConfigMap is missing', registered(first, first), undefined, /^ConfigMap .* missing/],
    [
      'where the ConfigMap was emptied',
      registered(first, first),
      told(''),
      /^ConfigMap .* holds no certificate/,
    ],
    ['where a caBundle was wiped', registered(first, ''), told(first), /has in record\S* no certificate of/],
    [
      'where the chart put its text back',
      registered(undefined, undefined),
      told(first),
      /has in decide\S* no/,
    ],
    ['where another authority stands there', registered(foreign, first), told(first), /has in decide\S* no/],
    ['where it holds no PEM at all', registered('x', first), told(first), /has in decide\S* no/],
  ])('%s', (_, configuration, authority, says) => {
    const { holds, reason, message } = admissionReady(besideMarking(configuration), {
      authority,
      ...namespaces,
    });
    expect([holds, reason]).toEqual([false, 'AdmissionUnregistered']);
    expect(message).toMatch(says);
    expect(problemComplaints(message)).toEqual([]);
  });
});

describe('the condition AdmissionReady does not hold', () => {
  it.each(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])(
    'while the %s could not be read',
    (kind) => {
      const read = { ...besideMarking(registered(first, first)), [kind]: 'unread' };
      const { holds, message } = admissionReady(read, { authority: told(first), ...namespaces });
      expect(holds).toBe(false);
      expect(message).toMatch(
        new RegExp(`^${kind} support-access could not be read .* log of the operator says`),
      );
      expect(problemComplaints(message)).toEqual([]);
    },
  );
});

describe('the condition AdmissionReady does not hold, and says that writes pass,', () => {
  const unjudged = /what opens or widens passes, neither judged nor recorded/;
  const unnamed = /what narrows passes, but admission does not record who did it/;
  const unjudgedSupport = /what support identities write passes by RBAC alone/;
  const [rule] = chartMakes.decide.rules;

  it.each([
    ['where all entries were removed', holding([]), unjudged],
    ['where the entry that decides was removed', without(0), unjudged],
    ['where the entry that records was removed', without(1), unnamed],
    ['where the entry that judges support was removed', without(2), unjudgedSupport],
    ['where support may pass it by', changed(2, { failurePolicy: 'Ignore' }), unjudgedSupport],
    [
      'where it is asked of no writer any more',
      changed(2, { matchConditions: [{ name: 'never', expression: 'false' }] }),
      unjudgedSupport,
    ],
    ['where only an entry of others is left', holding([foreignEntry]), unjudged],
    ['where the entry that decides may be left out', changed(0, { failurePolicy: 'Ignore' }), unjudged],
    ['where the entry that records may block', changed(1, { failurePolicy: 'Fail' }), unnamed],
    ['where other versions pass', changed(0, { matchPolicy: 'Exact' }), unjudged],
    ['where the rules were emptied', changed(0, { rules: [] }), unjudged],
    [
      'where a kind was taken out',
      changed(0, { rules: [{ ...rule, resources: rule?.resources.slice(1) }] }),
      unjudged,
    ],
    [
      'where an operation was taken out',
      changed(0, { rules: [{ ...rule, operations: ['CREATE'] }] }),
      unjudged,
    ],
    ['where deletions are not told', changed(1, { rules: chartMakes.record.rules.slice(0, 1) }), unnamed],
    [
      'where a condition was added',
      changed(0, {
        matchConditions: [...chartMakes.decide.matchConditions, { name: 'x', expression: 'false' }],
      }),
      unjudged,
    ],
    ['where the conditions were removed', changed(1, { matchConditions: [] }), unnamed],
    [
      'where some namespaces are left out',
      changed(0, { namespaceSelector: { matchLabels: { a: 'b' } } }),
      unjudged,
    ],
    [
      'where some objects are left out',
      changed(0, { objectSelector: { matchLabels: { a: 'b' } } }),
      unjudged,
    ],
  ])('%s', (_, configuration, says) => {
    const { holds, reason, message } = admissionReady(besideMarking(configuration), {
      authority: told(first),
      ...namespaces,
    });
    expect([holds, reason]).toEqual([false, 'AdmissionUnregistered']);
    expect(message).toMatch(says);
    expect(message).toMatch(/run helm upgrade to make it again/);
    expect(problemComplaints(message)).toEqual([]);
  });

  it.each([
    ['another Service', { name: 'other' }, /the Service support-access\/other instead of/],
    ['a Service elsewhere', { namespace: 'other' }, /the Service other\/support-access-webhook instead of/],
    ['another path', { path: '/secret/record' }, /no address that ends in \/decide/],
  ])('or that they are refused, where %s is called', (_, change, says) => {
    const { holds, message } = admissionReady(besideMarking(changed(0, calling(change))), {
      authority: told(first),
      ...namespaces,
    });
    expect(holds).toBe(false);
    expect(message).toMatch(says);
    expect(message).toMatch(/until then what opens or widens is refused/);
    expect(problemComplaints(message)).toEqual([]);
  });
});

describe('the condition AdmissionReady does not hold, and says that what support creates is refused,', () => {
  const kind = 'MutatingWebhookConfiguration';
  const [entry] = entries([], kind) as [WebhookEntry];
  it.each([
    ['where the configuration is missing', undefined, /^Mutating\S+ support-access is missing/],
    ['where its entry was removed', holding([], kind), /^Mutating\S+ support-access has no owner\./],
    [
      'where its entry asks of less',
      holding([{ ...entry, rules: [] }], kind),
      /has in owner\.\S+ another rules than the chart/,
    ],
  ])('%s', (_, configuration, says) => {
    const made = {
      ValidatingWebhookConfiguration: holding(entries([])),
      MutatingWebhookConfiguration: configuration,
    };
    const { holds, message } = admissionReady(made, { authority: told(first), ...namespaces });
    expect(holds).toBe(false);
    expect(message).toMatch(says);
    expect(message).toMatch(/what support identities create is refused/);
    expect(problemComplaints(message)).toEqual([]);
  });

  it('where its caBundle was wiped', () => {
    const made = {
      ValidatingWebhookConfiguration: holding(entries([])),
      MutatingWebhookConfiguration: holding(entries([''], kind), kind),
    };
    const { holds, message } = admissionReady(made, { authority: told(first), ...namespaces });
    expect(holds).toBe(false);
    expect(message).toMatch(/^Mutating\S+ support-access has in owner\.\S+ no certificate of the webhook/);
  });
});
