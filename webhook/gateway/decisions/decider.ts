/**
 * May this happen now? Reads the world as it is after the request arrived, turns it into an ask and lets the rules
 * decide. It adds no rule of its own; what cannot be read in time is a no.
 */
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import { decide, endOfSession } from '../../../crds/rules/access.ts';
import { parseAddress } from '../../../crds/rules/address/address.ts';
import type { Ask, Decision, Objection } from '../../../crds/rules/ask.ts';
import type { LatestClock } from '../../../kube/latest-clock.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import { within } from '../../../process/deadline.ts';
import { type Network, sourceOf } from '../listener/source-address.ts';
import type { SessionProof } from '../sessions/session-cookie.ts';
import { addressOf, hostAsked, routeOf, unrouted, withRules } from './asked-parts.ts';
import type {
  Decided,
  DecidedAnew,
  DecisionRequest,
  GatewayDecider,
  ReadWorld,
  Reviewed,
  ReviewRequest,
  SignInWorld,
} from './decision.ts';
import type { HopPods } from './hop-pods.ts';
import type { ToldSince } from './told-changes.ts';
import { type SeenChange, worldAfter } from './world-after.ts';
import type { WorldReader } from './world-reader.ts';

export interface DeciderOptions {
  readonly world: Pick<WorldReader, 'read' | 'readAgain' | 'readSignIn'>;
  readonly now: LatestClock;
  /** The network of the policy that was read, with the hops that it names by their pods. */
  readonly networkInForce?: HopPods['inForce'];
  /** How long the reading may take for a request, milliseconds: its client waits. */
  readonly timeoutMs: number;
  /** What took longer to read is read once more before it allows anything, milliseconds. */
  readonly recentMs: number;
  /** How long it may take for what is under way, milliseconds: until it is over, an open response goes on. */
  readonly againTimeoutMs: number;
  /** Begins to note what watches tell. */
  readonly told: () => ToldSince;
  /** Whether the object is one that a gateway of ours sealed. */
  readonly sealIsValid: (session: SupportSession) => boolean;
  /** Whether the caller's cookie and the object belong together. */
  readonly secretMatches: (proof: SessionProof, session: SupportSession) => boolean;
  /** Told of every decision, for metrics and the log, with what kept the state from being read. */
  readonly onDecided: (decided: Decided, course: { readonly ms: number; readonly error?: unknown }) => void;
}

/** The check that stands before all others: was everything read? */
export const stateWasRead = 'stateWasRead';

/** The decider of one process. */
export function createDecider(options: DeciderOptions): GatewayDecider {
  const again = options.againTimeoutMs;
  return {
    decide: (request) => decidedAnew(options, request),
    review: (request) => reviewed(options, request),
    decideAgain: (request) =>
      decided(options, request, {
        world: inTime(again, options.world.readAgain(request)),
        told: nothingTold,
      }),
    decideBy: (request, world) => judge(options, request, world),
    endIn: (world) => endIn(options, world),
    readAgain: (session) => inTime(again, options.world.readAgain(aboutSession(session))),
    readSignInWorld: (grant) => signInWorld(options, grant),
  };
}

async function decidedAnew(options: DeciderOptions, request: DecisionRequest): Promise<DecidedAnew> {
  const told = options.told();
  const first = await decided(options, request, { world: recentWorld(options, [request]), told });
  return { ...first, refusedSince: () => refusedSince(options, request, { first, told }) };
}

/**
 * What took long to read may be as old as that, and the watch that would tell of a change late as well: before it allows
 * anything, it is read once more in what is left of the time. An anonymous client gets no second reading: it would cost
 * more than was counted, and its time would tell that the grant exists.
 */
async function recentWorld(
  options: DeciderOptions,
  requests: readonly [DecisionRequest, ...DecisionRequest[]],
): Promise<ReadWorld> {
  const { timeoutMs, recentMs } = options;
  const [request] = requests;
  const began = performance.now();
  const world = await inTime(timeoutMs, options.world.read(request));
  const took = performance.now() - began;
  if (took <= recentMs || request.entryPoint === 'anonymous') return world;
  if (!requests.some((one) => judge(options, one, world).decision.allow)) return world;
  return inTime(Math.max(0, Math.floor(timeoutMs - took)), options.world.read(request));
}

/** All by one reading that began after the request came, and each by the whole list of checks. */
async function reviewed(options: DeciderOptions, { reviews, ...request }: ReviewRequest): Promise<Reviewed> {
  const told = options.told();
  const [first, ...others] = reviews.map((review): DecisionRequest => ({ ...request, review }));
  if (first === undefined) return { decided: [], decidedSince: () => [] };
  const asked = [first, ...others] as const;
  const began = performance.now();
  try {
    const world = await recentWorld(options, asked);
    const judgeAll = (): readonly Decided[] => {
      const changes = told();
      return asked.map((one) => {
        const by = (changed: ReadWorld): Decided => judge(options, one, changed);
        return refusedMeanwhile(by, world, changes) ?? by(world);
      });
    };
    const decidedNow = judgeAll();
    for (const one of decidedNow) options.onDecided(one, { ms: performance.now() - began });
    return { decided: decidedNow, decidedSince: judgeAll };
  } catch (error) {
    const refused = asked.map((one) => unread(options, one));
    for (const one of refused) options.onDecided(one, { ms: performance.now() - began, error });
    return { decided: refused, decidedSince: () => refused };
  }
}

