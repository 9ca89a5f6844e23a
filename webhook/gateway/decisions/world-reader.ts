/**
 * Which objects does a decision need, and what do they say now? All of them are read after the request arrived, side by
 * side as far as their names are known from last time; names that turn out to be others are read then. It judges nothing.
 */
import { LRUCache } from 'lru-cache';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import type { InstallationId } from '../../../crds/rules/installation.ts';
import { lockOnAll, lockOnNamespace } from '../../../crds/rules/locks.ts';
import type { ServiceObject } from '../../../crds/rules/request/service.ts';
import { systemClock } from '../../../kube/clock.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import { BackendPods, type FollowedSlice } from './backend-pods.ts';
import type { DecisionRequest, ReadWorld } from './decision.ts';
import type { FreshReader } from './fresh-reader.ts';
import { type Hint, ObjectReads } from './object-reads.ts';
import { ReadingRound } from './reading-round.ts';

/** The reads of one sign-in. Each object is read once, whichever step asks for it. Each step rejects when it cannot read. */
export interface SignInReads {
  policy(): Promise<SupportAccessPolicy | undefined>;
  /** The users whom the grant names and who exist. */
  people(): Promise<readonly SupportUser[]>;
  /** The whole world, with this person as its user. */
  worldOf(user: SupportUser): Promise<ReadWorld>;
}

/** The names of the EndpointSlices that were made by hand for a Service; undefined as long as it is not known. */
export type HandMadeSlices = (service: NamespacedName) => readonly string[] | undefined;

/** The other EndpointSlices of a Service; undefined as long as they are not known. */
export type ClaimedSlices = (service: NamespacedName) => readonly FollowedSlice[] | undefined;

/** What watches hold. It only refuses, so that it need not be as fresh as what is read. */
export interface WatchedParts {
  readonly handMadeSlices: HandMadeSlices;
  readonly claimedSlices: ClaimedSlices;
  readonly installation: () => InstallationId | undefined;
}

type WorldAsRead = ReadWorld & { readonly service?: ServiceObject | undefined };

const hintLimit = 5000;

export class WorldReader {
  readonly #reader: FreshReader;
  readonly #ofAnonymous: FreshReader;
  readonly #watched: WatchedParts;
  readonly #hints = new LRUCache<string, Hint>({ max: hintLimit });
  readonly #pods = new BackendPods(() => systemClock.monotonic());
  #round: ReadingRound | undefined;

  constructor(reader: FreshReader, watched: WatchedParts) {
    this.#reader = reader;
    this.#ofAnonymous = reader.unrepeated();
    this.#watched = watched;
  }

  /** Rejects when anything could not be read: a world with holes would be taken for one without locks. */
  read(request: DecisionRequest): Promise<ReadWorld> {
    const reader = request.entryPoint === 'anonymous' ? this.#ofAnonymous : this.#reader;
    return this.#read(request, new ObjectReads(reader, request.grant.namespace));
  }

  /** As `read`, from one reading for all that ask in this turn of the process. */
  readAgain(request: DecisionRequest): Promise<ReadWorld> {
    return this.#read(request, this.#roundOfThisTurn().readsOf(request.grant.namespace));
  }

  // It ends with the turn: who comes after that may come because of a change that these reads have not seen.
  #roundOfThisTurn(): ReadingRound {
    if (this.#round !== undefined) return this.#round;
    queueMicrotask(() => {
      this.#round = undefined;
    });
    this.#round = new ReadingRound(this.#reader.apart());
    return this.#round;
  }

