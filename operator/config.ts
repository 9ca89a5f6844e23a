/** With which settings does the operator run? One object from flags and their environment twins, or all that is wrong. */
import { parseArgs } from 'node:util';

export interface OperatorConfig {
  readonly releaseNamespace: string;
  readonly identitiesNamespace: string;
  readonly recordsUrl: string;
  readonly recordsTokenFile: string;
  /** Names this process in events; unique names let people tell two replicas apart. */
  readonly instance: string;
  readonly healthPort: number;
  readonly leaseName: string;
  /** Without it, the pod's own ServiceAccount. */
  readonly kubeconfig: string | undefined;
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: OperatorConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

interface Flag {
  readonly fallback?: string;
  readonly optional?: true;
  readonly problem?: (value: string) => string | undefined;
}

const dnsLabel = (value: string) =>
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value) ? undefined : 'must be a DNS label';

const port = (value: string) =>
  /^[0-9]{1,5}$/.test(value) && Number(value) <= 65_535 ? undefined : 'must be a port, 0 to 65535';

const httpsUrl = (value: string) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.protocol === 'https:' ? undefined : 'must be an https URL';
};

/** THE list of flags; each may also be given as `SUPPORT_ACCESS_<FLAG>`, the flag wins. */
const flags = {
  'release-namespace': { fallback: 'support-access', problem: dnsLabel },
  'identities-namespace': { fallback: 'support-access-identities', problem: dnsLabel },
  'records-url': { problem: httpsUrl },
  'records-token-file': {},
  instance: { fallback: 'support-access-operator' },
  'health-port': { fallback: '8081', problem: port },
  'lease-name': { fallback: 'support-access-operator', problem: dnsLabel },
  kubeconfig: { optional: true },
} as const satisfies Readonly<Record<string, Flag>>;

type FlagName = keyof typeof flags;

/** Reads everything before it judges, so that one start tells all problems. */
export function parseConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedConfig {
  const names = Object.keys(flags) as FlagName[];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const problems: string[] = [];
  const given = readFlags(args, options, problems);
  const values = new Map<FlagName, string>();
  for (const name of names) {
    const flag: Flag = flags[name];
    const value =
      given[name] ?? env[`SUPPORT_ACCESS_${name.toUpperCase().replaceAll('-', '_')}`] ?? flag.fallback;
    if (value === undefined || value === '') {
      if (!flag.optional) problems.push(`--${name} must be given`);
      continue;
    }
    const problem = flag.problem?.(value);
    if (problem !== undefined) problems.push(`--${name} ${problem}: "${value.slice(0, 100)}"`);
    values.set(name, value);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: configOf(values) };
}

function readFlags(
  args: readonly string[],
  options: Readonly<Record<string, { type: 'string' }>>,
  problems: string[],
): Readonly<Record<string, string | undefined>> {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    problems.push(error instanceof Error ? error.message : 'the flags cannot be read');
    return {};
  }
}

function configOf(values: ReadonlyMap<FlagName, string>): OperatorConfig {
  const text = (name: FlagName) => values.get(name) ?? '';
  return {
    releaseNamespace: text('release-namespace'),
    identitiesNamespace: text('identities-namespace'),
    recordsUrl: text('records-url'),
    recordsTokenFile: text('records-token-file'),
    instance: text('instance'),
    healthPort: Number(text('health-port')),
    leaseName: text('lease-name'),
    kubeconfig: values.get('kubeconfig'),
  };
}
