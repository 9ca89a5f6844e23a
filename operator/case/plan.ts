/**
 * What exists for one support case; pure. Its owner may read and write that one case (requirement OK-2), and vendor operations may
 * read its contacts and nothing else of it while it is open (OK-9).
 */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportCase } from '../../crds/generated/support-case.ts';
import { kinds } from '../../crds/kinds.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import { sentenceFor } from '../../crds/rules/reasons.ts';
import type { RoleBinding } from '../rbac/rbac-objects.ts';
import { type PlainCondition, type PlainStatus, statusOf } from '../reporting/conditions.ts';
import { aboutWrite } from '../reporting/lifecycle.ts';
import { draftOf, type RecordDraft } from '../reporting/record-drafts.ts';
import type { ConfigMap } from '../watching/kubernetes-objects.ts';
import { bindingFor, type CaseObject, contactsFor, roleFor } from './objects.ts';

/** A case, and what exists for it. */
export interface CaseWorld {
  readonly object: SupportCase;
  readonly gone: boolean;
  readonly binding: RoleBinding | undefined;
  readonly policy: SupportAccessPolicy | undefined;
}

export interface CasePlan {
  /** Whether another than the owner has the rights on the case: they go before anything else. */
  readonly takesRights: boolean;
  readonly record: readonly RecordDraft[];
  /** What has to exist. The garbage collector takes what belongs to a case that is gone, but for the contacts. */
  readonly wanted: readonly CaseObject[];
  readonly contacts: CaseObject<ConfigMap> | undefined;
  readonly status: PlainStatus;
}

export function planCase(world: CaseWorld, now: number): CasePlan {
  const { object, gone, binding, policy } = world;
  const owner = ownerOf(object);
  const isOpen = object.spec.state !== 'Closed';
  return {
    takesRights: !gone && ownerBound(binding) !== owner && binding !== undefined,
    record: draftsOf(world, now),
    wanted: gone || owner === undefined ? [] : [roleFor(object), bindingFor(object, owner)],
    contacts: gone || !isOpen ? undefined : contactsFor(object, policy?.spec.administrators ?? []),
    status: statusOf(object, [ready, isOpen ? open : closed], now),
  };
}

/** Whose a case is. Rights are given to no one who is not signed in. */
function ownerOf({ spec: { owner } }: SupportCase): string | undefined {
  return owner === 'system:anonymous' ? undefined : owner;
}

const ownerBound = (binding: RoleBinding | undefined): string | undefined => binding?.subjects?.[0]?.name;

/** A case asks for nothing that could fail, so it says that the case was looked at. */
const ready: PlainCondition = {
  type: 'Ready',
  holds: true,
  reason: 'Enforced',
  message: sentenceFor('Enforced'),
};
const open: PlainCondition = {
  type: 'Open',
  holds: true,
  reason: 'CaseOpen',
  message: 'The case is open; its owner closes it with kubectl support-access case close',
};
const closed: PlainCondition = {
  type: 'Open',
  holds: false,
  reason: 'CaseClosed',
  message: 'The case is closed; its owner opens it again by writing Open into spec.state',
};

/** What was not yet reported about the case. UID and generation make the key, so that a retry records it once. */
function draftsOf({ object, gone, binding }: CaseWorld, now: number): RecordDraft[] {
  const { uid, generation = 0 } = object.metadata;
  if (gone) return [aboutWrite({ ...object, kind }, draftOf('case.deleted', [uid], now), true)];
  if (object.status?.observedGeneration === generation) return [];
  const type = eventOf(object, ownerBound(binding));
  return [aboutWrite({ ...object, kind }, draftOf(type, [uid, generation], now), false)];
}

const { kind } = kinds.SupportCase;

/** What the write was, seen from the last report. */
function eventOf({ metadata, spec, status }: SupportCase, ownerBefore: string | undefined) {
  if (metadata.generation === 1) return 'case.opened';
  if (ownerBefore !== undefined && ownerBefore !== spec.owner) return 'case.taken_over';
  const wasOpen = conditionOf(status?.conditions, 'Open')?.status;
  if (spec.state === 'Closed' && wasOpen !== 'False') return 'case.closed';
  return spec.state !== 'Closed' && wasOpen === 'False' ? 'case.reopened' : 'case.changed';
}
