/**
 * Plans what is to happen to one grant's world now: what to remove, record, apply and report, and when to look again.
 * Pure: it reads nothing and does nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import { accountName, credentialName, userUidLabel } from '../../crds/identities.ts';
import type { Pins } from '../../crds/rules/ask.ts';
import { nextBoundary } from '../../crds/rules/time/schedule.ts';
import type { KubeObject, ObjectMeta } from '../../kube/objects.ts';
import { RoleBindings, Secrets, ServiceAccounts } from '../../kube/resources.ts';
import { isAccountOf } from '../outputs/account.ts';
import { isBindingOf } from '../outputs/binding.ts';
import { hasCredential } from '../outputs/credential.ts';
import { grantOutputs } from '../outputs/index.ts';
import { credentialAnnotation, isOwnedBy } from '../outputs/marks.ts';
import type { Wanted } from '../outputs/output.ts';
import { ownersIn } from '../outputs/owners.ts';
import type { RoleBinding } from '../rbac/rbac-objects.ts';
import { draftOf, type RecordDraft, type RecordDrafts } from '../reporting/record-drafts.ts';
import type { ServiceAccount } from '../watching/kubernetes-objects.ts';
import { type Removal, type Revocation, removalOf, type Write, writeFor } from '../writes/diff.ts';
import { type DecidedGrant, decideOpening, type OpeningDecision } from './decide-opening.ts';
import { nextPins } from './pins.ts';
import { about, credentialDraft, openingBoundary, transitionDrafts, wasOpen } from './transitions.ts';
import type { GrantWorld } from './world.ts';

export interface GrantPlan {
  /** Credentials first: in the reverse order a token would still work while its rights are being removed. */
  readonly remove: readonly (Removal | Revocation)[];
  readonly record: RecordDrafts;
  readonly apply: readonly Write[];
  readonly report: DecidedGrant;
  /** Epoch milliseconds; undefined when nothing will change by itself. */
  readonly lookAgainAt: number | undefined;
}

type Open = Extract<OpeningDecision, { open: true }>;

/** `now` in epoch milliseconds. Planning twice from the same world gives the same plan. */
export function planGrant(world: GrantWorld, now: number): GrantPlan {
  const pins = nextPins(world);
  const byRules = decideOpening({ world, pins, now });
  const wanted = byRules.open ? wantedOf(world, byRules) : [];
  const decision = withNamesFree(byRules, wanted, { world, pins });
  const kept = decision.open ? wanted : [];
  const { drafts, mustBeDurable } = transitionDrafts({ world, decision, pins, now });
  // If the last status says Active, the closing records can be rebuilt from it after a crash; otherwise keep the
  // ServiceAccounts until the records are written.
  const leaving = leavingOf({ world, wanted: kept, proven: !mustBeDurable });
  const apply = decision.open ? [...writesOf({ world, wanted, leaving }), ...leaving.later] : leaving.later;
  const more = mustBeDurable ? objectDrafts({ world, apply, leaving, now }) : [];
  return {
    remove: leaving.now,
    record: { drafts: [...drafts, ...more], mustBeDurable },
    apply,
    report: { world, decision, pins, now },
    lookAgainAt: nextLook(world, decision, now),
  };
}

function wantedOf(world: GrantWorld, { people, matrix }: Open): Wanted[] {
  const { grant, identitiesNamespace } = world;
  const owners = ownersIn(world);
  if (owners === undefined) return [];
  const open = { grant, matrix, people, identitiesNamespace, owners };
  return grantOutputs.flatMap((output) => output.desired(open));
}

/** A name that something foreign holds closes the grant; the foreign thing stays untouched (T-O13). */
function withNamesFree(
  decision: OpeningDecision,
  wanted: readonly Wanted[],
  { world, pins }: { readonly world: GrantWorld; readonly pins: Pins | undefined },
): OpeningDecision {
  for (const one of wanted) {
    const seen = seenAs(one, world);
    if (seen === undefined || isOurs(one, seen, world)) continue;
    return nameTaken(one.object.kind, one.object.metadata);
  }
  const foreign = decision.open ? foreignAccount(world, pins) : undefined;
  return foreign === undefined ? decision : nameTaken(ServiceAccounts.kind, foreign);
}

function nameTaken(
  kind: string,
  { namespace, name }: Pick<ObjectMeta, 'namespace' | 'name'>,
): OpeningDecision {
  const message = `${kind} ${namespace}/${name} exists and is not this grant's; remove it.`;
  return { open: false, reason: 'NameTaken', message };
}

/** Of those too who were taken off the list while such an account kept the grant closed. */
function foreignAccount({ grant, accounts }: GrantWorld, pins: Pins | undefined): ObjectMeta | undefined {
  const { uid } = grant.metadata;
  const named = new Set(grant.spec.userRefs.map(({ name }) => name));
  const names = (pins?.users ?? []).flatMap((pin) =>
    named.has(pin.name) ? [] : [accountName(uid, pin.uid)],
  );
  return accounts.find(({ metadata }) => names.includes(metadata.name) && !isAccountOf(metadata, uid))
    ?.metadata;
}

/** By name, place and labels; an account by its owner as well: that of today, or the person, as in an earlier build. */
function isOurs(wanted: Wanted, { metadata }: KubeObject, { grant }: GrantWorld): boolean {
  if (wanted.output !== 'account') return isBindingOf(metadata, grant.metadata);
  const owner = wanted.object.metadata.ownerReferences?.[0]?.uid ?? '';
  const person = wanted.object.metadata.labels[userUidLabel] ?? '';
  if (!isAccountOf(metadata, grant.metadata.uid)) return false;
  return isOwnedBy(metadata, owner) || isOwnedBy(metadata, person);
}

