/** Says what the sign-in would say of a policy's identity provider, and what that provider has to know of us. */
import { readFile } from 'node:fs/promises';
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { kinds } from '../../crds/kinds.ts';
import { defaultNamespaces, installed, policyName } from '../../crds/names.ts';
import { type Problem, printable, problemLine } from '../../crds/rules/problem.ts';
import { isForbidden } from '../../kube/errors.ts';
import { ConfigMaps } from '../../kube/resources.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { readTrust, type Trust } from '../../saml/trust/trust.ts';
import { type Cluster, withCluster } from '../cluster/cluster.ts';
import { find, findOrNothing } from '../cluster/find.ts';
import { CannotTell, type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { fittedTable } from '../output/fitted.ts';
import { formatOf, printData } from '../output/print-object.ts';
import type { Column } from '../output-table.ts';
import { type ProviderNeeds, providerNeeds } from './provider-needs.ts';

interface SsoFinding {
  readonly state: 'ok' | 'wrong' | 'unwise';
  readonly says: string;
}

/** A policy, where it came from, and the certificate by which an identity provider knows our requests. */
interface PolicyToCheck {
  readonly from: string;
  readonly policy: SupportAccessPolicy;
  readonly spCertificate: string | undefined;
}

/** Findings and needs to stdout; the exit code says whether people could sign in. */
export async function checkSso(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const format = formatOf(input);
  const { from, policy, spCertificate } = await readPolicy(input, terminal);
  const provider = await withMetadata(policy, input.option('metadata'), terminal);
  const trust = readTrust(provider.spec.sso, terminal.now());
  const findings = trust.ok ? ofTrust(trust.value) : trust.problems.map(wrong);
  const needs = providerNeeds(provider, spCertificate ?? '');
  if (format === 'json' || format === 'yaml')
    await printData({ policy: from, findings, needs }, format, terminal);
  else await print(findings, needs, terminal);
  terminal.say(conclusion(from, trust.ok, findings));
  return trust.ok ? exitCodes.good : exitCodes.bad;
}

const wrong = (problem: Problem): SsoFinding => ({ state: 'wrong', says: problemLine(problem) });

function ofTrust({ entityID, signInURL, certificates, warnings }: Trust): SsoFinding[] {
  const until = certificates.map(
    ({ fingerprint256, validToDate }) =>
      `certificate ${fingerprint256.slice(0, 23)} is trusted; its own end is ${validToDate.toISOString()}`,
  );
  return [
    { state: 'ok', says: `responses must come from ${printable(entityID, 200)}` },
    { state: 'ok', says: `people are sent to ${printable(signInURL, 200)}` },
    ...until.map((says) => ({ state: 'ok', says }) as const),
    ...warnings.map((says) => ({ state: 'unwise', says }) as const),
  ];
}

function conclusion(from: string, isTrusted: boolean, findings: readonly SsoFinding[]): string {
  const unwise = findings.filter(({ state }) => state === 'unwise').length;
  const more = unwise === 0 ? '' : ` ${unwise === 1 ? 'One thing is' : `${unwise} things are`} unwise.`;
  return isTrusted
    ? `By ${from} people can sign in with the identity provider.${more}`
    : `By ${from} no one can sign in; correct what is wrong.`;
}

const findingColumns: readonly Column<SsoFinding>[] = [
  { title: 'STATE', of: ({ state }) => state },
  { title: 'SAYS', of: ({ says }) => escapeUnsafe(says) },
];

async function print(
  findings: readonly SsoFinding[],
  { certificate, ...needs }: ProviderNeeds,
  terminal: Terminal,
): Promise<void> {
  await terminal.out(fittedTable(findingColumns, findings, terminal.columns));
  const rows = Object.entries(needs).map(([what, value]) => ({ what, value }));
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: 'THE IDENTITY PROVIDER NEEDS', of: ({ what }) => what },
    { title: 'VALUE', of: ({ value }) => escapeUnsafe(value) },
  ];
  await terminal.out(`\n${fittedTable(columns, rows, terminal.columns)}`);
  if (certificate !== undefined) await terminal.out(`\n${certificate.trim()}\n`);
}

async function readPolicy(input: CommandInput, terminal: Terminal): Promise<PolicyToCheck> {
  const [file] = input.arguments;
  if (file !== undefined) return { ...(await readFileOf(file, terminal)), spCertificate: undefined };
  return withCluster(input, terminal, async (cluster) => ({
    from: `the installed policy ${policyName}`,
    policy: await find<SupportAccessPolicy>(cluster, kinds.SupportAccessPolicy, { name: policyName }),
    spCertificate: await certificateOf(
      cluster,
      input.option('releaseNamespace') ?? defaultNamespaces.release,
    ),
  }));
}

/** Who may not read it learns the rest all the same. */
async function certificateOf(cluster: Cluster, namespace: string): Promise<string | undefined> {
  const ref = { namespace, name: installed.sso };
  try {
    const found = await findOrNothing<{ readonly data?: { readonly spCertificate?: string } }>(
      cluster,
      ConfigMaps,
      ref,
    );
    return found?.data?.spCertificate;
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

async function readFileOf(file: string, terminal: Terminal): Promise<Pick<PolicyToCheck, 'from' | 'policy'>> {
  const from = file === '-' ? 'the text on stdin' : `the file ${printable(file, 200)}`;
  const text = await textOf(file, terminal);
  const { oneDocument } = await import('../output/yaml.ts');
  const document = oneDocument(
    text,
    from,
    kinds.SupportAccessPolicy.kind,
  ) as Partial<SupportAccessPolicy> | null;
  const { kind, spec } = document ?? {};
  if (kind !== kinds.SupportAccessPolicy.kind || spec?.gateway?.host === undefined) {
    throw new CannotTell(
      `${from} must hold a SupportAccessPolicy with its spec.gateway.host; write for example what kubectl get sapol default -o yaml prints`,
    );
  }
  return { from, policy: document as SupportAccessPolicy };
}

/** The policy with this metadata for its provider, and all other settings as they are. */
async function withMetadata(
  policy: SupportAccessPolicy,
  file: string | undefined,
  terminal: Terminal,
): Promise<SupportAccessPolicy> {
  if (file === undefined) return policy;
  const metadata = await textOf(file, terminal);
  const sso = { ...policy.spec.sso, identityProvider: { metadata } };
  return { ...policy, spec: { ...policy.spec, sso } };
}

async function textOf(file: string, terminal: Terminal): Promise<string> {
  try {
    return file === '-' ? await terminal.readStdin() : await readFile(file, 'utf8');
  } catch (error) {
    throw new CannotTell(
      `${printable(file, 200)} cannot be read: ${errorWithCauses(error)}; name another file`,
    );
  }
}
