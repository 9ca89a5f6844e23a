/** Reads the operator's settings from flags and their environment twins. */
import { defaultNamespaces, installed, programs } from '../crds/names.ts';
import {
  address,
  dnsLabel,
  type FlagRule,
  type FlagSource,
  type Flags,
  flagValues,
  givenFlags,
  httpsUrl,
  logLevel,
  type Parsed,
  path,
  port,
} from '../process/flags.ts';
import {
  type GatewayNetwork,
  gatewayNetworkRuleFor,
  parseGatewayNetwork,
  usualGatewayNetwork,
} from './outputs/gateway-network.ts';

export interface OperatorConfig {
  readonly releaseNamespace: string;
  readonly identitiesNamespace: string;
  readonly recordsUrl: string;
  readonly recordsTokenFile: string;
  /** Names this process in events; unique names let people tell two replicas apart. */
  readonly instance: string;
  /** Address that health is served on; without it, every address in a cluster and loopback outside. */
  readonly bind: string | undefined;
  readonly healthPort: number;
  readonly logLevel: string;
  readonly leaseName: string;
  readonly gatewayNetwork: GatewayNetwork;
  /** Without it, the pod's own ServiceAccount. */
  readonly kubeconfig: string | undefined;
}

const gatewayNetworkRule: FlagRule = {
  holds: (text) => parseGatewayNetwork(text) !== undefined,
  rule: `a JSON object of ${Object.keys(usualGatewayNetwork).join(', ')}`,
  exactly: gatewayNetworkRuleFor,
  example: '{"supportPort": 8443, "apiServer": "Ports"}',
};

/** THE list of flags; each may also be given as `SUPPORT_ACCESS_<FLAG>`, the flag wins. */
export const operatorFlags = {
  'release-namespace': { fallback: defaultNamespaces.release, rule: dnsLabel },
  'identities-namespace': { fallback: defaultNamespaces.identities, rule: dnsLabel },
  'records-url': { rule: httpsUrl },
  'records-token-file': { rule: path('/var/run/secrets/support-access/token') },
  instance: { fallback: programs.operator },
  bind: { optional: true, rule: address },
  'health-port': { fallback: '8081', rule: port },
  'log-level': { fallback: 'info', rule: logLevel },
  'gateway-network': { fallback: '{}', rule: gatewayNetworkRule },
  'lease-name': { fallback: installed.operatorLease, rule: dnsLabel },
  kubeconfig: { optional: true, rule: path('/etc/support-access/kubeconfig') },
} as const satisfies Flags;

/** The settings, or every problem with what was given. */
export function parseOperatorConfig(source: FlagSource): Parsed<OperatorConfig> {
  const parsed = flagValues(operatorFlags, givenFlags(Object.keys(operatorFlags), source));
  if (!parsed.ok) return parsed;
  const values = parsed.config;
  return {
    ok: true,
    config: {
      releaseNamespace: values['release-namespace'],
      identitiesNamespace: values['identities-namespace'],
      recordsUrl: values['records-url'],
      recordsTokenFile: values['records-token-file'],
      instance: values.instance,
      bind: values.bind,
      healthPort: Number(values['health-port']),
      logLevel: values['log-level'],
      leaseName: values['lease-name'],
      gatewayNetwork: parseGatewayNetwork(values['gateway-network']) ?? usualGatewayNetwork,
      kubeconfig: values.kubeconfig,
    },
  };
}
