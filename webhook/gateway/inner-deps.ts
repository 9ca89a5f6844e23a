/** Puts together what calls of applications need from the parts of the process: fresh reads, and who calls. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { kinds } from '../../crds/kinds.ts';
import { reviewsAudience } from '../../crds/names.ts';
import { saysAbsent } from '../../kube/errors.ts';
import type { KubeObject, ObjectRef } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { createTokenReview, TooManyCallers } from '../callers/token-review.ts';
import type { InnerDeps } from './inner-routes.ts';
import { isTrustedHop } from './listener/source-address.ts';
import type { GatewayParts } from './parts.ts';
import { assertionKeysFrom } from './sessions/assertion-keys.ts';
import { createSessionsByHandle } from './sessions/sessions-by-handle.ts';

/** What calls of ingresses need as the requests of people do: the same refusals, sessions and bounds. */
type SharedWithRoutes = Pick<
  InnerDeps,
  'mayJudge' | 'noteJudged' | 'policy' | 'refuse' | 'servedAt' | 'sessions' | 'sourceOf'
>;

/** A pod waits in front of its own person: how long one read may take, milliseconds. */
const deadlineMs = 5000;

export function innerDepsOf(parts: GatewayParts): Omit<InnerDeps, keyof SharedWithRoutes> {
  const { client, keys, triggers, decider, trail, now, onFailure } = parts;
  const callerOf = createTokenReview({ client, clock: () => performance.now(), audience: reviewsAudience });
  const all = async <T extends KubeObject>(resource: Resource, namespace: string): Promise<readonly T[]> =>
    (await client.list<T>(resource, { namespace, deadlineMs })).items;
  const one = async <T extends KubeObject>(resource: Resource, ref: ObjectRef): Promise<T | undefined> => {
    try {
      return await client.get<T>(resource, ref, { deadlineMs });
    } catch (error) {
      if (saysAbsent(error, resource, ref.name)) return undefined;
      throw error;
    }
  };
  return {
    decider,
    trail,
    now,
    onFailure,
    supportPeople: triggers.people,
    isTrusted: (peer) => isTrustedHop(triggers.policy()?.spec.network, peer),
    assertionKeys: assertionKeysFrom(keys),
    lookUpToken: async (token, peer) => {
      try {
        return { username: (await callerOf(token, peer))?.username };
      } catch (error) {
        if (error instanceof TooManyCallers) return { isTooBusy: true };
        throw error;
      }
    },
    readApplication: (ref) => one<SupportApplication>(kinds.SupportApplication, ref),
    readApplications: (namespace) => all<SupportApplication>(kinds.SupportApplication, namespace),
    readGrants: (namespace) => all<SupportAccessGrant>(kinds.SupportAccessGrant, namespace),
    readUser: (name) => one<SupportUser>(kinds.SupportUser, { name }),
    sessionsByHandle: createSessionsByHandle({
      keys,
      seen: () => triggers.sessions(),
      list: (namespace) => all<SupportSession>(kinds.SupportSession, namespace),
    }),
  };
}
