/**
 * Reads and writes AdmissionReviews (admission.k8s.io/v1). It judges nothing; a request that cannot be read is never
 * allowed.
 */

export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource?: ReviewedResource;
  readonly subResource?: string;
  /** As the request named it, where another version of it is reviewed. */
  readonly requestResource?: ReviewedResource;
  readonly requestSubResource?: string;
  readonly name?: string;
  readonly namespace?: string;
  /** Who asked the API server: the only identity that admission may trust. */
  readonly userInfo: {
    readonly username: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
  };
  readonly object?: ReviewedObject | null;
  readonly oldObject?: ReviewedObject | null;
  readonly dryRun?: boolean;
}

interface ReviewedResource {
  readonly group: string;
  readonly resource: string;
}

export interface ReviewedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
}

/** One cause of a refusal, as `kubectl` prints it: the field, and what is wrong with it and how to mend it. */
export interface Cause {
  readonly field: string;
  readonly message: string;
}

export interface AdmissionResponse {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: Readonly<Record<string, unknown>>;
}

const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The request in a body, or undefined when it is none that we can answer. */
export function readReview(body: string): AdmissionRequest | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed) || parsed.apiVersion !== 'admission.k8s.io/v1' || parsed.kind !== 'AdmissionReview')
    return undefined;

  const request = parsed.request;
  return isRecord(request) && hasShape(request) ? (request as unknown as AdmissionRequest) : undefined;
}

function hasShape(request: Record<string, unknown>): boolean {
  const { uid, operation, kind, userInfo, object, oldObject } = request;
  const named = typeof uid === 'string' && uid.length > 0 && operations.includes(String(operation));
  return (
    named &&
    isRecord(kind) &&
    typeof kind.kind === 'string' &&
    isUser(userInfo) &&
    [object, oldObject].every((one) => isObjectOrNone(one, operation !== 'CONNECT'))
  );
}

function isUser(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { username, uid = '', groups = [] } = value;
  return typeof username === 'string' && typeof uid === 'string' && isListOfTexts(groups ?? []);
}

const isListOfTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/** No API server stores anything nearly as deep; code that walks an object must not run out of stack. */
const deepest = 64;

/** A connection has its options for an object, and those have no metadata. */
function isObjectOrNone(value: unknown, hasMetadata: boolean): boolean {
  if (value === undefined || value === null) return true;
  if (!isRecord(value) || isDeeperThan(value, deepest)) return false;
  return isRecord(value.metadata) || (!hasMetadata && value.metadata === undefined);
}

/** Level by level and without recursion. */
function isDeeperThan(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** Yes, with warnings that `kubectl` shows (each at most 256 characters, as the API server asks). */
export function allowed(uid: string, warnings: readonly string[] = []): AdmissionResponse {
  const shown = warnings.map((text) => (text.length > 256 ? `${text.slice(0, 255)}…` : text));
  return answer({ uid, allowed: true, ...(shown.length > 0 ? { warnings: shown } : {}) });
}

export interface Refusal {
  readonly message: string;
  /** What was refused, as `kubectl` names it before the causes. */
  readonly subject: { readonly group: string; readonly kind: string; readonly name: string };
  readonly causes: readonly Cause[];
}

/** No, with every cause at once, so that one apply shows one complete list. */
export function refused(uid: string, { message, subject, causes }: Refusal): AdmissionResponse {
  const listed = causes.map((cause) => ({ reason: 'FieldValueInvalid', ...cause }));
  return answer({
    uid,
    allowed: false,
    status: { code: 422, reason: 'Invalid', message, details: { ...subject, causes: listed } },
  });
}

/** No, with all that may be told. */
export function forbidden(uid: string, message: string): AdmissionResponse {
  return answer({ uid, allowed: false, status: { code: 403, reason: 'Forbidden', message } });
}

/** Yes, with a JSON patch. */
export function patched(uid: string, patch: readonly object[]): AdmissionResponse {
  const encoded = Buffer.from(JSON.stringify(patch), 'utf8').toString('base64');
  return answer({ uid, allowed: true, patchType: 'JSONPatch', patch: encoded });
}

/** Not now: something that is needed cannot be had. The caller may try again. */
export function unavailable(uid: string, message: string): AdmissionResponse {
  return answer({ uid, allowed: false, status: { code: 503, reason: 'ServiceUnavailable', message } });
}

const answer = (response: AdmissionResponse['response']): AdmissionResponse => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response,
});
