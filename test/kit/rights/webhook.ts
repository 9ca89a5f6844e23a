/** What the process of admission and records must not be able to do. */
import { defaultNamespaces, readerAccount } from '../../../crds/names.ts';
import type { ForbiddenAct } from './forbidden-act.ts';
import { editing, patching, readByDeleting, reading, updating } from './forbidden-act.ts';
import { metadataChanges, paths, rbac } from './scene.ts';

const configuration = paths.webhookConfiguration;
const entry = '/webhooks/0';
const aReader = readerAccount.of('ada@example.com');

/** Each field of an entry but caBundle and path, as a JSON pointer. A test compares them with what the API server knows. */
export const guardedFields: readonly (readonly [string, unknown, string])[] = [
  [
    'rules',
    [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }],
    'be sent Secrets of the whole cluster',
  ],
  ['matchConditions', [], 'be sent what narrows, and hold it up'],
  ['failurePolicy', 'Ignore', 'let enabling pass while it is away'],
  ['timeoutSeconds', 30, 'hold writes up'],
  ['matchPolicy', 'Exact', 'miss writes in another version'],
  ['sideEffects', 'None', 'claim what is not so'],
  ['admissionReviewVersions', ['v1beta1'], 'have every call fail'],
  ['namespaceSelector', { matchLabels: { a: 'b' } }, 'let writes of some namespaces pass unjudged'],
  ['objectSelector', { matchLabels: { a: 'b' } }, 'let some objects pass unjudged'],
  ['name', 'other.supportaccess.dev', 'put its own entry in the place of ours'],
  ['clientConfig/service/name', 'other', 'have reviews sent elsewhere'],
  ['clientConfig/service/namespace', 'victim', 'have reviews sent elsewhere'],
  ['clientConfig/service/port', 8443, 'have reviews sent elsewhere'],
  ['clientConfig', { url: 'https://evil.example/' }, 'have reviews sent elsewhere'],
];

/** What only the gateway may tell. */
export const tellingOfCertificates: ForbiddenAct = {
  act: 'change what the gateway tells of its certificates',
  gain: 'have a host look served that is not',
  stoppedBy: 'RBAC',
  request: patching(`${paths.releaseConfigMaps}/support-access-certificates`, { data: { x: 'y' } }),
};

/** What the webhook is refused. */
export const webhook: readonly ForbiddenAct[] = [
  ...metadataChanges.map(
    ([what, metadata]): ForbiddenAct => ({
      act: `${what} its own configuration`,
      gain: 'have enabling and widening go unjudged, or keep an uninstallation from ending',
      stoppedBy: 'support-access-webhook-configuration',
      request: patching(configuration, { metadata }),
    }),
  ),
  ...guardedFields.map(
    ([field, value, gain]): ForbiddenAct => ({
      act: `change ${field.replaceAll('/', '.')} of its own configuration`,
      gain,
      stoppedBy: 'support-access-webhook-configuration',
      request: editing(configuration, { op: 'add', path: `${entry}/${field}`, value }),
    }),
  ),
  {
    act: 'take an entry off its own configuration',
    gain: 'have enabling and widening go unjudged',
    stoppedBy: 'support-access-webhook-configuration',
    request: editing(configuration, { op: 'remove', path: entry }),
  },
  {
    act: 'empty its own configuration',
    gain: 'have enabling and widening go unjudged',
    stoppedBy: 'support-access-webhook-configuration',
    request: patching(configuration, { webhooks: null }),
  },
  ...(
    [
      ['rules', [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }]],
      ['matchConditions', []],
      ['failurePolicy', 'Ignore'],
      ['reinvocationPolicy', 'IfNeeded'],
    ] as const
  ).map(
    ([field, value]): ForbiddenAct => ({
      act: `change ${field} of the configuration by which it marks what support creates`,
      gain: 'change what others write, Pods of the whole cluster among it',
      stoppedBy: 'support-access-webhook-configuration',
      request: editing(paths.markingConfiguration, { op: 'add', path: `${entry}/${field}`, value }),
    }),
  ),
  {
    act: 'take the entry off the configuration by which it marks what support creates',
    gain: 'have all that support creates refused',
    stoppedBy: 'support-access-webhook-configuration',
    request: editing(paths.markingConfiguration, { op: 'remove', path: entry }),
  },
  {
    act: 'change the configuration of another webhook',
    gain: 'see and block writes of the whole cluster',
    stoppedBy: 'RBAC',
    request: patching(configuration.replace(/support-access$/, 'other'), { metadata: {} }),
  },
  readByDeleting(defaultNamespaces.identities, 'RBAC'),
  ...ownMetadata(`${paths.releaseSecrets}/support-access-webhook-tls`, 'Secret', updating),
  ...ownMetadata(`${paths.releaseConfigMaps}/support-access-ca`, 'ConfigMap', patching),
  tellingOfCertificates,
  {
    act: 'read another ConfigMap of `kube-system`',
    gain: 'learn settings of the cluster',
    stoppedBy: 'RBAC',
    request: reading('/api/v1/namespaces/kube-system/configmaps/kube-root-ca.crt'),
  },
  {
    act: 'change which authorities sign certificates of clients of the cluster',
    gain: 'be anyone whom other servers know by such a certificate',
    stoppedBy: 'RBAC',
    request: patching('/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication', {
      data: { 'client-ca-file': '' },
    }),
  },
  {
    act: 'change the binding that names the person of a reader account',
    gain: 'record a reading in the name of another',
    stoppedBy: 'RBAC',
    request: patching(`${rbac}/namespaces/${defaultNamespaces.release}/rolebindings/${aReader}`, {
      subjects: [],
    }),
  },
  {
    act: 'make the Secret with its certificate immutable',
    gain: 'keep a stolen certificate from ever being replaced',
    stoppedBy: 'support-access-own-metadata',
    request: updating(`${paths.releaseSecrets}/support-access-webhook-tls`, { immutable: true }),
  },
];

/** The changes of an object's metadata that are refused to the process whose content it is. */
export function ownMetadata(path: string, kind: string, write: typeof patching): ForbiddenAct[] {
  const name = path.split('/').at(-1) ?? '';
  return metadataChanges.map(([what, metadata]) => ({
    act: `${what} its ${kind} \`${name}\``,
    gain: 'lose what the others need, or keep an uninstallation from ending',
    stoppedBy: 'support-access-own-metadata',
    request: write(path, { metadata }),
  }));
}
