/** Opens a support case, which is the caller's from then on. */
import type { SupportCase } from '../../crds/generated/support-case.ts';
import { apiGroup, apiVersion, kinds } from '../../crds/kinds.ts';
import { KubeError } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { InForce, PlannedChange } from '../changes/change.ts';
import { leftAs } from '../changes/lost-response.ts';
import { type Cluster, fieldManager, withCluster } from '../cluster/cluster.ts';
import { type CommandInput, type ExitCode, type Terminal, UsageError } from '../command.ts';

/** `case open`. */
export async function openCase(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () => planOpening(cluster, input)),
  );
}

async function planOpening(cluster: Cluster, input: CommandInput): Promise<PlannedChange> {
  const { namespace } = cluster;
  const [name = ''] = input.arguments;
  const spec = specOf(input);
  const what = `SupportCase ${name} in namespace ${namespace}`;
  const object = {
    apiVersion: `${apiGroup}/${apiVersion}`,
    kind: 'SupportCase',
    metadata: { name, namespace },
    spec,
  };
  return {
    title: `Create ${what}`,
    before: undefined,
    after: spec,
    words: [
      'The case is yours: only you, and the elevated contacts of the policy, read it, and only you add contacts.',
      contactsInWords(spec),
      'It opens no access: a grant does.',
    ],
    question: 'Open this case?',
    written: `${what} created`,
    write: async ({ dryRun }) =>
      cluster.client.create(kinds.SupportCase, object, { fieldManager, strict: true, dryRun }),
    stored: async () => leftAs(cluster, { resource: kinds.SupportCase, ref: { namespace, name } }, { spec }),
    waitsFor: 'until you may read and change it',
    look: async (stored) => lookReadable(cluster, stored),
  };
}

function specOf(input: CommandInput): SupportCase['spec'] {
  const [subject, description] = [input.option('subject'), input.option('description')];
  if (subject === undefined)
    throw new UsageError('it must be said what it is about: --subject "Mail jobs are stuck since Monday"');
  const contacts = input.list('contact').map((contact) => ({ name: contact }));
  return {
    subject,
    ...(description === undefined ? {} : { description }),
    ...(contacts.length === 0 ? {} : { contacts }),
  };
}

function contactsInWords({ contacts = [] }: SupportCase['spec']): string {
  if (contacts.length === 0)
    return 'No one else is a contact; "kubectl support-access case add-contact" adds one.';
  return `Contacts, who get the mail of the case and may call support, and do not see it: ${contacts.map(({ name }) => name).join(', ')}.`;
}

/** The operator gives the rights on the case; until then its owner may not read it. */
async function lookReadable(cluster: Cluster, { metadata }: KubeObject): Promise<InForce | undefined> {
  const { namespace, name } = metadata;
  try {
    const object = await cluster.client.get(kinds.SupportCase, { namespace, name });
    return { asWanted: true, says: [`Done. SupportCase ${name} is open, and yours.`], object };
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return undefined;
    throw error;
  }
}
