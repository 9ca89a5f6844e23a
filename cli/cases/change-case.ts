/** Changes a support case of the caller: adds and removes contacts, and closes it. */
import type { SupportCase } from '../../crds/generated/support-case.ts';
import { kinds } from '../../crds/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { isLookedAt } from '../access/open-now.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { InForce, PlannedChange } from '../changes/change.ts';
import { leftAs } from '../changes/lost-response.ts';
import { type Cluster, fieldManager, withCluster } from '../cluster/cluster.ts';
import { find } from '../cluster/find.ts';
import { CannotTell, type CommandInput, type ExitCode, type Terminal } from '../command.ts';

/** `case add-contact`. */
export async function addContact(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return changeCase(input, terminal, ({ contacts = [] }, name) => {
    const telephone = input.option('telephone');
    const [, contact = ''] = input.arguments;
    const is = contacts.find((one) => one.name === contact);
    const added = { name: contact, ...(telephone === undefined ? {} : { telephone }) };
    return {
      change: { contacts: [...contacts.filter((one) => one !== is), { ...is, ...added }] },
      isAlready: is !== undefined && (telephone === undefined || is.telephone === telephone),
      title: `Add ${contact} to SupportCase ${name}`,
      words: `${contact} gets the mail of the case and may call support about it, and does not see it.`,
      question: 'Add this contact?',
      already: `${contact} is a contact of SupportCase ${name} already`,
      done: `${contact} is a contact of SupportCase ${name}`,
    };
  });
}

/** `case remove-contact`. */
export async function removeContact(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return changeCase(input, terminal, ({ contacts = [] }, name) => {
    const [, contact = ''] = input.arguments;
    return {
      change: { contacts: contacts.filter((one) => one.name !== contact) },
      isAlready: !contacts.some((one) => one.name === contact),
      title: `Remove ${contact} from SupportCase ${name}`,
      words: `${contact} gets no mail of the case any more, and support does not talk to ${contact} about it.`,
      question: 'Remove this contact?',
      already: `${contact} is no contact of SupportCase ${name}`,
      done: `${contact} is no contact of SupportCase ${name} any more`,
    };
  });
}

/** `case close`. */
export async function closeCase(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return changeCase(input, terminal, ({ state }, name) => ({
    change: { state: 'Closed' },
    isAlready: state === 'Closed',
    title: `Close SupportCase ${name}`,
    words: 'Support does not see its contacts any more.',
    question: 'Close this case?',
    already: `SupportCase ${name} is closed already`,
    done: `SupportCase ${name} is closed`,
  }));
}

/** One change of a case: what is written into its spec, and how it is told. */
interface CaseChange {
  readonly change: Partial<SupportCase['spec']>;
  readonly isAlready: boolean;
  readonly title: string;
  readonly words: string;
  readonly question: string;
  readonly already: string;
  readonly done: string;
}

async function changeCase(
  input: CommandInput,
  terminal: Terminal,
  changeOf: (spec: SupportCase['spec'], name: string) => CaseChange,
): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () => planChange(cluster, input.arguments[0] ?? '', changeOf)),
  );
}

async function planChange(
  cluster: Cluster,
  name: string,
  changeOf: (spec: SupportCase['spec'], name: string) => CaseChange,
): Promise<PlannedChange> {
  const { namespace } = cluster;
  const one = await find<SupportCase>(cluster, kinds.SupportCase, { namespace, name });
  const { metadata, spec } = one;
  const { change, isAlready, title, words, question, already, done } = changeOf(spec, name);
  const patch = { metadata: { resourceVersion: metadata.resourceVersion }, spec: change };
  const ref = { namespace, name };
  return {
    title,
    before: spec,
    after: { ...spec, ...change },
    words: [words],
    already: isAlready ? { says: already, object: one as unknown as KubeObject } : undefined,
    question,
    written: done,
    write: async ({ dryRun }) =>
      cluster.client.mergePatch(kinds.SupportCase, ref, { patch, fieldManager, strict: true, dryRun }),
    stored: async () =>
      leftAs(cluster, { resource: kinds.SupportCase, ref }, { spec: change, before: metadata }),
    waitsFor: 'until the operator has looked at it',
    look: async (stored) => lookSeen(cluster, stored, `Done. ${done}.`),
  };
}

async function lookSeen(cluster: Cluster, stored: KubeObject, says: string): Promise<InForce | undefined> {
  const { namespace, name, uid } = stored.metadata;
  const one = await find<SupportCase>(cluster, kinds.SupportCase, { namespace, name });
  if (one.metadata.uid !== uid) {
    throw new CannotTell(
      `SupportCase ${name} was deleted, and another one of that name made since; look at it with kubectl get supportcase ${name}`,
    );
  }
  return isLookedAt(one.status, stored) ? { asWanted: true, says: [says] } : undefined;
}
