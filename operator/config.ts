/** Reads the operator's settings from flags and their environment twins. */
import { defaultNamespaces, installed, programs } from '../crds/names.ts';
import {
  dnsLabel,
  type FlagSource,
  type Flags,
  flagValues,
  givenFlags,
  httpsUrl,
  type Parsed,
  port,
} from '../process/flags.ts';

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

/** THE list of flags; each may also be given as `SUPPORT_ACCESS_<FLAG>`, the flag wins. */
const flags = {
  'release-namespace': { fallback: defaultNamespaces.release, rule: dnsLabel },
  'identities-namespace': { fallback: defaultNamespaces.identities, rule: dnsLabel },
  'records-url': { rule: httpsUrl },
  'records-token-file': {},
  instance: { fallback: programs.operator },
  'health-port': { fallback: '8081', rule: port },
  'lease-name': { fallback: installed.operatorLease, rule: dnsLabel },
  kubeconfig: { optional: true },
} as const satisfies Flags;

/** The settings, or every problem with what was given. */
export function parseOperatorConfig(source: FlagSource): Parsed<OperatorConfig> {
  const parsed = flagValues(flags, givenFlags(Object.keys(flags), source));
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
      healthPort: Number(values['health-port']),
      leaseName: values['lease-name'],
      kubeconfig: values.kubeconfig,
    },
  };
}
