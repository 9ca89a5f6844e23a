/**
 * Does the API server ask admission of all that the chart has it ask, and trust the certificate that it shows? What the webhook
 * publishes it puts right within seconds. What the chart made it may not change: an entry that was removed or weakened lets pass
 * what opens, and stays so until it is made again.
 */
import { isDeepStrictEqual } from 'node:util';
import { installed, programs } from '../../crds/names.ts';
import {
  type EntryPath,
  pathOfEntry,
  type RegisteredEntry,
  type RegistrationKind,
  registeredEntries,
  registrations,
} from '../../crds/rules/registration.ts';
import type { PlainCondition } from '../reporting/conditions.ts';
import type { ConfigMap, WebhookConfiguration, WebhookEntry } from '../watching/kubernetes-objects.ts';
import type { Registered } from './world.ts';

const type = 'AdmissionReady';

type ClientConfig = WebhookEntry['clientConfig'];

interface Beside {
  /** The ConfigMap in which the webhook publishes its authorities for our other processes. */
  readonly authority: ConfigMap | undefined;
  readonly releaseNamespace: string;
  readonly identitiesNamespace: string;
}

/** From the registrations, and from what they are compared with. */
export function admissionReady(registered: Registered, beside: Beside): PlainCondition {
  const problem = askingProblem(registered, beside) ?? trustProblem(registered, beside);
  if (problem !== undefined) return { type, holds: false, reason: 'AdmissionUnregistered', message: problem };
  const message =
    'The API server asks admission of what opens or widens and of what support identities write, and trusts its certificate';
  return { type, holds: true, reason: 'Enforced', message };
}

const kindsOfRegistration = Object.keys(registrations) as RegistrationKind[];

const nameOf = (kind: RegistrationKind): string => `${kind} ${installed.webhookConfiguration}`;

/** What follows from an entry that is missing or weakened, by its path: that nothing is refused is the danger. */
const unasked: Readonly<Record<EntryPath, string>> = {
  decide: 'until then what opens or widens passes, neither judged nor recorded by admission',
  record: 'until then what narrows passes, but admission does not record who did it',
  support:
    'until then what support identities write passes by RBAC alone, neither judged nor recorded by admission',
  case: 'until then support cases that do not name their owner are refused',
  owner: 'until then what support identities create is refused, since it is not marked as theirs',
};

const again = 'run helm upgrade to make it again';

/** Whether all entries are there and ask what the chart has them ask. */
function askingProblem(registered: Registered, beside: Beside): string | undefined {
  const { releaseNamespace, identitiesNamespace } = beside;
  const gatewayUser = `system:serviceaccount:${releaseNamespace}:${programs.gateway}`;
  const expected = registeredEntries({ gatewayUser, identitiesNamespace });
  for (const kind of kindsOfRegistration) {
    const [first] = registrations[kind];
    const configuration = registered[kind];
    if (configuration === 'unread') return unreadProblem(kind);
    if (configuration === undefined) return `${nameOf(kind)} is missing; ${again}; ${unasked[first]}`;
    for (const path of registrations[kind]) {
      const problem = entryProblem(configuration, expected[path]);
      if (problem !== undefined) return `${nameOf(kind)} has ${problem}; ${unasked[path]}`;
    }
  }
  return undefined;
}

function unreadProblem(kind: RegistrationKind): string {
  return `${nameOf(kind)} could not be read by the operator yet, so it is not known whether the API server asks admission; the log of the operator says why, and if the API server refuses it, run helm upgrade to make the rights of the operator again`;
}

function entryProblem({ webhooks }: WebhookConfiguration, expected: RegisteredEntry): string | undefined {
  const entry = webhooks?.find((one) => one.name === expected.name);
  if (entry === undefined) return `no ${expected.name}; ${again}`;
  const changed = changedFields(entry, expected);
  if (changed.length === 0) return undefined;
  return `in ${entry.name} another ${changed.join(', ')} than the chart; delete it and ${again}`;
}

/** An entry that matches less is as good as none, and one that fails otherwise opens or blocks when the webhook is away. */
function changedFields(entry: WebhookEntry, expected: RegisteredEntry): string[] {
  const compared = ['failurePolicy', 'matchPolicy', 'rules', 'matchConditions'] as const;
  const selectors = ['namespaceSelector', 'objectSelector'] as const;
  return [
    ...compared.filter((field) => !isDeepStrictEqual(entry[field], expected[field])),
    ...selectors.filter((field) => !isDeepStrictEqual(entry[field] ?? {}, {})),
  ];
}

const meanwhile = 'until then what opens or widens is refused, and what narrows is not recorded by admission';
const bySelf = `the webhook puts it right by itself, so look at its pods if this lasts; ${meanwhile}`;

/** Whether the entries lead to the webhook, and to one that the API server believes. */
function trustProblem(registered: Registered, { authority, releaseNamespace }: Beside): string | undefined {
  if (authority === undefined) return `ConfigMap ${installed.authority} is missing; ${again}; ${meanwhile}`;
  const known = certificatesIn(authority.data?.['ca.crt'] ?? '');
  if (known.length === 0) return `ConfigMap ${installed.authority} holds no certificate; ${bySelf}`;
  for (const kind of kindsOfRegistration) {
    const configuration = registered[kind];
    const entries = configuration === 'unread' ? [] : (configuration?.webhooks ?? []);
    const problem = entriesProblem(entries, { known, releaseNamespace });
    if (problem !== undefined) return `${nameOf(kind)} has in ${problem}`;
  }
  return undefined;
}

function entriesProblem(
  entries: readonly WebhookEntry[],
  { known, releaseNamespace }: { readonly known: readonly string[]; readonly releaseNamespace: string },
): string | undefined {
  for (const { name, clientConfig } of entries) {
    const path = pathOfEntry(name);
    if (path === undefined) continue; // of others
    const problem =
      caProblem(clientConfig, known) ?? addressProblem(clientConfig, { path, releaseNamespace });
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return undefined;
}

function caProblem({ caBundle = '' }: ClientConfig, known: readonly string[]): string | undefined {
  const told = certificatesIn(Buffer.from(caBundle, 'base64').toString('utf8'));
  // while one authority follows the other, the two lists differ for a moment
  const isKnown = told.some((certificate) => known.includes(certificate));
  return isKnown ? undefined : `no certificate of the webhook; ${bySelf}`;
}

function addressProblem(
  { service, url }: ClientConfig,
  { path, releaseNamespace }: { readonly path: EntryPath; readonly releaseNamespace: string },
): string | undefined {
  const ours = `${releaseNamespace}/${installed.webhookService}`;
  const called = service && `${service.namespace}/${service.name}`;
  if (called !== undefined && called !== ours)
    return `the Service ${called} instead of ${ours}; delete it and ${again}; ${meanwhile}`;
  if ((url ?? service?.path ?? '').endsWith(`/${path}`)) return undefined;
  return `no address that ends in /${path}; ${url === undefined ? bySelf : `${again}; ${meanwhile}`}`;
}

function certificatesIn(pem: string): string[] {
  return pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
}
