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
  registeredEntries,
} from '../../crds/rules/registration.ts';
import type { PlainCondition } from '../reporting/conditions.ts';
import type { ConfigMap, WebhookConfiguration, WebhookEntry } from '../watching/kubernetes-objects.ts';

const type = 'AdmissionReady';

type ClientConfig = WebhookEntry['clientConfig'];

interface Beside {
  /** The ConfigMap in which the webhook publishes its authorities for our other processes. */
  readonly authority: ConfigMap | undefined;
  readonly releaseNamespace: string;
}

/** From the registration, and from what it is compared with. */
export function admissionReady(
  configuration: WebhookConfiguration | undefined,
  beside: Beside,
): PlainCondition {
  const problem = askingProblem(configuration, beside) ?? trustProblem(configuration?.webhooks ?? [], beside);
  if (problem !== undefined) return { type, holds: false, reason: 'AdmissionUnregistered', message: problem };
  const message = 'The API server asks admission of what opens or widens, and trusts its certificate';
  return { type, holds: true, reason: 'Enforced', message };
}

const name = `ValidatingWebhookConfiguration ${installed.webhookConfiguration}`;

/** What follows from an entry that is missing or weakened, by its path: that nothing is refused is the danger. */
const unasked = {
  decide: 'until then what opens or widens passes, neither judged nor recorded by admission',
  record: 'until then what narrows passes, but admission does not record who did it',
} as const;

const again = 'run helm upgrade to make it again';

/** Whether both entries are there and ask what the chart has them ask. */
function askingProblem(
  configuration: WebhookConfiguration | undefined,
  { releaseNamespace }: Beside,
): string | undefined {
  if (configuration === undefined) return `${name} is missing; ${again}; ${unasked.decide}`;
  const expected = registeredEntries(`system:serviceaccount:${releaseNamespace}:${programs.gateway}`);
  for (const path of ['decide', 'record'] as const) {
    const entry = configuration.webhooks?.find((one) => one.name === expected[path].name);
    if (entry === undefined) return `${name} has no ${expected[path].name}; ${again}; ${unasked[path]}`;
    const changed = changedFields(entry, expected[path]);
    if (changed.length > 0)
      return `${name} has in ${entry.name} another ${changed.join(', ')} than the chart; delete it and ${again}; ${unasked[path]}`;
  }
  return undefined;
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

/** Whether the two entries lead to the webhook, and to one that the API server believes. */
function trustProblem(
  entries: readonly WebhookEntry[],
  { authority, releaseNamespace }: Beside,
): string | undefined {
  if (authority === undefined) return `ConfigMap ${installed.authority} is missing; ${again}; ${meanwhile}`;
  const known = certificatesIn(authority.data?.['ca.crt'] ?? '');
  if (known.length === 0) return `ConfigMap ${installed.authority} holds no certificate; ${bySelf}`;
  for (const { name: entry, clientConfig } of entries) {
    const path = pathOfEntry(entry);
    if (path === undefined) continue; // of others
    const problem =
      caProblem(clientConfig, known) ?? addressProblem(clientConfig, { path, releaseNamespace });
    if (problem !== undefined) return `${name} has in ${entry} ${problem}`;
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
