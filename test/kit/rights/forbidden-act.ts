/** The form of one forbidden act: what a process that was taken over would try, what it would gain, and what stops it. */
import type { programs } from '../../../crds/names.ts';
import { jsonPatch, mergePatch } from '../control-plane/caller.ts';
import { secretsIn } from './scene.ts';

/** Who has an account of the chart: the three programs, and the pod of `helm test`. */
export type AccountName = keyof typeof programs | 'test';

/** RBAC, or the ValidatingAdmissionPolicy of this name. */
export type Barrier = 'RBAC' | `support-access-${string}`;

export interface ForbiddenAct {
  /** The end of "must not be able to …". */
  readonly act: string;
  /** The end of "it would …". */
  readonly gain: string;
  readonly stoppedBy: Barrier;
  readonly request: ActRequest;
}

export interface ActRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body is laid over the object as it is, for who may update and not patch. */
  readonly overPresent?: true;
}

/** A merge patch. */
export const patching = (path: string, body: object): ActRequest => ({
  method: 'PATCH',
  path,
  body,
  contentType: mergePatch,
});

/** An update of the whole object with these changes. */
export const updating = (path: string, body: object): ActRequest => ({
  method: 'PUT',
  path,
  body,
  overPresent: true,
});

/** A JSON patch of one operation. */
export const editing = (path: string, operation: object): ActRequest => ({
  method: 'PATCH',
  path,
  body: [operation],
  contentType: jsonPatch,
});

export const posting = (path: string, body: object): ActRequest => ({ method: 'POST', path, body });

export const reading = (path: string): ActRequest => ({ method: 'GET', path });

export const deleting = (path: string, options?: object): ActRequest => ({
  method: 'DELETE',
  path,
  ...(options && { body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options } }),
});

/** Such a DELETE answers with the object and deletes nothing: dependents are waited for, and it is a dry run. */
export const answering = { dryRun: ['All'], propagationPolicy: 'Foreground' } as const;

/** To read a Secret by the answer to its deletion. */
export const readByDeleting = (namespace: string, stoppedBy: Barrier): ForbiddenAct => ({
  act: `read a Secret of others in \`${namespace}\` back through the dry run of a delete that waits for dependents`,
  gain: 'learn what it holds',
  stoppedBy,
  request: deleting(`${secretsIn(namespace)}/canary`, answering),
});
