/** What each value of the chart may be, by its path; the defaults and the words about them stand in values.yaml. */

/** A piece of JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

const nullable = (type: string, rest: Schema = {}): Schema => ({ type: [type, 'null'], ...rest });

const text = (pattern?: string, rest: Schema = {}): Schema =>
  nullable('string', pattern === undefined ? rest : { pattern, ...rest });
const yesOrNo = nullable('boolean');
const integer = (minimum: number, maximum?: number): Schema =>
  nullable('integer', maximum === undefined ? { minimum } : { minimum, maximum });
const port = integer(1, 65_535);
const choice = (...words: readonly string[]): Schema => ({ enum: [...words, null] });
const list = (items: Schema, rest: Schema = {}): Schema => nullable('array', { items, ...rest });
const block = nullable('object');
const blocks = list({ type: 'object' });
/** Of a NetworkPolicy. An empty one names no one, and the API server would refuse it in the middle of an installation. */
const peers = list({
  type: 'object',
  minProperties: 1,
  properties: {
    podSelector: nullable('object'),
    namespaceSelector: nullable('object'),
    ipBlock: nullable('object'),
  },
  additionalProperties: false,
});
const texts = list({ type: 'string' });

/** People write numbers and booleans where Kubernetes wants text; they are rendered as text. */
const scalar = ['string', 'number', 'boolean', 'null'];
const key = '^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';
const labels = nullable('object', {
  propertyNames: { pattern: key },
  additionalProperties: { type: scalar, pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$' },
});
const annotations = nullable('object', {
  propertyNames: { pattern: key },
  additionalProperties: { type: scalar },
});

const name = '[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?';
const secretNames = list({
  type: ['string', 'object'],
  pattern: `^${name}$`,
  required: ['name'],
  properties: { name: { type: 'string', pattern: `^${name}$` } },
  additionalProperties: false,
});
const quantity = {
  type: ['string', 'integer', 'null'],
  pattern: '^[0-9]+(\\.[0-9]+)?([KMGTPE]i|[kMGTPE])?$',
  minimum: 1,
};
const families = list({ enum: ['IPv4', 'IPv6'] }, { uniqueItems: true, maxItems: 2 });

/** Of every pod, or of several sections: `*` stands for the section. */
const ofSections: Readonly<Record<string, Schema>> = {
  '*.replicas': integer(0),
  '*.strategy': block,
  '*.resources': block,
  '*.podAnnotations': annotations,
  '*.podLabels': labels,
  '*.nodeSelector': labels,
  '*.tolerations': blocks,
  '*.affinity': block,
  '*.topologySpreadConstraints': blocks,
  '*.priorityClassName': text(`^(${name})?$`),
  '*.runtimeClassName': text(`^(${name})?$`),
  '*.revisionHistoryLimit': integer(0),
  '*.extraEnv': blocks,
  '*.extraArgs': texts,
  '*.logLevel': choice('fatal', 'error', 'warn', 'info', 'debug'),
  '*.extraVolumes': blocks,
  '*.extraVolumeMounts': blocks,
  '*.extraContainers': blocks,
  '*.extraInitContainers': blocks,
  '*.lifecycle': block,
  '*.terminationGracePeriodSeconds': integer(0),
  '*.hostNetwork': yesOrNo,
  '*.dnsPolicy': choice('', 'ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
  '*.dnsConfig': block,
  '*.hostAliases': blocks,
  '*.bind': text('^[0-9a-fA-F.:]+$'),
  '*.ports.health': port,
  '*.serviceAccount.annotations': annotations,
  '*.serviceAccount.automount': yesOrNo,
  '*.service.annotations': annotations,
  '*.service.ipFamilyPolicy': choice('', 'SingleStack', 'PreferDualStack', 'RequireDualStack'),
  '*.service.ipFamilies': families,
  '*.podDisruptionBudget.enabled': yesOrNo,
};

const fields = list({
  type: 'string',
  maxLength: 200,
  pattern: '^[a-zA-Z][a-zA-Z0-9]*(\\.[a-zA-Z][a-zA-Z0-9]*)*$',
});
/** Kinds of an application, and where they say something. Core kinds have no dot in their group. */
const kindsWith = (...where: readonly string[]): Schema =>
  list({
    type: 'object',
    required: ['apiGroup', 'resources'],
    properties: {
      apiGroup: {
        type: 'string',
        maxLength: 253,
        pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$',
      },
      resources: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^[a-z0-9]+$' } },
      ...Object.fromEntries(where.map((one) => [one, fields])),
    },
    additionalProperties: false,
  });

const rules: Readonly<Record<string, Schema>> = {
  'global.imageRegistry': text(),
  'global.imagePullSecrets': secretNames,
  'global.commonLabels': labels,
  'global.compatibility.openshift.adaptSecurityContext': choice('auto', 'force', 'disabled'),
  nameOverride: text(),
  fullnameOverride: text(),
  'image.registry': text('^[^\\s]*$'),
  'image.repository': text('^[^\\s]+$'),
  'image.tag': { type: ['string', 'integer', 'null'], pattern: '^([A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?$' },
  'image.digest': text('^(sha256:[0-9a-f]{64})?$'),
  'image.pullPolicy': choice('Always', 'IfNotPresent', 'Never'),
  'image.pullSecrets': secretNames,
  'crds.enabled': yesOrNo,
  'crds.keep': yesOrNo,
  'identities.namespace': text('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', { maxLength: 63 }),
  // they stand in expressions of CEL, between quotation marks
  'identities.writers': list(
    { type: 'string', minLength: 1, maxLength: 256, pattern: "^[^\\p{C}'\\\\]+$" },
    { uniqueItems: true },
  ),
  'rbac.aggregateToView': yesOrNo,
  'rbac.matrixReaders': list(
    { type: 'string', minLength: 1, maxLength: 256, pattern: '^[^\\p{C}]+$' },
    { uniqueItems: true },
  ),
  matrixRoles: list(
    { type: 'string', pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?-[1-9][0-9]*$', maxLength: 253 },
    { uniqueItems: true },
  ),
  'reservedRoles.names': list(
    { type: 'string', maxLength: 100, pattern: '[A-Za-z0-9].*[A-Za-z0-9].*[A-Za-z0-9]' },
    { uniqueItems: true },
  ),
  'reservedRoles.roles': kindsWith('nameFields'),
  'reservedRoles.assignments': kindsWith('roleFields', 'subjectFields'),
  podSecurityContext: block,
  'networkPolicy.enabled': yesOrNo,
  'networkPolicy.admissionFrom': peers,
  'networkPolicy.recordsFrom': peers,
  'networkPolicy.metricsFrom': peers,
  'networkPolicy.gateway.apiServer': choice('auto', 'Addresses', 'Ports'),
  'networkPolicy.gateway.ingress': blocks,
  'networkPolicy.gateway.egress': blocks,
  'metrics.podMonitor.enabled': yesOrNo,
  'metrics.podMonitor.labels': labels,
  'metrics.podMonitor.interval': text('^([0-9]+(ms|s|m|h))*$'),
  'priorityAndFairness.enabled': yesOrNo,
  'priorityAndFairness.concurrencyShares': integer(1),
  'priorityAndFairness.controlShares': integer(1),
  'priorityAndFairness.locksShares': integer(1),
  'priorityAndFairness.writesShares': integer(1),
  'webhook.ports.admission': port,
  'webhook.ports.records': port,
  'webhook.url': text(),
  'webhook.apiServerClient.ca': text(),
  'webhook.apiServerClient.names': list({ type: 'string', minLength: 1 }),
  'webhook.timeoutSeconds': integer(1, 10),
  'webhook.persistence.enabled': yesOrNo,
  'webhook.persistence.size': quantity,
  'webhook.persistence.storageClassName': text(`^(-|${name})?$`),
  'webhook.persistence.annotations': annotations,
  'webhook.persistence.existingClaim': text(`^(${name})?$`),
  'records.readers': list(
    {
      type: 'object',
      required: ['user'],
      properties: { user: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[^\\p{C}]+$' } },
      additionalProperties: false,
    },
    { uniqueItems: true },
  ),
  'records.clientCertificates': yesOrNo,
  'gateway.ports.support': port,
  'gateway.ports.inner': port,
  'operator.noticeSecretNames': list({ type: 'string', pattern: `^${name}$` }, { uniqueItems: true }),
  'gateway.tlsSecretNames': list({ type: 'string', pattern: `^${name}$` }, { uniqueItems: true }),
  'gateway.caConfigMapNames': list({ type: 'string', pattern: `^${name}$` }, { uniqueItems: true }),
  'gateway.service.type': choice('ClusterIP', 'NodePort', 'LoadBalancer'),
  'gateway.service.port': port,
  'gateway.service.nodePort': integer(0, 65_535),
  'gateway.service.externalTrafficPolicy': choice('Local', 'Cluster'),
  'gateway.service.loadBalancerIP': text('^[0-9a-fA-F.:]*$'),
  'gateway.service.loadBalancerClass': text(),
  'gateway.service.loadBalancerSourceRanges': texts,
  extraObjects: list({ type: ['object', 'string'] }),
};

/** Blocks that other charts read too, so they hold more than this chart knows. */
const shared = ['global', 'global.compatibility', 'global.compatibility.openshift'];

/** What the value at this path may be; undefined for a section, whose values have paths of their own. */
export function ruleOf(path: readonly string[]): Schema | undefined {
  return rules[path.join('.')] ?? ofSections[['*', ...path.slice(1)].join('.')];
}

/** Whether a section may hold values that this chart does not know. */
export function isShared(path: readonly string[]): boolean {
  return shared.includes(path.join('.'));
}

/** Rules that no value of values.yaml has. */
export function unusedRules(paths: readonly (readonly string[])[]): string[] {
  const used = new Set(paths.flatMap((path) => [path.join('.'), ['*', ...path.slice(1)].join('.')]));
  return [...Object.keys(rules), ...Object.keys(ofSections)].filter((path) => !used.has(path));
}
