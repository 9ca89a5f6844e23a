/** Reads the settings of a process of the webhook's image from flags and their environment twins. */
import { defaultNamespaces, installed } from '../crds/names.ts';
import { printable } from '../crds/rules/problem.ts';
import {
  address,
  dnsLabel,
  type FlagRule,
  type FlagSource,
  type Flags,
  type FlagValues,
  flagValues,
  givenFlags,
  httpsUrl,
  logLevel,
  type Parsed,
  path,
  port,
} from '../process/flags.ts';

interface Common {
  readonly releaseNamespace: string;
  /** It stands for the installation, and holds the accounts of the support identities. */
  readonly identitiesNamespace: string;
  /** Address that every server of the process listens on. */
  readonly bind: string;
  readonly healthPort: number;
  readonly logLevel: string;
  /** Without it, the pod's own ServiceAccount. */
  readonly kubeconfig: string | undefined;
}

export interface GatewayConfig extends Common {
  readonly role: 'gateway';
  readonly supportPort: number;
  /** For the applications of the cluster. */
  readonly innerPort: number;
  readonly recordsUrl: string;
  readonly recordsTokenFile: string;
  /** File that says where Services listen, instead of cluster DNS. Never inside a cluster. */
  readonly resolveMap: string | undefined;
  /** How long new connections are still taken after the signal to stop. */
  readonly drainSeconds: number;
  /** How long a connection is kept on which nothing is asked. */
  readonly idleSeconds: number;
}

export interface InClusterConfig extends Common {
  readonly role: 'in-cluster';
  /** Folder of the records; the log is `records.db` in it. */
  readonly dataDir: string;
  readonly admissionPort: number;
  readonly recordsPort: number;
  readonly admissionUrl: string | undefined;
  /** File with the authorities (PEM) that sign the API server's client certificate, and its common names. */
  readonly apiServerClientCaFile: string | undefined;
  readonly apiServerClientNames: readonly string[];
  readonly serviceName: string;
}

export type WebhookConfig = GatewayConfig | InClusterConfig;

/** 0 where no balancer stands in front. With what is under way it must end within the pod's grace period. */
const drainSeconds: FlagRule = {
  holds: (text) => /^\d{1,3}$/.test(text) && Number(text) <= 600,
  rule: 'whole seconds from 0 to 600',
  example: '8',
};

/** Longer than a balancer in front keeps an idle connection: 60 s are common, 600 s the longest of the large ones. */
const idleSeconds: FlagRule = {
  holds: (text) => /^\d{1,4}$/.test(text) && Number(text) >= 5 && Number(text) <= 7200,
  rule: 'whole seconds from 5 to 7200',
  example: '620',
};

/** THE lists of flags; each may also be given as `SUPPORT_ACCESS_<FLAG>`, the flag wins. */
const common = {
  roles: {},
  'release-namespace': { fallback: defaultNamespaces.release, rule: dnsLabel },
  'identities-namespace': { fallback: defaultNamespaces.identities, rule: dnsLabel },
  bind: { fallback: '::', rule: address },
  'health-port': { fallback: '8081', rule: port },
  'log-level': { fallback: 'info', rule: logLevel },
  kubeconfig: { optional: true, rule: path('/etc/support-access/kubeconfig') },
} as const satisfies Flags;

export const gatewayFlags = {
  ...common,
  'support-port': { fallback: '8443', rule: port },
  'inner-port': { fallback: '8444', rule: port },
  'records-url': { rule: httpsUrl },
  'records-token-file': { rule: path('/var/run/secrets/support-access/token') },
  'resolve-map': { optional: true, rule: path('/etc/support-access/services.json') },
  'drain-seconds': { fallback: '8', rule: drainSeconds },
  'idle-seconds': { fallback: '620', rule: idleSeconds },
} as const satisfies Flags;

export const inClusterFlags = {
  ...common,
  'data-dir': { rule: path('/data') },
  'admission-port': { fallback: '10250', rule: port },
  'records-port': { fallback: '8445', rule: port },
  'admission-url': { optional: true, rule: httpsUrl },
  'service-name': { fallback: installed.webhookService, rule: dnsLabel },
  'api-server-client-ca-file': { optional: true, rule: path('/etc/support-access/api-server/ca.crt') },
  'api-server-client-names': { optional: true },
} as const satisfies Flags;

