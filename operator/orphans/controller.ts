/**
 * What is left behind, and what is missing unseen? Finds objects of ours whose grant is no more, and credentials whose
 * Secret somebody deleted, which no watch can tell because the operator may not read Secrets.
 */
import type { KubeObject } from '../../kube/objects.ts';
import { ServiceAccounts } from '../../kube/resources.ts';
import { credentialUidAnnotation, grantUidLabel, isManaged } from '../outputs/marks.ts';
import type { Controller, ControllerContext } from '../watching/controller.ts';
import { type Calls, fieldManager } from '../writes/calls.ts';
import { lookAtSecret } from '../writes/credentials.ts';

export const sweepEveryMs = 10 * 60_000;

/** `found` is told the UID of each grant that left something behind. */
export function createSweepController(
  around: ControllerContext,
  found: (grantUid: string) => void,
): Controller {
  const { client, caches, now } = around;
  return {
    name: 'sweep',
    async handle(_id, signal) {
      const calls = { client, now, signal };
      const owned: KubeObject[] = [...caches.accounts.list(), ...caches.bindings.list()];
      for (const uid of ownersOf(owned)) if (caches.grants.byIndex('uid', uid).length === 0) found(uid);

      for (const account of caches.accounts.list()) await checkCredential(account, calls);
      return now() + sweepEveryMs;
    },
  };
}

function ownersOf(objects: readonly KubeObject[]): Set<string> {
  const ours = objects.filter(({ metadata }) => isManaged(metadata));
  return new Set(ours.flatMap(({ metadata }) => metadata.labels?.[grantUidLabel] ?? []));
}

/** Forgets a credential whose Secret is gone: the grant's next look then issues another. */
async function checkCredential({ metadata }: KubeObject, calls: Calls): Promise<void> {
  const noted = metadata.annotations?.[credentialUidAnnotation];
  if (noted === undefined || !isManaged(metadata)) return;
  const ref = { namespace: metadata.namespace ?? '', name: metadata.name };
  const seen = await lookAtSecret(ref, calls);
  if (seen?.uid === noted) return;
  const patch = { metadata: { uid: metadata.uid, annotations: { [credentialUidAnnotation]: null } } };
  await calls.client.mergePatch(ServiceAccounts, ref, { patch, fieldManager, signal: calls.signal });
}
