/**
 * Says what is wrong with a write that enables or widens, as far as schema, CEL and policies could not say it: every
 * problem at once, and warnings for what is allowed but probably not meant.
 */
import { type KindName, kinds } from '../../../crds/kinds.ts';
import { problemsOf } from '../../../crds/rules/problems/index.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { saysAbsent } from '../../../kube/errors.ts';
import { SubjectAccessReviews } from '../../../kube/resources.ts';
import { kindRules } from './kinds/index.ts';
import { asCause, type JudgeDeps, type WriteFindings } from './kinds/kind-rule.ts';
import type { AdmissionRequest } from './review.ts';

/**
 * Judges one write of one of our kinds. Rejects for anything else, or for a write without its object: what cannot be
 * judged is not allowed, and the chart's rules send nothing of the sort.
 */
export async function judgeWrite(request: AdmissionRequest, deps: JudgeDeps): Promise<WriteFindings> {
  const { object, oldObject, kind, userInfo } = request;
  if (!object || !isOurs(kind)) throw new Error('a write that is not one of our kinds cannot be judged');
  const own = problemsOf(object).map(asCause);
  const write = {
    object,
    old: oldObject ?? undefined,
    requester: userInfo.username,
    groups: userInfo.groups,
  };
  const { problems, warnings } = await kindRules[kind.kind](write, deps);
  return { problems: [...own, ...problems], warnings };
}

/** Below the time after which the API server gives a review up (`webhook.timeoutSeconds`): the refusal must say why. */
const deadlineMs = 2000;

/** The two reads of the rules, at this API server. What cannot be read is not taken for absent: they reject. */
export function readsAt(
  client: Pick<KubeClient, 'get' | 'list'>,
  signal?: AbortSignal,
): Pick<JudgeDeps, 'read' | 'list'> {
  return {
    read: async (kind, ref) =>
      client.get(kinds[kind], ref, { deadlineMs, signal }).catch(absent(kind, ref.name)),
    list: async (kind, namespace) => {
      const { items } = await client.list(kinds[kind], { namespace, deadlineMs, signal });
      return items;
    },
  };
}

/** What people may do, as the API server of this client says it. */
export function rightsAt(client: Pick<KubeClient, 'create'>): Pick<JudgeDeps, 'may'> {
  return {
    may: async ({ user, groups, verb, kind, namespace }) => {
      const { group, plural: resource } = kinds[kind];
      const resourceAttributes = { group, resource, verb, namespace };
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: SubjectAccessReviews.kind,
        metadata: {},
        spec: { user, groups, resourceAttributes },
      };
      const { status } = await client.create<{ status?: { allowed?: boolean; denied?: boolean } }>(
        SubjectAccessReviews,
        review,
        { deadlineMs },
      );
      return status?.allowed === true && status.denied !== true;
    },
  };
}

const absent = (kind: KindName, name: string) => (error: unknown) => {
  if (saysAbsent(error, kinds[kind], name)) return undefined;
  throw error;
};

type ReviewedKind = AdmissionRequest['kind'];

/** Whether a kind is one of ours, of our group too. */
export function isOurs(kind: ReviewedKind): kind is ReviewedKind & { readonly kind: KindName } {
  return Object.hasOwn(kinds, kind.kind) && kind.group === kinds[kind.kind as KindName].group;
}
