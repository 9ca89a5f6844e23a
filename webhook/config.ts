/** With which settings does this process run? One object from flags and their environment twins, or all that is wrong. */
import { parseArgs } from 'node:util';

interface Common {
  readonly releaseNamespace: string;
  /** Address that every server of the process listens on. */
  readonly bind: string;
  readonly healthPort: number;
  /** Without it, the pod's own ServiceAccount. */
  readonly kubeconfig: string | undefined;
}

export interface GatewayConfig extends Common {
  readonly role: 'gateway';
  readonly supportPort: number;
  readonly recordsUrl: string;
  readonly recordsTokenFile: string;
  /** File that says where Services listen, instead of cluster DNS. Never inside a cluster. */
  readonly resolveMap: string | undefined;
}

export interface InsideProcessConfig extends Common {
  readonly role: 'inside';
  readonly dataDir: string;
  readonly admissionPort: number;
  readonly recordsPort: number;
  readonly admissionUrl: string | undefined;
  readonly serviceName: string;
}

export type WebhookConfig = GatewayConfig | InsideProcessConfig;

export type ParsedConfig =
  | { readonly ok: true; readonly config: WebhookConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

type Check = (value: string) => string | undefined;

interface Flag {
  /** For which processes; the others refuse it. */
  readonly of: readonly WebhookConfig['role'][];
  readonly fallback?: string;
  readonly optional?: true;
  readonly check?: Check;
}

const dnsLabel: Check = (value) =>
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value) ? undefined : 'must be a DNS label';
const port: Check = (value) =>
  /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? undefined : 'must be a port, 0 to 65535';
const httpsUrl: Check = (value) =>
  URL.parse(value)?.protocol === 'https:' ? undefined : 'must be an https URL';

const both = ['gateway', 'inside'] as const;

/** THE list of flags; each may also be given as `SUPPORT_ACCESS_<FLAG>`, the flag wins. */
const flags = {
  roles: { of: both },
  'release-namespace': { of: both, fallback: 'support-access', check: dnsLabel },
  bind: { of: both, fallback: '0.0.0.0' },
  'health-port': { of: both, fallback: '8081', check: port },
  kubeconfig: { of: both, optional: true },
  'support-port': { of: ['gateway'], fallback: '8443', check: port },
  'records-url': { of: ['gateway'], check: httpsUrl },
  'records-token-file': { of: ['gateway'] },
  'resolve-map': { of: ['gateway'], optional: true },
  'data-dir': { of: ['inside'] },
  'admission-port': { of: ['inside'], fallback: '10250', check: port },
  'records-port': { of: ['inside'], fallback: '8445', check: port },
  'admission-url': { of: ['inside'], optional: true, check: httpsUrl },
  'service-name': { of: ['inside'], fallback: 'support-access-webhook', check: dnsLabel },
} as const satisfies Readonly<Record<string, Flag>>;

type FlagName = keyof typeof flags;
type Given = Readonly<Record<string, string | undefined>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Reads everything before it judges, so that one start tells all problems. */
export function parseConfig(args: readonly string[], env: Environment): ParsedConfig {
  const problems: string[] = [];
  const given = readFlags(args, problems);
  const role = roleOf(valueOf('roles', given, env), problems);
  const values = new Map<FlagName, string>();
  for (const name of Object.keys(flags) as FlagName[]) {
    const value = valueOf(name, given, env);
    const problem = problemOf(name, value, role);
    if (problem !== undefined) problems.push(`--${name} ${problem}`);
    else if (value !== undefined) values.set(name, value);
  }
  if (values.has('resolve-map') && (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '')
    problems.push('--resolve-map must not be given inside a cluster');

  if (problems.length > 0 || role === undefined) return { ok: false, problems };
  return { ok: true, config: configOf(role, values) };
}

function readFlags(args: readonly string[], problems: string[]): Given {
  const options = Object.fromEntries(Object.keys(flags).map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    problems.push(error instanceof Error ? error.message : 'the flags cannot be read');
    return {};
  }
}

function valueOf(name: FlagName, given: Given, env: Environment): string | undefined {
  const value = given[name] ?? env[`SUPPORT_ACCESS_${name.toUpperCase().replaceAll('-', '_')}`];
  return value === '' ? undefined : value;
}

function roleOf(roles: string | undefined, problems: string[]): WebhookConfig['role'] | undefined {
  const named = new Set((roles ?? '').split(',').filter((role) => role !== ''));
  if (named.size === 1 && named.has('gateway')) return 'gateway';
  if (named.size === 2 && named.has('admission') && named.has('records')) return 'inside';
  problems.push('--roles must be "gateway" or "admission,records"');
  return undefined;
}

function problemOf(
  name: FlagName,
  value: string | undefined,
  role: WebhookConfig['role'] | undefined,
): string | undefined {
  const { of, fallback, optional, check }: Flag = flags[name];
  if (role === undefined || name === 'roles') return undefined;
  if (!of.includes(role)) return value === undefined ? undefined : 'is not of this role';
  if (value === undefined) return fallback === undefined && !optional ? 'must be given' : undefined;
  const problem = check?.(value);
  return problem === undefined ? undefined : `${problem}: "${value.slice(0, 100)}"`;
}

function configOf(role: WebhookConfig['role'], values: ReadonlyMap<FlagName, string>): WebhookConfig {
  const optional = (name: FlagName): string | undefined => values.get(name);
  const text = (name: FlagName): string => values.get(name) ?? (flags[name] as Flag).fallback ?? '';
  const common = {
    releaseNamespace: text('release-namespace'),
    bind: text('bind'),
    healthPort: Number(text('health-port')),
    kubeconfig: optional('kubeconfig'),
  };
  if (role === 'gateway') {
    return {
      ...common,
      role,
      supportPort: Number(text('support-port')),
      recordsUrl: text('records-url'),
      recordsTokenFile: text('records-token-file'),
      resolveMap: optional('resolve-map'),
    };
  }
  return {
    ...common,
    role,
    dataDir: text('data-dir'),
    admissionPort: Number(text('admission-port')),
    recordsPort: Number(text('records-port')),
    admissionUrl: optional('admission-url'),
    serviceName: text('service-name'),
  };
}
