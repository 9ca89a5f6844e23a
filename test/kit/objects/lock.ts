/** A lock of the given name, as it is in the cluster. */
import type { SupportAccessLock } from '../../../crds/generated/support-access-lock.ts';
import { type Modifier, metadataOf, modified } from './object.ts';

export function aLock(name: string, ...modifiers: readonly Modifier<SupportAccessLock>[]): SupportAccessLock {
  const lock: SupportAccessLock = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportAccessLock',
    metadata: metadataOf('SupportAccessLock', name),
    spec: { reason: 'stop' },
  };
  return modified(lock, modifiers);
}
