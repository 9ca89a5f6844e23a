/**
 * The plan of the house: each folder of the product, and which other folders it may import. `a/b` is that folder alone,
 * `a/**` also everything below it. A folder that is not in this table fails the test.
 */

/** Each room of a layer may import everything in the layers before it, and none of its own layer. */
function layers(...floors: readonly (readonly string[])[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    floors.flatMap((floor, index) => floor.map((room) => [room, floors.slice(0, index).flat()])),
  );
}

function alsoImporting(
  rooms: Record<string, readonly string[]>,
  allowed: readonly string[],
): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(rooms).map(([room, own]) => [room, [...own, ...allowed]]));
}

const ground = ['crds/**', 'kube/**', 'process/**', 'saml/**', 'trail/**'];

const crds = {
  crds: [],
  'crds/audit': [],
  'crds/generated': [],
  'crds/matrices': ['crds/generated'],
  'crds/notices': [
    'crds',
    'crds/audit',
    'crds/generated',
    'crds/rules',
    'crds/rules/time',
    'crds/notices/languages',
  ],
  'crds/notices/languages': ['crds/audit', 'crds/notices'],
  'crds/rules': ['crds', 'crds/generated', 'crds/audit', 'crds/rules/**'],
  'crds/rules/address': ['crds/rules'],
  'crds/rules/checks': ['crds/**'],
  'crds/rules/matrix': ['crds', 'crds/generated', 'crds/audit', 'crds/rules'],
  'crds/rules/problems': ['crds', 'crds/generated', 'crds/rules/**'],
  'crds/rules/request': [
    'crds',
    'crds/generated',
    'crds/audit',
    'crds/rules',
    'crds/rules/matrix',
    'crds/rules/time',
  ],
  'crds/rules/time': ['crds', 'crds/generated', 'crds/rules'],
  'crds/search': ['crds', 'crds/audit', 'crds/rules', 'crds/rules/address'],
  'crds/rules/widening': ['crds', 'crds/audit', 'crds/generated', 'crds/rules/**'],
};

const kube = {
  kube: [],
  'kube/http': ['kube'],
  'kube/api': ['kube', 'kube/http'],
  'kube/watch': ['kube', 'kube/http', 'kube/api'],
  'kube/lease': ['kube', 'kube/api'],
  'kube/events': ['kube', 'kube/api'],
  'kube/queue': ['kube'],
};

const saml = alsoImporting(
  {
    saml: [],
    'saml/xml': ['saml'],
    'saml/signature': ['saml', 'saml/xml'],
    'saml/trust': ['saml', 'saml/xml'],
    'saml/request': ['saml'],
    'saml/response': ['saml', 'saml/xml', 'saml/signature'],
  },
  ['crds/**', 'process/**'],
);

/** The kinds that the operator reconciles, and the observers of its work. They never import each other. */
export const kinds = [
  'application',
  'grant',
  'lock',
  'case',
  'matrix',
  'notices',
  'observers',
  'orphans',
  'policy',
  'release',
  'session',
  'user',
];

const operator = alsoImporting(
  layers(
    ['operator/rbac', 'operator/reporting', 'operator/outputs'],
    ['operator/writes'],
    ['operator/watching'],
    kinds.map((kind) => `operator/${kind}`),
    ['operator'],
  ),
  ground,
);

/** The rooms of the gateway, from what knows no others up to the handlers. Start and routes put them together. */
const gateway = layers(
  ['listener', 'single-use', 'masking'].map(inGateway),
  ['sessions'].map(inGateway),
  ['decisions', 'proxy'].map(inGateway),
  ['sign-in', 'pages'].map(inGateway),
  ['records'].map(inGateway),
  ['refusals'].map(inGateway),
);

function inGateway(room: string): string {
  return `webhook/gateway/${room}`;
}

