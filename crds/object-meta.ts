/** The metadata of an object as the API server's JSON carries it (times are strings), and what follows from it alone. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  /** Counts changes of the spec; absent only on kinds without one. */
  generation?: number;
  /** RFC 3339, whole seconds, UTC. */
  creationTimestamp: string;
  /** RFC 3339; present from the moment deletion was asked for. */
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
}

/** Whose deletion takes the object along. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** An object, unless it is being deleted: from that moment it counts as gone. */
export function present<Kind extends { readonly metadata: { readonly deletionTimestamp?: string } }>(
  object: Kind | undefined,
): Kind | undefined {
  return object === undefined || object.metadata.deletionTimestamp !== undefined ? undefined : object;
}
