/**
 * Carries out a plan on the API server. Each call has the UID or resourceVersion that the plan saw, so that a stale plan
 * meets a conflict. Decides nothing: what is not in the plan is not touched.
 */

import { isConflict, isNotFound, KubeError } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { RoleBindings } from '../../kube/resources.ts';
import type { ConditionReason } from '../reporting/conditions.ts';
import { type Calls, fieldManager } from './calls.ts';
import { issueCredential, revokeCredential } from './credentials.ts';
import type { Removal, Revocation, Write } from './diff.ts';

export interface PlanWriter {
  remove(objects: readonly (Removal | Revocation)[]): Promise<void>;
  apply(writes: readonly Write[]): Promise<ConditionReason | undefined>;
}

/** The writes of one reconcile; the signal gives up what is under way when the same key must be closed. */
export function createPlanWriter(calls: Calls): PlanWriter {
  return {
    remove: (objects) => removeAll(objects, calls),
    apply: (writes) => applyAll(writes, calls),
  };
}

/** One that cannot be removed must not keep the others: all are tried, then the first failure is thrown. */
async function removeAll(objects: readonly (Removal | Revocation)[], calls: Calls): Promise<void> {
  const failures: unknown[] = [];
  for (const object of objects) {
    try {
      if ('ownerUid' in object) await revokeCredential(object, calls);
      else await removeObject(object, calls);
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function removeObject({ resource, namespace, name, uid, strip }: Removal, calls: Calls): Promise<void> {
  const { client, signal } = calls;
  const ref = { namespace, name };
  try {
    if (strip) {
      // A foreign finalizer keeps the object, and RBAC honours a binding until it is really gone.
      const rights = resource === RoleBindings ? { subjects: null } : {};
      const patch = { metadata: { uid, finalizers: null }, ...rights };
      await client.mergePatch(resource, ref, { patch, fieldManager, signal });
    }
    await client.delete(resource, ref, { uid, signal });
  } catch (error) {
    // Gone already, or another object has the name by now: either way this one does not exist any more.
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

/** In order; stops at the first refusal that a retry cannot change, which is then for people to see. */
async function applyAll(writes: readonly Write[], calls: Calls): Promise<ConditionReason | undefined> {
  const made = new Map<string, string>();
  for (const write of writes) {
    try {
      const refused = await applyOne(write, made, calls);
      if (refused !== undefined) return refused;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { reason: 'ApplyFailed', message: `${describe(write)}: ${error.message}`.slice(0, 1000) };
    }
  }
  return undefined;
}

/** Forbidden or invalid: the API server will say the same again until rights or objects change. */
function isRefusal(error: unknown): error is KubeError {
  return error instanceof KubeError && (error.status === 403 || error.status === 422);
}

function describe(write: Write): string {
  if (write.act === 'remove') return `${write.removal.resource.kind} ${write.removal.name}`;
  const { kind, metadata } = write.wanted.object;
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

async function applyOne(
  write: Write,
  made: Map<string, string>,
  calls: Calls,
): Promise<ConditionReason | undefined> {
  if (write.act === 'remove') {
    await removeObject(write.removal, calls);
    return undefined;
  }
  if (write.act === 'issue') {
    const { name } = write.wanted.object.metadata;
    const accountUid = write.accountUid ?? made.get(name);
    if (accountUid === undefined) throw new Error(`the ServiceAccount ${name} has not been seen yet`);
    await issueCredential({ ...write, accountUid }, calls);
    return undefined;
  }
  const object = await writeObject(write, calls);
  if (write.wanted.output === 'account') made.set(object.metadata.name, object.metadata.uid);
  return undefined;
}

async function writeObject(
  write: Extract<Write, { act: 'create' | 'replace' }>,
  { client, signal }: Calls,
): Promise<KubeObject> {
  const { resource, object } = write.wanted;
  if (write.act === 'create') return client.create(resource, object, { fieldManager, signal });
  const { uid, resourceVersion, keep } = write;
  const annotations = { ...keep, ...object.metadata.annotations };
  const metadata = { ...object.metadata, annotations, uid, resourceVersion };
  return client.update(resource, { ...object, metadata }, { fieldManager, signal });
}
