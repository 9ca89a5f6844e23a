/** Asks for the rules, made of what the caller may read. A check that looks at what was not read has no answer, never a yes. */
import type { Address } from '../../crds/rules/address/address.ts';
import { allowlistOf } from '../../crds/rules/address/allowlist.ts';
import type { Ask, EntryPoint } from '../../crds/rules/ask.ts';
import { installationOf } from '../../crds/rules/installation.ts';
import type { LockReading } from '../../crds/rules/locks.ts';
import { type MatrixInForce, matrixInForce, type Target } from '../../crds/rules/matrix/matrix.ts';
import { hostIsOurs, servedUnder } from '../../crds/rules/request/hosts.ts';
import { meaningOf, type RequestRead, whyNoMeaning } from '../../crds/rules/request/meaning.ts';
import { compileRoutes } from '../../crds/rules/request/routes.ts';
import { freshSession } from './fresh-session.ts';
import { certain } from './seen.ts';
import type { SeenPerson, SeenWorld } from './world.ts';

/** A request to the application: as it would be sent, or what it would mean. */
export type RequestAsked =
  | ({
      readonly host?: string;
    } & RequestRead)
  | { readonly target: Target };

/** Who asks for what, from where. */
export interface AskedAccess {
  readonly person?: SeenPerson;
  readonly address?: Address | undefined;
  readonly request?: RequestAsked;
  /** Epoch milliseconds. */
  readonly now: number;
}

type Parts = { readonly [Part in keyof Ask]-?: () => Ask[Part] };

/** The ask of an entry point. Each part is looked up when a check looks at it, and throws `NotSeen` where it was not read. */
export function askBy(world: SeenWorld, entryPoint: EntryPoint, question: AskedAccess): Ask {
  const { grant, application, backend } = world;
  const { person, request, now } = question;
  const matrix = once(() => matrixOf(world));
  const parts: Parts = {
    entryPoint: () => entryPoint,
    now: () => now,
    grant: () => grant,
    locks: () => lockReading(world),
    installation: () => installationOf(certain(world.installation)),
    policy: () => certain(world.policy),
    user: () => person && certain(person.user),
    people: () => world.people.map(({ user }) => certain(user)).filter((user) => user !== undefined),
    application: () => application && certain(application),
    backend: () => backend && backendOf(backend, entryPoint),
    matrix,
    address: () => addressKnown(world, question.address),
    session: () => (isSignedIn(entryPoint) ? sessionOf(world, question) : undefined),
    host: () => request && hostOf(world, request),
    target: () => request && targetOf(world, request),
    // what a token is used for at the API server is not asked about here
    write: () => undefined,
    kubeRequest: () => undefined,
    unrouted: () => request && unrouted(world, request),
  };
  return lazily(parts);
}

function lazily(parts: Parts): Ask {
  const properties = Object.entries(parts).map(([name, get]) => [name, { get, enumerable: true }]);
  return Object.defineProperties({}, Object.fromEntries(properties) as PropertyDescriptorMap) as Ask;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const isSignedIn = (entryPoint: EntryPoint): boolean =>
  ['session', 'application', 'kube-api'].includes(entryPoint);

function matrixOf({ matrix }: SeenWorld): MatrixInForce | undefined {
  const object = certain(matrix);
  return object && matrixInForce(object);
}

/** A lock that was not read is left out: the rules take that for unreadable. */
function lockReading({ locks }: SeenWorld): LockReading {
  const read = [...locks].filter(([, { lacks }]) => lacks === undefined);
  return new Map(read.map(([name, { object }]) => [name, object === undefined ? 'absent' : 'present']));
}

function backendOf(
  { reading, strays }: NonNullable<SeenWorld['backend']>,
  entryPoint: EntryPoint,
): Ask['backend'] {
  const read = certain(reading);
  return read && entryPoint === 'application' ? { ...read, strays: certain(strays) ?? [] } : read;
}

/** Behind a proxy, what comes from a trusted hop itself has no address that a gateway would believe. */
function addressKnown({ policy }: SeenWorld, address: Address | undefined): Address | undefined {
  const network = certain(policy)?.spec.network;
  if (address === undefined || network?.exposure !== 'BehindProxy') return address;
  return allowlistOf(network.trustedHops ?? []).contains(address) ? undefined : address;
}

function sessionOf({ grant, policy }: SeenWorld, { person, address, now }: AskedAccess): Ask['session'] {
  const user = person && certain(person.user);
  if (user === undefined || address === undefined) return undefined;
  const object = freshSession({ grant, user, policy: certain(policy) }, { address, now });
  return { object, sealValid: true, secretMatches: true };
}

/** Whose the host is, as the gateway would serve it. What is only asked by its meaning is sent to the application's own. */
function hostOf(world: SeenWorld, request: RequestAsked): Ask['host'] {
  const own = world.application && certain(world.application);
  if (own === undefined) return undefined;
  const host = ('path' in request ? request.host : undefined) ?? own.spec.host;
  if (!isOurs(world, host)) return undefined;
  const application = keeperIn(world, host) ?? (host === own.spec.host ? undefined : noneThere);
  return application && { host, application };
}

function isOurs({ policy }: SeenWorld, host: string): boolean {
  const gateway = certain(policy)?.spec.gateway;
  return gateway !== undefined && hostIsOurs(host, gateway);
}

function keeperIn(
  { applications }: SeenWorld,
  host: string,
): NonNullable<Ask['host']>['application'] | undefined {
  const keeper = servedUnder(host, certain(applications) ?? []);
  return keeper && { namespace: keeper.metadata.namespace ?? '', name: keeper.metadata.name };
}

/** Under a host that no application has nothing is served. */
const noneThere = { namespace: '', name: '' };

function targetOf({ application }: SeenWorld, request: RequestAsked): Ask['target'] {
  if ('target' in request) return request.target;
  const own = application && certain(application);
  return own && meaningOf(compileRoutes(own.spec.routes), request, own.spec.pathForms ?? []);
}

function unrouted({ application }: SeenWorld, request: RequestAsked): string | undefined {
  if ('target' in request) return undefined;
  const own = application && certain(application);
  return own && whyNoMeaning(compileRoutes(own.spec.routes), request, own.spec.pathForms ?? []);
}
