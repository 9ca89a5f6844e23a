/**
 * Does the object say that it is this person's where the person creates it, and what it said before where the person changes
 * it (requirement ZH-7)? The mark is put on before this is asked, so another mark was put there afterwards, or taken off.
 */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';
import type { OwnerMark } from '../matrix/kubernetes-writes.ts';
import { printable } from '../problem.ts';

export const ownerIsTheWriter = {
  name: 'ownerIsTheWriter',
  entryPoints: ['kubernetes'],
  check,
} as const satisfies Check;

const unmarked: OwnerMark = {};

function check({ user, write }: Ask): CheckResult {
  if (user === undefined || write === undefined) return { reason: 'OwnerChanged' };
  const { after, before } = write.owner;
  if (after === undefined) return untilChanged; // nothing is stored
  const { name, uid } = user.metadata;
  // of a subresource that is created, an eviction for example, nothing is kept, so that it says of no owner
  const creates = write.operation === 'CREATE' && !write.resource.includes('/');
  const wanted = creates ? { uid, name } : (before ?? unmarked);
  if (after.uid === wanted.uid && after.name === wanted.name) return untilChanged;
  return {
    reason: 'OwnerChanged',
    detail: `supportaccess.dev/owner is ${said(after)} and must be ${said(wanted)}; leave the label and the annotation as they are`,
  };
}

const said = ({ name, uid }: OwnerMark): string =>
  name === undefined && uid === undefined ? 'not set' : `${printable(name ?? '')} (${printable(uid ?? '')})`;