const webhook = alsoImporting(
  {
    webhook: ['webhook/gateway', 'webhook/in-cluster'],
    'webhook/callers': [],
    'webhook/gateway': ['webhook', 'webhook/callers', 'webhook/gateway/**'],
    ...gateway,
    'webhook/gateway/masking': [
      'webhook/gateway/masking/classes',
      'webhook/gateway/masking/fields',
      'webhook/gateway/masking/reading',
    ],
    'webhook/gateway/masking/fields': [
      'webhook/gateway/masking',
      'webhook/gateway/masking/classes',
      'webhook/gateway/masking/reading',
    ],
    'webhook/gateway/masking/classes': ['webhook/gateway/masking/reading'],
    'webhook/gateway/masking/reading': [],
    'webhook/gateway/proxy': [...(gateway['webhook/gateway/proxy'] ?? []), 'webhook/gateway/proxy/websocket'],
    'webhook/gateway/proxy/websocket': [],
    'webhook/gateway/handlers': Object.keys(gateway),
    'webhook/gateway/handlers/forward-auth': Object.keys(gateway),
    'webhook/gateway/handlers/kube': Object.keys(gateway),
    'webhook/gateway/handlers/reviews': Object.keys(gateway),
    'webhook/gateway/handlers/application': [...Object.keys(gateway), 'webhook/gateway/masking/classes'],
    'webhook/in-cluster': ['webhook', 'webhook/callers', 'webhook/in-cluster/**'],
    'webhook/in-cluster/admission': [
      'webhook/callers',
      'webhook/in-cluster/admission/identities',
      'webhook/in-cluster/admission/kinds',
      'webhook/in-cluster/requesters',
    ],
    'webhook/in-cluster/requesters': [],
    'webhook/in-cluster/admission/identities': [
      'webhook/in-cluster/admission',
      'webhook/in-cluster/admission/kinds',
    ],
    'webhook/in-cluster/admission/kinds': ['webhook/in-cluster/admission'],
    'webhook/in-cluster/records': ['webhook/callers'],
    'webhook/in-cluster/records/http': ['webhook/callers', 'webhook/in-cluster/records'],
    'webhook/in-cluster/records/sqlite': ['webhook/in-cluster/records'],
    'webhook/in-cluster/records/search': ['webhook/in-cluster/records', 'webhook/in-cluster/records/sqlite'],
  },
  ground,
);

/** What the plugin's commands are about. They never import each other. */
const pluginSubjects = [
  'cases',
  'check',
  'grants',
  'locks',
  'matrix',
  'notices',
  'policy',
  'records',
  'status',
  'users',
];

const cli = alsoImporting(
  {
    cli: ['cli/commands', 'cli/completion'],
    'cli/completion': ['cli', 'cli/cluster'],
    'cli/output': ['cli'],
    'cli/times': ['cli'],
    'cli/cluster': ['cli', 'cli/output'],
    'cli/changes': ['cli', 'cli/cluster', 'cli/output', 'cli/times'],
    'cli/access': ['cli', 'cli/changes', 'cli/cluster', 'cli/times'],
    ...Object.fromEntries(
      pluginSubjects.map((room) => [
        `cli/${room}`,
        ['cli', 'cli/access', 'cli/changes', 'cli/cluster', 'cli/output', 'cli/times'],
      ]),
    ),
    'cli/commands': ['cli', 'cli/completion', ...pluginSubjects.map((room) => `cli/${room}`)],
  },
  ['crds/**', 'kube/**', 'process/**', 'saml/**', 'trail/**'],
);

/** Each folder of the product with the folders that it may import. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  ...crds,
  ...kube,
  process: [],
  ...saml,
  trail: ['crds/**', 'process/**'],
  ...operator,
  ...webhook,
  ...cli,
};

/** The rooms of the top level, in the order in which they stand on each other. */
export const topRooms = ['crds', 'kube', 'process', 'saml', 'trail', 'operator', 'webhook', 'cli'] as const;

/** Whether a room may import a file of the folder `to`. Its own files it always may. */
export function mayImport(room: string, to: string): boolean {
  if (room === to) return true;
  return (rooms[room] ?? []).some((allowed) =>
    allowed.endsWith('/**') ? `${to}/`.startsWith(allowed.slice(0, -2)) : allowed === to,
  );
}