  async #read(request: DecisionRequest, reads: ObjectReads): Promise<ReadWorld> {
    const { grant, session } = request;
    // Hints would make a grant that exists faster than one that does not.
    if (request.entryPoint === 'anonymous')
      return this.#withWatched(await readWorld(reads, { grant, evenly: true }));
    const key = hintKey(request);
    const hint = this.#hints.get(key);
    if (hint !== undefined) reads.beginAll(hint);
    const read = await readWorld(
      reads,
      session === undefined ? { grant } : { grant, session: session.session },
    );
    const world = this.#withWatched(read);
    this.#remember(key, world);
    // Only a request to the application is followed by dialling.
    return request.entryPoint === 'application' ? this.#withStrays(world, reads) : world;
  }

  /** The world of one sign-in, read in the steps in which the sign-in needs it. */
  readSignIn(grant: NamespacedName): SignInReads {
    const reads = new ObjectReads(this.#reader, grant.namespace);
    return {
      policy: () => reads.policy(),
      people: async () => reads.peopleOf(await reads.grant(grant.name)),
      worldOf: async (user) => this.#withWatched(await readWorld(reads, { grant, user })),
    };
  }

  #withWatched({ service, ...read }: WorldAsRead): ReadWorld {
    const { application } = read;
    const world = { ...read, installation: this.#watched.installation() };
    if (application === undefined) return world;
    const { namespace = '' } = application.metadata;
    const handMadeSlices = this.#watched.handMadeSlices({
      namespace,
      name: application.spec.serviceRef.name,
    });
    return handMadeSlices === undefined ? world : { ...world, backend: { service, handMadeSlices } };
  }

  /** With what is said against the addresses that would be dialled; without a backend where they are not known. */
  async #withStrays(world: ReadWorld, reads: ObjectReads): Promise<ReadWorld> {
    const { backend, ...others } = world;
    const { application } = world;
    if (application === undefined || backend?.service === undefined) return world;
    const { service } = backend;
    const { namespace = '' } = application.metadata;
    const slices = this.#watched.claimedSlices({ namespace, name: service.metadata.name });
    if (slices === undefined) return others;
    const strays = await this.#pods.strays(slices, service, reads);
    return { ...world, backend: { ...backend, strays } };
  }

  #remember(key: string, { grant, session, user, application }: ReadWorld): void {
    this.#hints.delete(key);
    if (grant === undefined) return;
    const userUid = session?.spec.userRef.uid ?? user?.metadata.uid;
    this.#hints.set(key, {
      grantUid: grant.metadata.uid,
      matrix: grant.spec.matrixRef.name,
      ...(userUid === undefined ? {} : { userUid }),
      ...(user === undefined ? {} : { user: user.metadata.name }),
      ...(application === undefined
        ? {}
        : { application: application.metadata.name, service: application.spec.serviceRef.name }),
    });
  }
}

function hintKey({ grant, session, entryPoint }: DecisionRequest): string {
  return session === undefined
    ? `${entryPoint}/${grant.namespace}/${grant.name}`
    : `${session.session.namespace}/${session.session.name}`;
}

interface WantedWorld {
  readonly grant: NamespacedName;
  /** Whose user is then read too. */
  readonly session?: NamespacedName;
  /** The person who signs in, read before. */
  readonly user?: SupportUser;
  /** The same number of reads in the same order, whether there is such a grant or not. */
  readonly evenly?: true;
}

async function readWorld(reads: ObjectReads, wanted: WantedWorld): Promise<WorldAsRead> {
  // Everything whose name is known is begun before anything is waited for.
  const policyRead = reads.policy();
  const grantRead = reads.grant(wanted.grant.name);
  const sessionRead = reads.session(wanted.session);
  reads.begin([lockOnAll, lockOnNamespace(wanted.grant.namespace)]);
  const [grant, session] = await Promise.all([grantRead, sessionRead]);
  const [policy, application, matrix, user] = await Promise.all([
    policyRead,
    reads.applicationOf(grant),
    reads.matrixOf(grant),
    session === undefined ? wanted.user : reads.user(session.spec.userRef.name),
    grant === undefined && wanted.evenly ? reads.likeThoseOfAGrant() : undefined,
  ]);
  const locks = await reads.locksOf({ grant, session, user });
  return { locks, policy, grant, session, user, matrix, ...application };
}