/** What is there under the wanted name. Secrets cannot be seen. */
function seenAs({ output, object }: Wanted, { accounts, bindings }: GrantWorld): KubeObject | undefined {
  const { name, namespace } = object.metadata;
  const among: readonly KubeObject[] = output === 'account' ? accounts : output === 'binding' ? bindings : [];
  return among.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

interface Leave {
  readonly world: GrantWorld;
  readonly wanted: readonly Wanted[];
  readonly proven: boolean;
}

interface Leaving {
  readonly now: readonly (Removal | Revocation)[];
  /** Identities whose credential is gone already; they are the proof that a record is due, and go after it. */
  readonly later: readonly Write[];
  readonly people: readonly ServiceAccount[];
}

/** What is this grant's and not wanted, or wanted with other rights than it gives: a roleRef cannot be changed. */
function leavingOf({ world, wanted, proven }: Leave): Leaving {
  const { uid } = world.grant.metadata;
  const named = (name: string, output: string) =>
    wanted.find((one) => one.output === output && one.object.metadata.name === name);
  const accounts = world.accounts.filter(
    ({ metadata }) => isAccountOf(metadata, uid) && named(metadata.name, 'account') === undefined,
  );
  const bindings = world.bindings
    .filter(({ metadata }) => isBindingOf(metadata, world.grant.metadata))
    .filter((one) => !givesWanted(one, named(one.metadata.name, 'binding')))
    .map((one) => removalOf(RoleBindings, one));
  const removals = accounts.map((one) => removalOf(ServiceAccounts, one));
  const revocations = accounts.map((one) => revocationOf(one));
  if (proven) return { now: [...revocations, ...bindings, ...removals], later: [], people: accounts };
  const later = removals.map((removal): Write => ({ act: 'remove', removal }));
  return { now: [...revocations, ...bindings], later, people: accounts };
}

function givesWanted({ metadata, roleRef }: RoleBinding, wanted: Wanted | undefined): boolean {
  if (wanted === undefined || metadata.namespace !== wanted.object.metadata.namespace) return false;
  return isDeepStrictEqual(roleRef, wanted.object['roleRef']);
}

function revocationOf({ metadata }: ServiceAccount): Revocation {
  return {
    resource: Secrets,
    namespace: metadata.namespace ?? '',
    name: credentialName(metadata),
    ownerUid: metadata.uid,
  };
}

interface Opening {
  readonly world: GrantWorld;
  readonly wanted: readonly Wanted[];
  readonly leaving: Leaving;
}

function writesOf({ world, wanted, leaving }: Opening): Write[] {
  return wanted.flatMap((one): Write[] => {
    if (one.output !== 'credential') {
      const seen = seenAs(one, world);
      const stays = leaving.now.every((left) => 'ownerUid' in left || left.uid !== seen?.metadata.uid);
      const write = writeFor(one, stays ? seen : undefined);
      return write === undefined ? [] : [write];
    }
    const account = accountOf(one, world)?.metadata;
    if (hasCredential(account)) return [];
    return [{ act: 'issue', wanted: one, accountUid: account?.uid }];
  });
}

function accountOf(credential: Wanted, { accounts }: GrantWorld): ServiceAccount | undefined {
  return accounts.find(({ metadata }) => metadata.name === credential.object.metadata.name);
}

interface Making {
  readonly world: GrantWorld;
  readonly apply: readonly Write[];
  readonly leaving: Leaving;
  readonly now: number;
}

/** Drafts about the objects of an open grant: credentials made and taken away, drift repaired. */
function objectDrafts({ world, apply, leaving, now }: Making): RecordDraft[] {
  const revoked = leaving.people.map(({ metadata }) =>
    credentialDraft(world, {
      type: 'credential.revoked',
      userUid: metadata.labels?.[userUidLabel] ?? metadata.name,
      boundary: metadata.uid,
      now,
    }),
  );
  const made = apply.flatMap((write) => writeDrafts(write, world, now));
  return [...revoked, ...made];
}

function writeDrafts(write: Write, world: GrantWorld, now: number): RecordDraft[] {
  if (write.act === 'issue') {
    const userUid = write.wanted.object.metadata.labels[userUidLabel] ?? '';
    const account = accountOf(write.wanted, world)?.metadata;
    // One that was found missing is made again within the same opening, and that is another record.
    const again = account?.annotations?.[credentialAnnotation] !== undefined;
    const boundary = again ? `${account.uid}/${account.resourceVersion}` : openingBoundary(world).join('/');
    return [credentialDraft(world, { type: 'credential.issued', userUid, boundary, now })];
  }
  if (write.act !== 'replace' || !wasOpen(world)) return [];
  const { kind, metadata } = write.wanted.object;
  const draft = draftOf('operator.drift_repaired', [write.uid, write.resourceVersion], now);
  const target = { area: write.wanted.output, kind, namespace: metadata.namespace, name: metadata.name };
  return [about(world, { ...draft, target })];
}

/** What a person confirms to the records no watch tells. */
const restoredAgainAfterMs = 10_000;

function nextLook(world: GrantWorld, decision: OpeningDecision, now: number): number | undefined {
  const boundary = windowBoundary(world, now);
  if (decision.open || decision.reason !== 'RolledBack') return boundary;
  return Math.min(boundary ?? Number.POSITIVE_INFINITY, now + restoredAgainAfterMs);
}

function windowBoundary({ grant, gone }: GrantWorld, now: number): number | undefined {
  return gone ? undefined : nextBoundary(grant.spec, now);
}
