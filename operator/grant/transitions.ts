/**
 * Which records follow from how a grant was last reported and what is decided now? Derived from the persisted status
 * alone and keyed by it, so that an operator that dies anywhere in between makes the same records again, once.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { canonicalize } from '../../crds/audit/canonical.ts';
import { type Citation, citationOf, citationsOf } from '../../crds/audit/citation.ts';
import type { EventType } from '../../crds/audit/events.ts';
import { storedWriteOf } from '../../crds/audit/requester.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { accountName } from '../../crds/identities.ts';
import type { Pins } from '../../crds/rules/ask.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import { isReason, type Reason, reasons } from '../../crds/rules/reasons.ts';
import { formatTime, parseTime } from '../../crds/rules/time/time.ts';

import type { ConditionReason } from '../reporting/conditions.ts';
import { isNextWrite } from '../reporting/lifecycle.ts';
import { draftOf, type RecordDraft, type RecordDrafts } from '../reporting/record-drafts.ts';
import type { DecidedGrant } from './decide-opening.ts';
import type { GrantWorld } from './world.ts';

/** How the grant was last reported. `ApplyFailed` was recorded as activated, so its end must be recorded too. */
export function wasOpen({ grant }: GrantWorld): boolean {
  const active = conditionOf(grant.status?.conditions, 'Active');
  return active?.status === 'True' || active?.reason === 'ApplyFailed';
}

/** Whether the last report said closed while the record of it was still to come. */
export function owesRecord({ grant }: GrantWorld): boolean {
  return conditionOf(grant.status?.conditions, 'Recorded')?.status === 'False';
}

/**
 * Every draft about the grant itself that is not yet known to be recorded. Only drafts that close may be recorded late;
 * a grant that was merely created or changed waits for its report until they are recorded.
 */
export function transitionDrafts(decided: DecidedGrant): RecordDrafts {
  const { world, decision } = decided;
  const closes = !decision.open && (wasOpen(world) || owesRecord(world));
  const drafts = [
    ...specDrafts(decided),
    ...pinDrafts(decided),
    ...owedDrafts(decided),
    ...accessDrafts(decided),
  ];
  return { drafts, mustBeDurable: !closes };
}

/** Whether an end of access is told now. How many were so is counted in the status, and openings are known by that number. */
export function tellsEnd({ world, decision }: DecidedGrant): boolean {
  if (decision.open || owesRecord(world)) return false;
  return wasOpen(world) || endedUnseen(world, decision.reason);
}

/** The change of access itself: opened, closed, or ended without having been reported open. */
function accessDrafts(decided: DecidedGrant): RecordDraft[] {
  const { world, decision } = decided;
  if (decision.open) return wasOpen(world) ? [] : [opened(decided)];
  if (owesRecord(world)) return [];
  if (wasOpen(world)) return closingDrafts(decided, decision);
  return endedUnseen(world, decision.reason) ? [closed(decided, decision)] : [];
}

/** An opening that was recorded and never reported (a crash in between) must not stay without its end. */
function endedUnseen({ grant }: GrantWorld, reason: Reason): boolean {
  const last = conditionOf(grant.status?.conditions, 'Active')?.reason;
  if (last === reason) return false;
  return reason === 'Expired' || (reason === 'Disabled' && last !== undefined);
}

/** "Requested" becomes a record only when the stored object is seen: its UID and generation are that proof. */
function specDrafts({ world, now }: DecidedGrant): RecordDraft[] {
  const { grant, gone } = world;
  const { uid, generation = 0 } = grant.metadata;
  const cites = [citationOf(grant, gone) ?? []].flat();
  const told = { write: storedWriteOf(grant, gone), cites };
  if (gone) return [about(world, { ...draftOf('grant.deleted', [uid], now), ...told })];
  if (grant.status?.observedGeneration === generation && !owesRecord(world)) return [];
  const type: EventType = generation === 1 ? 'grant.created' : 'grant.changed';
  return [about(world, { ...draftOf(type, [uid, generation], now), ...told })];
}

/** What an earlier look reported and could not record, told from that report. */
function owedDrafts(decided: DecidedGrant): RecordDraft[] {
  if (!owesRecord(decided.world)) return [];
  const active = conditionOf(decided.world.grant.status?.conditions, 'Active');
  const reason = isReason(active?.reason ?? '') ? (active?.reason as Reason) : 'NotOpened';
  return closingDrafts(decided, { reason, message: active?.message ?? '' });
}

function closingDrafts(decided: DecidedGrant, objection: ConditionReason): RecordDraft[] {
  return [closed(decided, objection), ...credentialsGone(decided)];
}

function pinDrafts({ world, pins, now }: DecidedGrant): RecordDraft[] {
  if (pins === undefined || samePins(pins, world.grant.status?.pins)) return [];
  const summary = pinsInWords(pins);
  const draft = draftOf('grant.pinned', [world.grant.metadata.uid, pins.consent, digest(pins)], now);
  return [about(world, { ...draft, change: { paths: ['/status/pins'], summary } })];
}

function opened({ world, decision, pins, now }: DecidedGrant): RecordDraft {
  const draft = draftOf('grant.activated', openingBoundary(world), now);
  const until = decision.open ? formatTime(decision.until) : '';
  const message = `open until ${until} for ${pins === undefined ? '' : pinsInWords(pins)}`;
  return about(world, {
    ...draft,
    ...writeThatDid(world),
    cites: decision.open ? openedBy(world, decision.people) : [],
    decision: { effect: 'allow', reason: 'Open', matrix: matrixName(world) },
    message,
  });
}

