/** What every built object has in common: metadata that an API server could have given, and modifiers of it. */
import { createHash } from 'node:crypto';
import type { ObjectMeta } from '../../../crds/object-meta.ts';

/** Turns an object into a slightly different one; never alters what it was given. */
export type Modifier<Kind> = (object: Kind) => Kind;

type AnyObject = { metadata: ObjectMeta };

/** Applies modifiers in order. */
export function modified<Kind>(object: Kind, modifiers: readonly Modifier<Kind>[]): Kind {
  return modifiers.reduce((before, modify) => modify(before), object);
}

/** Metadata whose UID follows from kind, namespace and name, so that tests can name it without asking. */
export function metadataOf(kind: string, name: string, namespace?: string): ObjectMeta {
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    uid: uidOf(kind, name, namespace),
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-12-01T07:00:00Z',
  };
}

/** The UID that a built object of this name has. */
export function uidOf(kind: string, name: string, namespace = ''): string {
  const hex = createHash('sha256').update(`${kind}/${namespace}/${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Another object of the same name: deleted and made again. */
export function recreated<Kind extends AnyObject>(): Modifier<Kind> {
  return withMetadata({ uid: 'ffffffff-ffff-4fff-afff-ffffffffffff' });
}

export function named<Kind extends AnyObject>(name: string): Modifier<Kind> {
  return withMetadata({ name });
}

export function inNamespace<Kind extends AnyObject>(namespace: string): Modifier<Kind> {
  return withMetadata({ namespace });
}

export function createdAt<Kind extends AnyObject>(creationTimestamp: string): Modifier<Kind> {
  return withMetadata({ creationTimestamp });
}

export function beingDeleted<Kind extends AnyObject>(): Modifier<Kind> {
  return withMetadata({ deletionTimestamp: '2026-12-01T11:59:59Z' });
}

export function withMetadata<Kind extends AnyObject>(change: Partial<ObjectMeta>): Modifier<Kind> {
  return (object) => ({ ...object, metadata: { ...object.metadata, ...change } });
}

/** Replaces fields of the spec. */
export function withSpec<Kind extends { spec: object }>(change: Partial<Kind['spec']>): Modifier<Kind> {
  return (object) => ({ ...object, spec: { ...object.spec, ...change } });
}

/** Removes a field of the spec. */
export function withoutSpec<Kind extends { spec: object }>(field: keyof Kind['spec']): Modifier<Kind> {
  return (object) => {
    const { [field]: _gone, ...rest } = object.spec as Kind['spec'];
    return { ...object, spec: rest };
  };
}