/** The settings, or every problem with what was given. */
export function parseWebhookConfig(source: FlagSource): Parsed<WebhookConfig> {
  const given = givenFlags(Object.keys({ ...gatewayFlags, ...inClusterFlags }), source);
  const role = roleOf(given.texts.get('roles'));
  if (role === undefined)
    return { ok: false, problems: [...given.problems, rolesProblem(given.texts.get('roles'))] };
  // With such a map requests go to other places than the Services; it is for development outside a cluster.
  const isMapRefused = given.texts.has('resolve-map') && (source.env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  const problems = isMapRefused ? [mapInCluster] : [];
  const judged = { ...given, problems: [...given.problems, ...problems] };
  if (role === 'gateway') {
    const parsed = flagValues(gatewayFlags, judged, '--roles=gateway');
    return parsed.ok ? { ok: true, config: gatewayConfig(parsed.config) } : parsed;
  }
  const withClient = { ...judged, problems: [...judged.problems, ...clientProblems(given.texts)] };
  const parsed = flagValues(inClusterFlags, withClient, '--roles=admission,records');
  return parsed.ok ? { ok: true, config: inClusterConfig(parsed.config) } : parsed;
}

/** An authority alone would take every certificate that it ever signed for the API server's. */
function clientProblems(texts: ReadonlyMap<string, string>): string[] {
  const [ca, names] = [texts.has('api-server-client-ca-file'), texts.has('api-server-client-names')];
  if (ca && !names) return [namesMissing];
  return names && !ca ? [authorityMissing] : [];
}

const namesMissing =
  '--api-server-client-names must be given with --api-server-client-ca-file: the common names of the API server, such as kube-apiserver';
const authorityMissing =
  '--api-server-client-ca-file must be given with --api-server-client-names: the file of the authority (PEM), such as /etc/support-access/api-server/ca.crt';

const mapInCluster =
  '--resolve-map must not be given inside a cluster, as it would send requests elsewhere than to the Services; remove it';

function rolesProblem(roles: string | undefined): string {
  const rule = 'gateway or admission,records, for example --roles=gateway';
  return roles === undefined
    ? `--roles must be given: ${rule}`
    : `--roles is "${printable(roles)}" and must be ${rule}`;
}

function roleOf(roles: string | undefined): WebhookConfig['role'] | undefined {
  const named = new Set((roles ?? '').split(',').filter((role) => role !== ''));
  if (named.size === 1 && named.has('gateway')) return 'gateway';
  if (named.size === 2 && named.has('admission') && named.has('records')) return 'in-cluster';
  return undefined;
}

function commonConfig(values: FlagValues<typeof common>): Common {
  return {
    releaseNamespace: values['release-namespace'],
    identitiesNamespace: values['identities-namespace'],
    bind: values.bind,
    healthPort: Number(values['health-port']),
    logLevel: values['log-level'],
    kubeconfig: values.kubeconfig,
  };
}

function gatewayConfig(values: FlagValues<typeof gatewayFlags>): GatewayConfig {
  return {
    ...commonConfig(values),
    role: 'gateway',
    supportPort: Number(values['support-port']),
    innerPort: Number(values['inner-port']),
    recordsUrl: values['records-url'],
    recordsTokenFile: values['records-token-file'],
    resolveMap: values['resolve-map'],
    drainSeconds: Number(values['drain-seconds']),
    idleSeconds: Number(values['idle-seconds']),
  };
}

function inClusterConfig(values: FlagValues<typeof inClusterFlags>): InClusterConfig {
  return {
    ...commonConfig(values),
    role: 'in-cluster',
    dataDir: values['data-dir'],
    admissionPort: Number(values['admission-port']),
    recordsPort: Number(values['records-port']),
    admissionUrl: values['admission-url'],
    apiServerClientCaFile: values['api-server-client-ca-file'],
    apiServerClientNames: (values['api-server-client-names'] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    serviceName: values['service-name'],
  };
}
