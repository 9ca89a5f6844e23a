/** Names of what is in the cluster, for a person who is still typing: soon, or none at all, and never a word about why. */
import { kinds } from '../../crds/kinds.ts';
import { Namespaces, type Resource } from '../../kube/resources.ts';
import { within } from '../../process/deadline.ts';
import { withCluster } from '../cluster/cluster.ts';
import { namesOf } from '../cluster/find.ts';
import type { CommandInput, Named, Terminal } from '../command.ts';
import type { Candidate } from './complete.ts';
import type { WantedNames } from './wanted-names.ts';

const resources: Readonly<Record<Named, Resource>> = {
  grants: kinds.SupportAccessGrant,
  people: kinds.SupportUser,
  applications: kinds.SupportApplication,
  matrices: kinds.SupportPermissionMatrix,
  namespaces: Namespaces,
};

/** A person waits with a finger on the key. */
const longestMs = 1500;

/** Those that begin with what was typed; none where they cannot be had. */
export async function clusterNames(wanted: WantedNames, terminal: Terminal): Promise<Candidate[]> {
  const over = new AbortController();
  const silent: Terminal = { ...terminal, say: () => undefined, unattended: over.signal };
  try {
    const late = (): Error => new Error('late');
    const names = await within(listed(wanted, silent), { ms: longestMs, late });
    return names
      .filter((name) => name.startsWith(wanted.typed))
      .map((name) => ({ value: `${wanted.prefix}${name}`, about: '' }));
  } catch {
    return [];
  } finally {
    // A program for credentials that is still at work would outlive this process, and stay behind the person's prompt.
    over.abort();
  }
}

async function listed({ named, input }: WantedNames, terminal: Terminal): Promise<string[]> {
  const resource = resources[named];
  return withCluster(inTime(input), terminal, async (cluster) => {
    const namespace = resource.namespaced ? cluster.namespace : undefined;
    return (await namesOf(cluster, resource, namespace)) ?? [];
  });
}

function inTime(input: CommandInput): CommandInput {
  return { ...input, option: (name) => (name === 'requestTimeout' ? '1s' : input.option(name)) };
}
