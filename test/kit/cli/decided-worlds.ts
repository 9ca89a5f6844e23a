/** One generated world, as the gateway would read it to decide and as `can-i` reads it with the rights of its caller. */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { installationOf } from '../../../crds/rules/installation.ts';
import { isMadeByHand } from '../../../crds/rules/request/service.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { planGrant } from '../../../operator/grant/plan.ts';
import { nextStatus } from '../../../operator/grant/report.ts';
import { createDecider } from '../../../webhook/gateway/decisions/decider.ts';
import type { RequestToApplication } from '../../../webhook/gateway/decisions/decision.ts';
import { FreshReader } from '../../../webhook/gateway/decisions/fresh-reader.ts';
import { WorldReader } from '../../../webhook/gateway/decisions/world-reader.ts';
import type { Origin } from '../../../webhook/gateway/listener/source-address.ts';
import { sealIsValid, secretMatches } from '../../../webhook/gateway/sessions/session-seal.ts';
import { createSessionStore } from '../../../webhook/gateway/sessions/session-store.ts';
import { anApplication } from '../objects/application.ts';
import { aDescribedWorld, type WorldDescription } from '../objects/described-worlds.ts';
import { anEndpoint, aPod, aSlice } from '../objects/endpoints.ts';
import { type KnownObjects, knownObjects } from '../objects/known-objects.ts';
import { memoryKeys } from '../objects/memory-gateway.ts';
import { createdAt, inNamespace, metadataOf, named, withMetadata, withSpec } from '../objects/object.ts';

export const grantRef = { namespace: 'ecase', name: 'case-4711' };

export type DecidedWorld = ReturnType<typeof aDecidedWorld>;

const label = { 'kubernetes.io/service-name': 'ecase' };
const byController = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };

/** What is behind the Service: its pod, or another one under its name. */
export type Behind = 'its pod' | 'a pod that it does not select' | 'nothing';

/** Another namespace's application that names the host as well: the older one keeps it. */
export type Rival = 'none' | 'an older one' | 'a younger one';

export interface DecidedWish {
  readonly isBehindProxy?: boolean;
  readonly rival?: Rival;
}

/** The world of a description, with its status as the operator has just written it. */
export function aDecidedWorld(
  description: WorldDescription,
  behind: Behind,
  { isBehindProxy = false, rival = 'none' }: DecidedWish = {},
) {
  const { world, now, results } = aDescribedWorld(description);
  const status = nextStatus(planGrant(world, now).report, {
    recorded: 'recorded',
    refused: undefined,
    ...results,
  });
  const claimed = aSlice(behind === 'nothing' ? [] : [anEndpoint()]);
  const slices = [
    { ...claimed, metadata: { ...claimed.metadata, labels: { ...label, ...byController } } },
    ...world.handMadeSlices.map((name) => ({
      ...aSlice([], name),
      metadata: { ...metadataOf('EndpointSlice', name, 'ecase'), labels: label },
    })),
  ];
  const objects = [
    ...(world.gone ? [] : [{ ...world.grant, status }]),
    isBehindProxy && world.policy ? behindProxy(world.policy) : world.policy,
    ...world.users,
    world.matrix?.object,
    world.application,
    ...rivals(rival),
    world.service && { ...world.service, kind: 'Service' },
    world.identities,
    ...[...world.locks].map((name) => ({
      apiVersion: 'supportaccess.dev/v1beta1',
      kind: 'SupportAccessLock',
      metadata: metadataOf('SupportAccessLock', name),
      spec: {},
    })),
    podBehind(behind),
    ...slices,
  ].filter((object) => object !== undefined);
  const known = knownObjects(...objects);
  const decider = aDecider(known, now, {
    handMadeSlices: () => world.handMadeSlices,
    claimedSlices: () => slices.filter((slice) => !isMadeByHand(slice)),
    installation: () => installationOf(world.identities),
  });
  return {
    known,
    now,
    /** The gateway's answer to a sign-in of this person. */
    signIn: async (user: SupportUser, origin: Origin) =>
      decider.readSignInWorld(grantRef).decide({ user, origin }),
    /** Its answer to a request in a session that it has just made. */
    request: async (user: SupportUser, origin: Origin, request: RequestToApplication) => {
      const { proof, session } = await newSession(now).create(
        { grant: { ...world.grant, status }, user, boundAddress: origin.forwardedFor[0] ?? origin.peer },
        world.policy!,
      );
      known.put(session);
      const answered = await decider.decide({
        entryPoint: 'application',
        grant: grantRef,
        session: proof,
        origin,
        request,
      });
      return { ...answered, session };
    },
  };
}

const rivals = (rival: Rival): SupportApplication[] => (rival === 'none' ? [] : [theRival(rival)]);

const theRival = (rival: Rival): SupportApplication =>
  anApplication(
    named('rival'),
    inNamespace('rivals'),
    withMetadata({ uid: 'rival' }),
    createdAt(rival === 'an older one' ? '2026-11-01T07:00:00Z' : '2026-12-01T07:30:00Z'),
  );

const podBehind = (behind: Behind) =>
  behind === 'its pod' ? aPod() : aPod({ metadata: { ...aPod().metadata, labels: { app: 'other' } } });

/** The hop that the policy trusts where it stands behind a proxy. */
export const hop = '10.0.0.1';

const behindProxy = withSpec<SupportAccessPolicy>({
  network: { exposure: 'BehindProxy', trustedHops: [`${hop}/32`] },
});

function aDecider(known: KnownObjects, now: number, watched: ConstructorParameters<typeof WorldReader>[1]) {
  const reader = new FreshReader({ client: known.client, timeoutMs: 5000, onGet: () => undefined });
  return createDecider({
    world: new WorldReader(reader, watched),
    now: () => now,
    timeoutMs: 5000,
    recentMs: 60_000,
    againTimeoutMs: 5000,
    told: () => () => [],
    sealIsValid: (session) => sealIsValid(memoryKeys, session),
    secretMatches: (proof, session) => secretMatches(memoryKeys, proof, session),
    onDecided: () => undefined,
  });
}

/** Makes sessions as a gateway does; what it writes is what was asked for, as the API server stores it. */
function newSession(now: number) {
  const create = async (_resource: unknown, object: { metadata: object }) =>
    Promise.resolve({ kind: 'SupportSession', ...object, metadata: { uid: 'new', ...object.metadata } });
  return createSessionStore({
    client: {
      create,
      delete: async () => Promise.resolve('absent'),
      mergePatch: create,
    } as unknown as KubeClient,
    keys: memoryKeys,
    trail: { appendInBackground: () => true },
    now: () => now,
    clock: { after: () => () => undefined },
    onFailure: () => undefined,
  });
}