/** Reads nothing, so that nothing can come between it and what its caller does next. */
function refusedSince(
  options: DeciderOptions,
  request: DecisionRequest,
  { first, told }: { readonly first: Decided; readonly told: ToldSince },
): Decided | undefined {
  if (!first.decision.allow) return first;
  const began = performance.now();
  try {
    const by = (changed: ReadWorld): Decided => judge(options, request, changed);
    const refused = refusedMeanwhile(by, first.world, told());
    if (refused !== undefined) options.onDecided(refused, { ms: performance.now() - began });
    return refused;
  } catch (error) {
    const refused = unread(options, request);
    options.onDecided(refused, { ms: performance.now() - began, error });
    return refused;
  }
}

function signInWorld(options: DeciderOptions, grant: NamespacedName): SignInWorld {
  const { timeoutMs, world } = options;
  const reads = world.readSignIn(grant);
  return {
    policy: () => inTime(timeoutMs, reads.policy()),
    people: () => inTime(timeoutMs, reads.people()),
    decide: ({ user, origin }) =>
      decided(
        options,
        { entryPoint: 'sign-in', grant, origin },
        { world: inTime(timeoutMs, reads.worldOf(user)), told: nothingTold },
      ),
  };
}

interface Reading {
  readonly world: Promise<ReadWorld>;
  /** What watches tell while it is read. */
  readonly told: ToldSince;
}

const nothingTold: ToldSince = () => [];

/** By what is read, and by what watches told meanwhile. */
async function decided(
  options: DeciderOptions,
  request: DecisionRequest,
  reading: Reading,
): Promise<Decided> {
  const began = performance.now();
  const course = () => ({ ms: performance.now() - began });
  try {
    const world = await reading.world;
    const by = (changed: ReadWorld): Decided => judge(options, request, changed);
    const judged = refusedMeanwhile(by, world, reading.told()) ?? by(world);
    options.onDecided(judged, course());
    return judged;
  } catch (error) {
    const judged = unread(options, request);
    options.onDecided(judged, { ...course(), error });
    return judged;
  }
}

/** Each change is judged by itself: what was taken back and given again while we read counts too. */
function refusedMeanwhile(
  by: (changed: ReadWorld) => Decided,
  world: ReadWorld,
  told: readonly SeenChange[],
): Decided | undefined {
  for (const change of told) {
    const changed = worldAfter(world, change);
    const judged = changed && by(changed);
    if (judged !== undefined && !judged.decision.allow) return judged;
  }
  return undefined;
}

function inTime<T>(ms: number, read: Promise<T>): Promise<T> {
  const late = (): Error => new Error(`the state was not read within ${ms} ms`);
  return within(read, { ms, late });
}

/** Asked by us, and not by a caller: the address is the one of the sign-in, and there is no cookie to compare. */
function endIn({ now, sealIsValid }: DeciderOptions, world: ReadWorld): Objection | undefined {
  const { session: object, ...rest } = world;
  if (object === undefined) return undefined;
  const session = { object, sealValid: sealIsValid(object), secretMatches: true };
  return endOfSession({ ...rest, now: now(), address: parseAddress(object.spec.boundAddress), session });
}

/** Only to read by: there is no caller, and no secret to compare. */
function aboutSession({ metadata, spec }: SupportSession): DecisionRequest {
  const { namespace = '', name } = metadata;
  const proof = { session: { namespace, name }, grant: spec.grantRef.name, secret: '' };
  return {
    entryPoint: 'session',
    grant: { namespace, name: spec.grantRef.name },
    session: proof,
    origin: { peer: spec.boundAddress, forwardedFor: [] },
  };
}

function judge(options: DeciderOptions, request: DecisionRequest, world: ReadWorld): Decided {
  const now = options.now();
  const source = sourceOf(networkOf(options, world), request.origin);
  const route = routeOf(request, world);
  const { kubeRequest } = request;
  const ask: Ask = {
    ...world,
    ...(kubeRequest === undefined ? {} : { kubeRequest, matrix: withRules(world) }),
    entryPoint: request.entryPoint,
    now,
    address: addressOf(request, world, source),
    session: sessionOf(options, request, world),
    host: hostAsked(request, world),
    target: route ?? request.review?.target,
    unrouted: route === undefined ? unrouted(request, world) : undefined,
  };
  return {
    decision: decide(ask),
    world,
    source,
    now,
    ...(route === undefined ? {} : { route }),
    ...(kubeRequest === undefined ? {} : { kubeRequest }),
  };
}

/** Without pods that are known, none of those that the policy names is trusted. */
function networkOf({ networkInForce }: DeciderOptions, { policy }: ReadWorld): Network | undefined {
  const network = policy?.spec.network;
  return networkInForce === undefined ? network : networkInForce(network);
}

function secretFits(
  { secretMatches }: DeciderOptions,
  proof: NonNullable<DecisionRequest['session']>,
  object: SupportSession,
): boolean {
  if (!('handle' in proof)) return secretMatches(proof, object);
  return proof.handle === object.spec.handle && proof.grant === object.spec.grantRef.name;
}

function sessionOf(
  options: DeciderOptions,
  { session: proof }: DecisionRequest,
  { session: object }: ReadWorld,
): Ask['session'] {
  if (proof === undefined || object === undefined) return undefined;
  return {
    object,
    sealValid: options.sealIsValid(object),
    secretMatches: secretFits(options, proof, object),
  };
}

function unread({ now }: DeciderOptions, request: DecisionRequest): Decided {
  const decision: Decision = { allow: false, reason: 'StateUnavailable', check: stateWasRead };
  return { decision, world: { locks: new Map() }, source: sourceOf(undefined, request.origin), now: now() };
}
