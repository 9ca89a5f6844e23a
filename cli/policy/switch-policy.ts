/** The master switch: enables or disables the policy. */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import { problemLine } from '../../crds/rules/problem.ts';
import { problemsOf } from '../../crds/rules/problems/index.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { activeNow, enabledGrants, everything, isLookedAt } from '../access/open-now.ts';
import { openedWords } from '../access/seen-data.ts';
import { isStillDisabled, stoppingOf } from '../access/stopping.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { InForce, PlannedChange } from '../changes/change.ts';
import { leftAs } from '../changes/lost-response.ts';
import { type Cluster, fieldManager, withCluster } from '../cluster/cluster.ts';
import { findOrNothing } from '../cluster/find.ts';
import { CannotTell, type CommandInput, type ExitCode, Refused, type Terminal } from '../command.ts';

/** `policy enable` and `policy disable`. */
export async function switchPolicy(
  access: 'Enabled' | 'Disabled',
  input: CommandInput,
  terminal: Terminal,
): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () =>
      access === 'Enabled' ? planEnabling(cluster) : planDisabling(cluster, terminal.zone),
    ),
  );
}

const ref = { name: policyName };

async function thePolicy(cluster: Cluster): Promise<SupportAccessPolicy> {
  const policy = await findOrNothing<SupportAccessPolicy>(cluster, kinds.SupportAccessPolicy, ref);
  if (policy !== undefined) return policy;
  throw new CannotTell(
    `there is no SupportAccessPolicy ${policyName}, so support access is off; create one, as docs/install.md shows`,
  );
}

async function planEnabling(cluster: Cluster): Promise<PlannedChange> {
  const policy = await thePolicy(cluster);
  const next = { ...policy, spec: { ...policy.spec, access: 'Enabled' as const } };
  const problems = problemsOf(next).map(problemLine);
  if (problems.length > 0) throw new Refused(['refused:', ...problems.map((line) => `  ${line}`)].join('\n'));
  const opened = await openedWords(cluster, {
    grants: await enabledGrants(cluster, everything),
    which: 'Enabled grants, each of which opens by it within its window',
    none: 'No grant is enabled, so nothing opens by it.',
    unlisted: 'You may not list grants: each that is enabled and within its window opens by it.',
  });
  return {
    ...switching(cluster, policy, 'Enabled'),
    words: ['This switches support access on for the whole cluster.', ...opened],
    question: 'Switch support access on?',
    waitsFor: 'until the operator has put it in force',
    look: async (stored) => lookEnabled(cluster, stored),
  };
}

async function planDisabling(cluster: Cluster, zone: string): Promise<PlannedChange> {
  const policy = await thePolicy(cluster);
  const stopping = await stoppingOf(cluster, {
    extent: everything,
    zone,
    done: 'Support access is switched off for the whole cluster',
    stands: async () => isStillDisabled(cluster, kinds.SupportAccessPolicy, ref),
  });
  const switched = switching(cluster, policy, 'Disabled');
  return {
    ...switched,
    words: [
      'This switches support access off for the whole cluster, at once. Git or Helm may switch it on again; "kubectl support-access revoke all" makes a lock, which they cannot.',
      ...stopping.words,
    ],
    question: 'Switch support access off?',
    waitsFor: 'until grants are closed and sessions have ended',
    look: async (stored) => stopping.look(stored, { isAlready: switched.already !== undefined }),
  };
}

type Switching = Pick<
  PlannedChange,
  'title' | 'before' | 'after' | 'already' | 'written' | 'write' | 'stored'
>;

/** What both directions have in common. */
function switching(cluster: Cluster, policy: SupportAccessPolicy, access: 'Enabled' | 'Disabled'): Switching {
  const { metadata, spec } = policy;
  const word = access.toLowerCase();
  const patch = { metadata: { resourceVersion: metadata.resourceVersion }, spec: { access } };
  return {
    title: `${access === 'Enabled' ? 'Enable' : 'Disable'} SupportAccessPolicy ${policyName}`,
    before: spec,
    after: { ...spec, access },
    already:
      spec.access === access
        ? {
            says: `SupportAccessPolicy ${policyName} is ${word} already`,
            object: policy as unknown as KubeObject,
          }
        : undefined,
    written: `SupportAccessPolicy ${policyName} ${word}`,
    write: async ({ dryRun }) =>
      cluster.client.mergePatch(kinds.SupportAccessPolicy, ref, {
        patch,
        fieldManager,
        strict: true,
        dryRun,
      }),
    stored: async () =>
      leftAs(cluster, { resource: kinds.SupportAccessPolicy, ref }, { spec: { access }, before: metadata }),
  };
}

async function lookEnabled(cluster: Cluster, stored: KubeObject): Promise<InForce | undefined> {
  const policy = await cluster.client.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, ref);
  if (!isLookedAt(policy.status, stored)) return undefined;
  const object = policy as unknown as KubeObject;
  const { isOpen, why } = activeNow(policy.status);
  const says = isOpen
    ? 'Done. Support access is switched on.'
    : `The policy is enabled, but support access is not on. ${why}`;
  return { asWanted: isOpen, says: [says], object };
}
