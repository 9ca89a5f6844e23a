/** What is told of the registration of admission, where it was wiped or replaced. */
import { describe, expect, it } from 'vitest';
import { admissionReady } from '../../../../operator/policy/admission-ready.ts';
import type { WebhookConfiguration } from '../../../../operator/watching/kubernetes-objects.ts';
import { problemComplaints } from '../../../kit/messages/good-message.ts';
import { aConfigMap } from '../../../kit/objects/kube-objects.ts';
import { metadataOf } from '../../../kit/objects/object.ts';

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const [first, second, foreign] = ['AAAA', 'BBBB', 'CCCC'].map(pem) as [string, string, string];

const told = (bundle: string) => aConfigMap('support-access-ca', { 'ca.crt': bundle });

function registered(...bundles: readonly (string | undefined)[]): WebhookConfiguration {
  const webhooks = bundles.map((bundle, at) => ({
    name: ['decide', 'record'][at] ?? '',
    clientConfig: bundle === undefined ? {} : { caBundle: Buffer.from(bundle).toString('base64') },
  }));
  const [apiVersion, kind] = ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'];
  return { apiVersion, kind, metadata: metadataOf(kind, 'support-access'), webhooks };
}

describe('the condition AdmissionReady holds', () => {
  it.each([
    ['where each entry has the authority', registered(first, first), told(first)],
    ['while one authority follows the other', registered(first, first + second), told(first + second)],
  ])('%s', (_, configuration, authority) => {
    expect(admissionReady(configuration, authority)).toMatchObject({ holds: true, reason: 'Enforced' });
  });
});

describe('the condition AdmissionReady does not hold, and says what to do,', () => {
  it.each([
    [
      'where the configuration is missing',
      undefined,
      told(first),
      /^ValidatingWebhookConfiguration .* missing/,
    ],
    ['where the ConfigMap is missing', registered(first, first), undefined, /^ConfigMap .* missing/],
    [
      'where the ConfigMap was emptied',
      registered(first, first),
      told(''),
      /^ConfigMap .* holds no certificate/,
    ],
    ['where a caBundle was wiped', registered(first, ''), told(first), /has in record no certificate of/],
    ['where the chart put its text back', registered(undefined, undefined), told(first), /has in decide no/],
    ['where another authority stands there', registered(foreign, first), told(first), /has in decide no/],
    ['where it holds no PEM at all', registered('x', first), told(first), /has in decide no/],
  ])('%s', (_, configuration, authority, says) => {
    const { holds, reason, message } = admissionReady(configuration, authority);
    expect([holds, reason]).toEqual([false, 'AdmissionUnregistered']);
    expect(message).toMatch(says);
    expect(problemComplaints(message)).toEqual([]);
  });
});
