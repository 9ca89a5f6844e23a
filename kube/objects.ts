/**
 * What every object of the Kubernetes API has in common, as raw JSON: all timestamps are strings. Knows no particular kind.
 */

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** Where one object is. The namespace is left out for cluster-wide kinds. */
export interface ObjectRef {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Where one object of a namespace is. */
export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/** What the client itself reads in an object that is written. `apiVersion` and `kind` come from the resource. */
export interface Naming {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string | undefined;
    readonly resourceVersion?: string | undefined;
  };
}

/** An object to be written, typed or a plain literal; what the server fills in may be missing. */
export type WrittenObject = Naming | Readonly<Record<string, unknown>>;

/** The API server's `Status`: the body of an error response, and the object of an ERROR watch event. */
export interface Status {
  readonly kind: 'Status';
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: StatusDetails;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly retryAfterSeconds?: number;
  readonly causes?: readonly {
    readonly reason?: string;
    readonly message?: string;
    readonly field?: string;
  }[];
}

/** Whether a parsed body is the server's `Status`. */
export function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Status';
}

/** Epoch milliseconds as MicroTime, the form in Leases and Events: RFC 3339 with exactly six digits, else a 400. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}

/** A version of an object as a number, which grows with each write (KEP-5504); undefined where it is none. */
export function numberOf(version: string | undefined): bigint | undefined {
  return version !== undefined && /^\d+$/.test(version) ? BigInt(version) : undefined;
}

/** Whether a version is before the other. Of what is no number that cannot be told. */
export function isEarlierVersion(version: string, other: string): boolean {
  const [one, two] = [numberOf(version), numberOf(other)];
  return one !== undefined && two !== undefined && one < two;
}
