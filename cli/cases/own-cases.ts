/**
 * Which support cases may the caller read? Elevated contacts list them. An owner may read the own ones by name only, which RBAC
 * cannot filter a list by: the API server is asked which names those are.
 */
import type { SupportCase } from '../../crds/generated/support-case.ts';
import { apiGroup, kinds } from '../../crds/kinds.ts';
import { KubeError } from '../../kube/errors.ts';
import { apiVersionOf, SelfSubjectRulesReviews } from '../../kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { findOrNothing } from '../cluster/find.ts';
import { CannotTell } from '../command.ts';

/** The cases of a namespace, or of all, that the caller may read. */
export async function readableCases(
  cluster: Cluster,
  namespace: string | undefined,
): Promise<readonly SupportCase[]> {
  try {
    const { items } = await cluster.client.list<SupportCase>(kinds.SupportCase, { namespace });
    return items;
  } catch (error) {
    if (!(error instanceof KubeError && error.status === 403)) throw error;
  }
  if (namespace === undefined) {
    throw new CannotTell(
      'you may not list the support cases of all namespaces, which elevated contacts of the policy may; leave -A out and name a namespace with -n',
    );
  }
  const names = await readableNames(cluster, namespace);
  const cases = await Promise.all(
    names.map(async (name) => findOrNothing<SupportCase>(cluster, kinds.SupportCase, { namespace, name })),
  );
  return cases.flatMap((one) => one ?? []);
}

interface RulesReview {
  readonly status?: {
    readonly resourceRules?: readonly {
      readonly verbs: readonly string[];
      readonly apiGroups?: readonly string[];
      readonly resources?: readonly string[];
      readonly resourceNames?: readonly string[];
    }[];
  };
}

async function readableNames({ client }: Cluster, namespace: string): Promise<string[]> {
  const review = {
    apiVersion: apiVersionOf(SelfSubjectRulesReviews),
    kind: SelfSubjectRulesReviews.kind,
    metadata: {},
    spec: { namespace },
  };
  const { status } = await client.create<RulesReview>(SelfSubjectRulesReviews, review);
  const names = (status?.resourceRules ?? [])
    .filter(({ verbs }) => verbs.includes('get'))
    .filter(
      ({ apiGroups, resources }) =>
        apiGroups?.includes(apiGroup) && resources?.includes(kinds.SupportCase.plural),
    )
    .flatMap(({ resourceNames = [] }) => resourceNames);
  return [...new Set(names)].sort();
}
