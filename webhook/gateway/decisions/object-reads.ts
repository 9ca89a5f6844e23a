/**
 * Reads the objects of one decision from the API server: each object once, begun when it is first named. A new instance
 * begins after the request arrived, so nothing that it returns is older than the request.
 */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { kinds } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import { type LockReading, lockNamesFor } from '../../../crds/rules/locks.ts';
import { matrixInForce } from '../../../crds/rules/matrix/matrix.ts';
import { compileRoutes } from '../../../crds/rules/request/routes.ts';
import type { ServiceObject } from '../../../crds/rules/request/service.ts';
import type { KubeObject, NamespacedName, ObjectRef } from '../../../kube/objects.ts';
import { type Resource, Services } from '../../../kube/resources.ts';
import type { ReadMatrix } from './decision.ts';
import type { FreshReader } from './fresh-reader.ts';

/** What was true the last time, used only to begin reads early; nothing is decided by it. */
export interface Hint {
  readonly grantUid: string;
  readonly userUid?: string;
  readonly user?: string;
  readonly application?: string;
  readonly service?: string;
  readonly matrix: string;
}

/** Names that nothing bears: what they stand for is read only for the time that it takes. */
const nameOfNone = 'support-access-none';
const uidOfNone = '00000000-0000-0000-0000-000000000000';

interface Persons {
  readonly grant: SupportAccessGrant | undefined;
  readonly session: SupportSession | undefined;
  readonly user: SupportUser | undefined;
}

/** What the reads of one decision have to do with those of others that are judged with it. */
export interface SharedBegun {
  /** What was begun already, also for other namespaces. */
  readonly begun: Map<string, Promise<unknown>>;
  /** Reads one session of many. */
  readonly session: (ref: NamespacedName) => Promise<SupportSession | undefined>;
}

/** The reads of one decision: each object once, begun when it is first named. */
export class ObjectReads {
  readonly #reader: FreshReader;
  readonly #namespace: string;
  readonly #shared: SharedBegun;

  constructor(reader: FreshReader, namespace: string, shared?: SharedBegun) {
    this.#reader = reader;
    this.#namespace = namespace;
    this.#shared = shared ?? {
      begun: new Map(),
      session: (ref) => reader.object<SupportSession>(kinds.SupportSession, ref),
    };
  }

  beginAll({ grantUid, userUid, user, application, service, matrix }: Hint): void {
    const namespace = this.#namespace;
    this.begin(lockNamesFor({ namespace, grantUid, userUid }));
    if (user !== undefined) void this.user(user);
    if (application !== undefined) void this.#application(application);
    if (service !== undefined) void this.#service(service);
    void this.#matrix(matrix);
  }

  /** Begins to read these locks; `lock` and `locksOf` then wait for what was begun. */
  begin(locks: readonly string[]): void {
    for (const name of locks) void this.lock(name);
  }

  object<T extends KubeObject>(resource: Resource, ref: ObjectRef): Promise<T | undefined> {
    return this.#once(`${resource.plural}/${ref.namespace ?? ''}/${ref.name}`, () =>
      this.#reader.object<T>(resource, ref),
    );
  }

  policy(): Promise<SupportAccessPolicy | undefined> {
    return this.object<SupportAccessPolicy>(kinds.SupportAccessPolicy, { name: policyName });
  }

  grant(name: string): Promise<SupportAccessGrant | undefined> {
    return this.object<SupportAccessGrant>(kinds.SupportAccessGrant, { namespace: this.#namespace, name });
  }

  lock(name: string): Promise<'absent' | 'present'> {
    return this.#once(`lock/${name}`, () => this.#reader.lock(name));
  }

  async session(ref: NamespacedName | undefined): Promise<SupportSession | undefined> {
    if (ref === undefined) return undefined;
    return this.#once(`session/${ref.namespace}/${ref.name}`, () => this.#shared.session(ref));
  }

  /** The grant's application, its routes, and the Service that it names. */
  async applicationOf(grant: SupportAccessGrant | undefined) {
    const name = grant?.spec.applicationRef?.name;
    const read = name === undefined ? undefined : await this.#application(name);
    if (read === undefined) return undefined;
    return { ...read, service: await this.#service(read.application.spec.serviceRef.name) };
  }

  async matrixOf(grant: SupportAccessGrant | undefined): Promise<ReadMatrix | undefined> {
    return grant === undefined ? undefined : this.#matrix(grant.spec.matrixRef.name);
  }

  user(name: string): Promise<SupportUser | undefined> {
    return this.object<SupportUser>(kinds.SupportUser, { name });
  }

  /** The users whom the grant names and who exist. */
  async peopleOf(grant: SupportAccessGrant | undefined): Promise<readonly SupportUser[]> {
    const named = await Promise.all((grant?.spec.userRefs ?? []).map(({ name }) => this.user(name)));
    return named.filter((user) => user !== undefined);
  }

  async locksOf({ grant, session, user }: Persons): Promise<LockReading> {
    const read = new Map<string, 'absent' | 'present'>();
    if (grant === undefined) return read;
    const userUid = session?.spec.userRef.uid ?? user?.metadata.uid;
    const names = lockNamesFor({ namespace: this.#namespace, grantUid: grant.metadata.uid, userUid });
    await Promise.all(names.map(async (name) => read.set(name, await this.lock(name))));
    return read;
  }

  /**
   * The reads that a grant which exists would take, for none: else an anonymous client would tell by the time of the
   * response which grants there are.
   */
  async likeThoseOfAGrant(): Promise<void> {
    const application = async (): Promise<unknown> => [
      await this.#application(nameOfNone),
      await this.#service(nameOfNone),
    ];
    await Promise.all([application(), this.#matrix(nameOfNone)]);
    const locks = lockNamesFor({ namespace: this.#namespace, grantUid: uidOfNone, userUid: undefined });
    await Promise.all(locks.map((name) => this.lock(name)));
  }

  #service(name: string): Promise<(KubeObject & ServiceObject) | undefined> {
    return this.object<KubeObject & ServiceObject>(Services, { namespace: this.#namespace, name });
  }

  #application(name: string) {
    return this.#once(`application/${this.#namespace}/${name}`, () =>
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
    const known = this.#shared.begun.get(key);
    if (known !== undefined) return known as Promise<T>;
    const begun = begin();
    // A read that was begun by a hint and is not needed after all must not end the process when it fails.
    begun.catch(() => undefined);
    this.#shared.begun.set(key, begun);
    return begun;
  }
}

/** The application with its routes compiled. */
export function compiledApplication(object: KubeObject) {
  const application = object as SupportApplication;
  return { application, routes: compileRoutes(application.spec.routes) };
}

/** The matrix compiled, with what it says beside the rights. */
export function compiledMatrix(object: KubeObject): ReadMatrix {
  const matrix = object as SupportPermissionMatrix;
  const { kind, metadata, spec } = matrix;
  return { ...matrixInForce(matrix), kind, metadata, spec };
}
