/**
 * By which objects was something opened? A record cites them: UID, generation, and a hash of what they said. The records have
 * seen each of them before or after, so that a world that was restored from a backup is known by what it cites.
 */
import { canonicalize, recordHash } from './canonical.ts';

/** The kinds by which access opens or stays closed. */
export const citedKinds = [
  'SupportAccessGrant',
  'SupportAccessPolicy',
  'SupportUser',
  'SupportSession',
  'SupportPermissionMatrix',
  'SupportApplication',
] as const;
export type CitedKind = (typeof citedKinds)[number];

/** One object in one state. */
export interface Citation {
  readonly kind: CitedKind;
  readonly uid: string;
  readonly name: string;
  readonly namespace?: string;
  readonly generation: number;
  /** Of what it said; sessions and matrices never change and have none. */
  readonly hash?: string;
  /** It is there no more. */
  readonly gone?: true;
}

/**
 * What is compared within one generation. The API server gives a spec a default for a field that a newer release adds, and
 * that is no other state: only these fields count, and a default in one of them needs another prefix of the hash.
 */
export const comparedFields: Readonly<Partial<Record<CitedKind, readonly string[]>>> = {
  SupportAccessGrant: [
    'access',
    'allowedCIDRs',
    'applicationRef',
    'consent',
    'expirationTime',
    'matrixRef',
    'requiredSupportRoles',
    'startTime',
    'userRefs',
  ],
  SupportAccessPolicy: ['access', 'allowedCIDRs'],
  SupportUser: ['access', 'nameID', 'supportRoles'],
  SupportApplication: ['allowedOrigins', 'callers', 'host', 'routes', 'serviceRef', 'tls'],
};
/** A letter for each set of defaults in these fields, as long as no other hash begins so. */
const fieldsVersion = 'a';

interface CitedObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly uid: string;
    readonly generation?: number | undefined;
  };
  readonly spec?: unknown;
}

const hashes = new WeakMap<object, string>();

/** The citation of an object as it was read; undefined for one of a kind that is not cited. */
export function citationOf(object: CitedObject, gone = false): Citation | undefined {
  const { kind, metadata } = object;
  if (!isCitedKind(kind)) return undefined;
  const { name, namespace, uid, generation = 0 } = metadata;
  const hash = hashOf(kind, object);
  return {
    kind,
    uid,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    generation,
    ...(hash === undefined ? {} : { hash }),
    ...(gone ? { gone: true } : {}),
  };
}

/** Those of the objects that are there. */
export function citationsOf(objects: readonly (CitedObject | undefined)[]): Citation[] {
  return objects.flatMap((object) => (object && citationOf(object)) ?? []);
}

/** Whether objects of this kind are cited. */
export function isCitedKind(kind: string): kind is CitedKind {
  return (citedKinds as readonly string[]).includes(kind);
}

/** Objects that were read are never changed, so the hash is made once for each. */
function hashOf(kind: CitedKind, object: CitedObject): string | undefined {
  const fields = comparedFields[kind];
  const { spec } = object;
  if (fields === undefined || typeof spec !== 'object' || spec === null) return undefined;
  const known = hashes.get(spec);
  if (known !== undefined) return known;
  const compared = Object.entries(spec).filter(([field]) => fields.includes(field));
  const hash = fieldsVersion + recordHash(canonicalize(Object.fromEntries(compared))).slice(0, 31);
  hashes.set(spec, hash);
  return hash;
}
