/**
 * Which objects does a decision need, and what do they say now? All of them are read after the question arrived, side by
 * side as far as their names are known from last time; names that turn out to be others are read then. It judges nothing.
 */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { kinds, type Resource } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import { nameIDMatches } from '../../../crds/rules/identity.ts';
import { type LockReading, lockNamesFor, lockOnAll, lockOnNamespace } from '../../../crds/rules/locks.ts';
import { matrixInForce } from '../../../crds/rules/matrix/matrix.ts';
import { compileRoutes, type RouteTable } from '../../../crds/rules/request/routes.ts';
import type { KubeObject, ObjectRef } from '../../../kube/objects.ts';
import type { DecisionRequest, ReadMatrix, World } from './decision.ts';
import type { FreshReader } from './fresh-reader.ts';

/** The world, and the compiled routes of its application. */
export interface ReadWorld extends World {
  readonly routes?: RouteTable;
}

/** What was true the last time, used only to begin reads early; nothing is decided by it. */
interface Hint {
  readonly grantUid: string;
  readonly userUid?: string;
  readonly user?: string;
  readonly application?: string;
  readonly matrix: string;
}

const hintLimit = 5000;

export class WorldReader {
  readonly #reader: FreshReader;
  readonly #hints = new Map<string, Hint>();

  constructor(reader: FreshReader) {
    this.#reader = reader;
  }

  /** Rejects when anything could not be read: a world with holes would be taken for one without locks. */
  async read(request: DecisionRequest): Promise<ReadWorld> {
    const asking = new Asking(this.#reader, request.grant.namespace);
    const key = hintKey(request);
    const hint = this.#hints.get(key);
    if (hint !== undefined) asking.beginAll(hint);
    const world = await readWorld(asking, request);
    this.#remember(key, world);
    return world;
  }

  #remember(key: string, { grant, session, user, application }: World): void {
    this.#hints.delete(key);
    if (grant === undefined) return;
    const userUid = session?.spec.userRef.uid ?? user?.metadata.uid;
    this.#hints.set(key, {
      grantUid: grant.metadata.uid,
      matrix: grant.spec.matrixRef.name,
      ...(userUid === undefined ? {} : { userUid }),
      ...(user === undefined ? {} : { user: user.metadata.name }),
      ...(application === undefined ? {} : { application: application.metadata.name }),
    });
    const oldest = this.#hints.keys().next().value;
    if (this.#hints.size > hintLimit && oldest !== undefined) this.#hints.delete(oldest);
  }
}

function hintKey({ grant, session, entryPoint }: DecisionRequest): string {
  return session === undefined
    ? `${entryPoint}/${grant.namespace}/${grant.name}`
    : `${session.session.namespace}/${session.session.name}`;
}

async function readWorld(asking: Asking, request: DecisionRequest): Promise<ReadWorld> {
  const { namespace, name } = request.grant;
  // Everything whose name is known is begun before anything is waited for.
  const policyRead = asking.object<SupportAccessPolicy>(kinds.SupportAccessPolicy, { name: policyName });
  const grantRead = asking.object<SupportAccessGrant>(kinds.SupportAccessGrant, { namespace, name });
  const sessionRead = asking.session(request);
  asking.begin([lockOnAll, lockOnNamespace(namespace)]);
  const [grant, session] = await Promise.all([grantRead, sessionRead]);
  const [policy, application, matrix, user] = await Promise.all([
    policyRead,
    asking.applicationOf(grant),
    asking.matrixOf(grant),
    asking.userOf({ request, grant, session }),
  ]);
  return {
    locks: await asking.locksOf({ grant, session, user }),
    ...(policy === undefined ? {} : { policy }),
    ...(grant === undefined ? {} : { grant }),
    ...(session === undefined ? {} : { session }),
    ...(user === undefined ? {} : { user }),
    ...(application === undefined ? {} : application),
    ...(matrix === undefined ? {} : { matrix }),
  };
}

interface Persons {
  readonly grant: SupportAccessGrant | undefined;
  readonly session: SupportSession | undefined;
}

/** The reads of one decision: each object once, begun when it is first named. */
class Asking {
  readonly #reader: FreshReader;
  readonly #namespace: string;
  readonly #begun = new Map<string, Promise<unknown>>();

