/**
 * The write that makes an owned object as it should be: compares a wanted object with the one that is there; pure.
 * Objects are made and replaced whole, with UID and resourceVersion as preconditions, so that two operators or an
 * editor in between end in a conflict and a new look, never in a mixture (T-O5).
 */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectMeta } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import type { Wanted, WantedObject } from '../outputs/output.ts';

/** One object to be taken away: exactly this one, by UID. */
export interface Removal {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** It has finalizers, which would keep it, and the rights that it gives, after the deletion (T-O14). */
  readonly strip: boolean;
}

/** One Secret to be taken away, which the operator cannot see. Its name says for which account it was made. */
export interface Revocation {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  /** UID of the account that owns the Secret. */
  readonly ownerUid: string;
}

export type Write =
  | { readonly act: 'create'; readonly wanted: Wanted }
  | {
      readonly act: 'replace';
      readonly wanted: Wanted;
      readonly uid: string;
      readonly resourceVersion: string;
      /** Annotations of ours that the wanted object does not mention and that must stay. */
      readonly keep: Readonly<Record<string, string>>;
    }
  | {
      readonly act: 'issue';
      readonly wanted: Wanted;
      /** Undefined when the account is made by the same plan. */
      readonly accountUid: string | undefined;
    }
  | { readonly act: 'remove'; readonly removal: Removal };

/** What is compared in another way, or says nothing about what was wanted. */
const notCompared = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** The write that one wanted object needs, or undefined when it is as it should be. */
export function writeFor(wanted: Wanted, seen: KubeObject | undefined): Write | undefined {
  if (seen === undefined || seen.metadata.deletionTimestamp !== undefined) return { act: 'create', wanted };
  if (isAsWanted(wanted.object, seen)) return undefined;
  const { uid, resourceVersion } = seen.metadata;
  return { act: 'replace', wanted, uid, resourceVersion, keep: ownAnnotations(seen.metadata) };
}

/**
 * Whether the object is as it should be: each field that was wanted is exactly so, and in the metadata our labels and
 * annotations are, owners are exactly ours, and nothing holds up a deletion. Labels, annotations and fields of others are left
 * alone: platforms add them to every object at every write, as pull secrets to accounts, and two would write in turns forever.
 * What a binding or a NetworkPolicy allows stands in fields that are wanted whole.
 */
export function isAsWanted(wanted: WantedObject, seen: KubeObject): boolean {
  const { metadata } = seen;
  return (
    holds(metadata.labels, wanted.metadata.labels) &&
    holds(metadata.annotations, wanted.metadata.annotations) &&
    isDeepStrictEqual(metadata.ownerReferences ?? [], wanted.metadata.ownerReferences ?? []) &&
    (metadata.finalizers ?? []).length === 0 &&
    compared(wanted).every(([key, value]) => isDeepStrictEqual(Reflect.get(seen, key), value))
  );
}

/** The removal of an object that is there. */
export function removalOf(resource: Resource, { metadata }: KubeObject): Removal {
  return {
    resource,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    strip: (metadata.finalizers ?? []).length > 0,
  };
}

function holds(
  seen: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>> | undefined,
): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => seen?.[key] === value);
}

function compared(wanted: WantedObject): [string, unknown][] {
  return Object.entries(wanted).filter(([key]) => !notCompared.has(key));
}

function ownAnnotations(metadata: ObjectMeta): Record<string, string> {
  const ours = Object.entries(metadata.annotations ?? {}).filter(([key]) =>
    key.startsWith('supportaccess.dev/'),
  );
  return Object.fromEntries(ours);
}