/**
 * The objects by which a grant opens to these people: the records say whether one of them is older than they know. Who is
 * not let in is not cited: the lock that keeps one person out stands by right, and says nothing against the others.
 */
export function openedBy(
  { policy, grant, matrix, application }: GrantWorld,
  people: readonly SupportUser[],
): readonly Citation[] {
  return citationsOf([policy, grant, ...people, matrix?.object, application]);
}

function closed({ world, now }: DecidedGrant, { reason, message }: ConditionReason): RecordDraft {
  // An expiry happened when the window ended, not when it was noticed.
  const { spec, status } = world.grant;
  const until = parseTime((status?.opening ?? spec).expirationTime) ?? now;
  const at = reason === 'Expired' ? Math.min(now, until) : now;
  const draft = draftOf(reasons[reason].closesAs, closingBoundary(world), at);
  const by = reasons[reason].closesAs === 'grant.revoked' ? writeThatDid(world) : {};
  const decided = { effect: 'deny', reason, matrix: matrixName(world) } as const;
  return about(world, { ...draft, ...by, decision: decided, message });
}

/** The write that opened or closed it, where it can only have been that one: what the clock does is by no write. */
function writeThatDid({ grant, gone }: GrantWorld): Pick<RecordDraft, 'write'> {
  return gone || isNextWrite(grant) ? { write: storedWriteOf(grant, gone) } : {};
}

/** One draft a person whose credential ended with the grant, told from the pins: the objects may be gone already. */
function credentialsGone({ world, now }: DecidedGrant): RecordDraft[] {
  const { grant, matrix } = world;
  if (matrix?.object.spec.kubernetes === undefined && world.accounts.length === 0) return [];
  return (grant.status?.pins?.users ?? []).map((pin) =>
    credentialDraft(world, {
      type: 'credential.revoked',
      userUid: pin.uid,
      boundary: closingBoundary(world).join('/'),
      now,
    }),
  );
}

export interface CredentialChange {
  readonly type: 'credential.issued' | 'credential.revoked';
  readonly userUid: string;
  readonly boundary: string;
  readonly now: number;
}

/** A credential of one person made or taken away. */
export function credentialDraft(world: GrantWorld, change: CredentialChange): RecordDraft {
  const account = accountName(world.grant.metadata.uid, change.userUid);
  const user = world.users.find((one) => one.metadata.uid === change.userUid);
  const draft = draftOf(change.type, [account, change.boundary], change.now);
  const target = {
    area: 'credential' as const,
    kind: 'ServiceAccount',
    namespace: world.identitiesNamespace,
    name: account,
  };
  // Given to one person, by the objects that are there today: it is an opening of its own.
  const cites = change.type === 'credential.issued' ? { cites: openedBy(world, user ? [user] : []) } : {};
  return about(world, {
    ...draft,
    ...cites,
    target,
    ...(user === undefined ? {} : { message: `for ${user.metadata.name}` }),
  });
}

/**
 * How many ends were told before: the same on each retry, and for each operator that leads, also where another one reported
 * from an older copy in between that it is closed. Another after each end: no two openings have one record.
 */
export function openingBoundary({ grant: { metadata, status } }: GrantWorld): string[] {
  return [metadata.uid, String(status?.closings ?? 0)];
}

/**
 * When the grant was last reported open, and the number of that opening, since a time has whole seconds only. A report that
 * owes its record has counted the end already, and keeps the moment in the condition Recorded.
 */
export function closingBoundary(world: GrantWorld): string[] {
  const { metadata, status } = world.grant;
  const owes = owesRecord(world);
  const since = conditionOf(status?.conditions, owes ? 'Recorded' : 'Active');
  const told = status?.closings ?? 0;
  return [metadata.uid, since?.lastTransitionTime ?? 'first', String(owes ? Math.max(0, told - 1) : told)];
}

/** Binds a draft to its grant. */
export function about(world: GrantWorld, draft: RecordDraft): RecordDraft {
  return { ...draft, grant: recordedPlace(world) };
}

/** The grant as it stands in records. */
export function recordedPlace({ grant }: GrantWorld): NonNullable<RecordDraft['grant']> {
  const { namespace = '', name, uid, generation } = grant.metadata;
  return { namespace, name, uid, ...(generation === undefined ? {} : { generation }) };
}

function matrixName({ grant }: GrantWorld): string {
  return grant.spec.matrixRef.name;
}

/** Field by field: this is asked at every look, also at those where nothing changed. */
function samePins(one: Pins, other: Pins | undefined): boolean {
  if (other === undefined) return false;
  const { users: _one, ...rest } = one;
  const { users: _other, ...before } = other;
  if (!isDeepStrictEqual(rest, before)) return false;
  if (one.users.length !== other.users.length) return false;
  return one.users.every(({ name, uid }) => other.users.some((pin) => pin.name === name && pin.uid === uid));
}

function pinsInWords(pins: Pins): string {
  const people = pins.users.map(({ name, uid }) => `${name} (${uid})`).join(', ') || 'no one yet';
  const matrix = pins.matrix === undefined ? '' : `; matrix ${pins.matrix.name} ${pins.matrix.hash}`;
  return `consent ${pins.consent}: ${people}${matrix}${backendInWords(pins)}`.slice(0, 1024);
}

function backendInWords({ application, service }: Pins): string {
  const where =
    application && `; application ${application.name} (${application.uid}) under ${application.host}`;
  const behind = service && `; Service ${service.name}:${service.port} (${service.uid}) ${service.hash}`;
  return `${where ?? ''}${behind ?? ''}`;
}

function digest(pins: Pins): string {
  const users = pins.users.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return createHash('sha256')
    .update(canonicalize({ ...pins, users }))
    .digest('hex')
    .slice(0, 32);
}
