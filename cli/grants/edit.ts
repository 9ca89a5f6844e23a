/** A change of a grant that is there: read, judged, and written only if no other write came in between. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { kinds } from '../../crds/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { PlannedChange } from '../changes/change.ts';
import { leftAs } from '../changes/lost-response.ts';
import { type Cluster, fieldManager } from '../cluster/cluster.ts';
import type { GrantSpec } from './grant-world.ts';
import { lookClosed, lookOpened } from './in-force.ts';

/** What is to become of it. */
export interface GrantEdit {
  readonly grant: SupportAccessGrant;
  readonly spec: Partial<GrantSpec>;
  /** "Enable": the first word of the title. */
  readonly act: string;
  /** "enabled". */
  readonly done: string;
  readonly words: readonly string[];
  readonly question: string;
  /** Why nothing is to be done, where it is so already. */
  readonly already?: string | undefined;
  /** What is waited for. */
  readonly towards: 'open' | 'closed';
}

/** The grant as it would be. */
export function edited(grant: SupportAccessGrant, spec: Partial<GrantSpec>): SupportAccessGrant {
  return { ...grant, spec: { ...grant.spec, ...spec } };
}

/** The edit in the form that is shown, asked about and carried out. */
export function plannedEdit(cluster: Cluster, zone: string, edit: GrantEdit): PlannedChange {
  const { grant, spec, act, done, words, question, already, towards } = edit;
  const { name, namespace = '', resourceVersion } = grant.metadata;
  const ref = { namespace, name };
  const what = `SupportAccessGrant ${name} in namespace ${namespace}`;
  const look = towards === 'open' ? lookOpened : lookClosed;
  return {
    title: `${act} ${what}`,
    before: grant.spec,
    after: edited(grant, spec).spec,
    words,
    already: already === undefined ? undefined : { says: already, object: grant as unknown as KubeObject },
    question,
    written: `${what} ${done}`,
    write: async ({ dryRun }) =>
      cluster.client.mergePatch(kinds.SupportAccessGrant, ref, {
        patch: { metadata: { resourceVersion }, spec },
        fieldManager,
        strict: true,
        dryRun,
      }),
    stored: async () =>
      leftAs(cluster, { resource: kinds.SupportAccessGrant, ref }, { spec, before: grant.metadata }),
    waitsFor: towards === 'open' ? 'until it is open' : 'until it is closed and its sessions have ended',
    look: async (stored) => look(cluster, zone, stored),
  };
}