  constructor(reader: FreshReader, namespace: string) {
    this.#reader = reader;
    this.#namespace = namespace;
  }

  beginAll({ grantUid, userUid, user, application, matrix }: Hint): void {
    const namespace = this.#namespace;
    this.begin(lockNamesFor({ namespace, grantUid, userUid }));
    if (user !== undefined) void this.#user(user);
    if (application !== undefined) void this.#application(application);
    void this.#matrix(matrix);
  }

  /** Begins to read these locks; whoever needs one asks again by its name. */
  begin(locks: readonly string[]): void {
    for (const name of locks) void this.lock(name);
  }

  object<T extends KubeObject>(resource: Resource, ref: ObjectRef): Promise<T | undefined> {
    return this.#once(`${resource.plural}/${ref.namespace ?? ''}/${ref.name}`, () =>
      this.#reader.object<T>(resource, ref),
    );
  }

  lock(name: string): Promise<'absent' | 'present'> {
    return this.#once(`lock/${name}`, () => this.#reader.lock(name));
  }

  async session({ session }: DecisionRequest): Promise<SupportSession | undefined> {
    if (session === undefined) return undefined;
    return this.object<SupportSession>(kinds.SupportSession, session.session);
  }

  async applicationOf(grant: SupportAccessGrant | undefined) {
    const name = grant?.spec.applicationRef?.name;
    return name === undefined ? undefined : this.#application(name);
  }

  async matrixOf(grant: SupportAccessGrant | undefined): Promise<ReadMatrix | undefined> {
    return grant === undefined ? undefined : this.#matrix(grant.spec.matrixRef.name);
  }

  /** The session's user; of a sign-in, the one of the grant's users whose NameID it is. */
  async userOf({ request, grant, session }: Persons & { request: DecisionRequest }) {
    if (session !== undefined) return this.#user(session.spec.userRef.name);
    const { nameID } = request;
    if (nameID === undefined) return undefined;
    const named = await Promise.all((grant?.spec.userRefs ?? []).map(({ name }) => this.#user(name)));
    const matching = named.filter((user) => user !== undefined && nameIDMatches(user, nameID));
    // Two people under one NameID: it is not known which of them signed in.
    return matching.length === 1 ? matching[0] : undefined;
  }

  async locksOf({ grant, session, user }: Persons & { user: SupportUser | undefined }): Promise<LockReading> {
    const read = new Map<string, 'absent' | 'present'>();
    if (grant === undefined) return read;
    const userUid = session?.spec.userRef.uid ?? user?.metadata.uid;
    const names = lockNamesFor({ namespace: this.#namespace, grantUid: grant.metadata.uid, userUid });
    await Promise.all(names.map(async (name) => read.set(name, await this.lock(name))));
    return read;
  }

  #user(name: string): Promise<SupportUser | undefined> {
    return this.object<SupportUser>(kinds.SupportUser, { name });
  }

  #application(name: string) {
    return this.#once(`application/${name}`, () =>
      this.#reader.compiled(
        kinds.SupportApplication,
        { namespace: this.#namespace, name },
        compiledApplication,
      ),
    );
  }

  #matrix(name: string): Promise<ReadMatrix | undefined> {
    return this.#once(`matrix/${name}`, () =>
      this.#reader.compiled(kinds.SupportPermissionMatrix, { name }, compiledMatrix),
    );
  }

  #once<T>(key: string, begin: () => Promise<T>): Promise<T> {
    const known = this.#begun.get(key);
    if (known !== undefined) return known as Promise<T>;
    const begun = begin();
    // A read that was begun by a hint and is not needed after all must not end the process when it fails.
    begun.catch(() => undefined);
    this.#begun.set(key, begun);
    return begun;
  }
}

function compiledApplication(object: KubeObject) {
  const application = object as SupportApplication;
  return { application, routes: compileRoutes(application.spec.routes) };
}

function compiledMatrix(object: KubeObject): ReadMatrix {
  const matrix = object as SupportPermissionMatrix;
  return { ...matrixInForce(matrix), spec: matrix.spec };
}
