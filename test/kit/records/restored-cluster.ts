/**
 * A cluster in memory that is changed, saved and put back at will, with the records as its witness and the real code of both sides
 * between them. It keeps the truth beside: which state was overtaken by a later one, and what a person confirmed since.
 */
import { citationOf, citationsOf } from '../../../crds/audit/citation.ts';
import type { EventType } from '../../../crds/audit/events.ts';
import { lockOnAll } from '../../../crds/rules/locks.ts';
import { systemClock } from '../../../kube/clock.ts';
import { compareWithRecords } from '../../../operator/observers/compared-objects.ts';
import { draftOf } from '../../../operator/reporting/record-drafts.ts';
import { createRecordWriter } from '../../../operator/writes/write-records.ts';
import { createTrail } from '../../../trail/client.ts';
import { openConnection } from '../../../trail/connection.ts';
import type { RestoresResponse } from '../../../trail/wire.ts';
import { aRecord, asIntent, withFields } from '../objects/record.ts';
import { serveRecords } from './served-records.ts';

/** Of each kind the cluster has one object at most. */
export const slots = [
  'SupportAccessPolicy',
  'SupportAccessGrant',
  'SupportUser',
  'SupportPermissionMatrix',
  'SupportApplication',
] as const;
export type Slot = (typeof slots)[number];

const changedAs: Readonly<Record<Slot, EventType>> = {
  SupportAccessPolicy: 'policy.changed',
  SupportAccessGrant: 'grant.changed',
  SupportUser: 'user.changed',
  SupportPermissionMatrix: 'matrix.changed',
  SupportApplication: 'application.changed',
};
const deletedAs: Readonly<Record<Slot, EventType>> = {
  SupportAccessPolicy: 'policy.deleted',
  SupportAccessGrant: 'grant.deleted',
  SupportUser: 'user.deprovisioned',
  SupportPermissionMatrix: 'matrix.deleted',
  SupportApplication: 'application.deleted',
};

interface Made {
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string; uid: string; generation: number };
  readonly spec: { readonly access: 'Enabled' | 'Disabled'; readonly consent?: number };
  /** Another for each write that a person ever did. */
  readonly birth: number;
}

/** All that a backup holds. */
interface State {
  readonly objects: Readonly<Partial<Record<Slot, Made>>>;
  readonly lock: string | undefined;
}

/** The copies that the operator has of it. */
function copiesOf({ objects }: State): Parameters<typeof compareWithRecords>[0] {
  const of = (slot: Slot) => ({ list: () => [objects[slot]].flatMap((made) => made ?? []) });
  const copies = {
    policies: of('SupportAccessPolicy'),
    users: of('SupportUser'),
    grants: of('SupportAccessGrant'),
    matrices: of('SupportPermissionMatrix'),
    applications: of('SupportApplication'),
  };
  return copies as unknown as Parameters<typeof compareWithRecords>[0];
}

/** What an answer is to a gateway that finds everything allowed. */
export type Opening = 'taken' | 'records_rolled_back' | 'records_older' | 'closed';

/** A machine that is busy with other tests may take its time. */
const patienceMs = 20_000;

export async function aRestoredCluster() {
  const served = await serveRecords({
    readFresh: (kind) =>
      Promise.resolve(kind === 'SupportAccessLock' ? lockObject() : state.objects[kind as Slot]),
  });
  const as = (writer: 'gateway' | 'operator') =>
    createTrail({ url: served.url, ca: () => served.ca, token: () => Promise.resolve(writer), writer });
  const [gateway, operatorTrail] = [as('gateway'), as('operator')];
  const patiently: typeof operatorTrail.append = (records, options) =>
    operatorTrail.append(records, { ...options, deadlineMs: patienceMs });
  const operator = createRecordWriter({ ...operatorTrail, append: patiently }, Date.now);
  const restorer = openConnection({
    url: served.url,
    ca: () => served.ca,
    token: () => Promise.resolve('restorer'),
  });

  let births = 0;
  let uids = 0;
  let state: State = { objects: {}, lock: undefined };
  const saved: State[] = [];
  /** Births of states that were changed or deleted since, as far as their return was not confirmed. */
  const overtaken = new Set<number>();
  /** What is there and should not be. */
  const stale = new Set<Slot>();
  /** The lock that was made and never lifted, nor confirmed as lost. */
  let standing: string | undefined;

  const lockObject = () =>
    state.lock === undefined
      ? undefined
      : { kind: 'SupportAccessLock', metadata: { name: lockOnAll, uid: state.lock } };
  const record = async (type: EventType, made: Made, gone = false) => {
    const { uid, generation } = made.metadata;
    const draft = draftOf(type, gone ? [uid] : [uid, generation], Date.now());
    const cited = citationOf(made, gone);
    await operator.write({
      drafts: [{ ...draft, cites: cited === undefined ? [] : [cited] }],
      mustBeDurable: true,
    });
  };
  const recordLock = async (type: EventType, uid: string) => {
    const target = { area: 'configuration' as const, kind: 'SupportAccessLock', name: lockOnAll, uid };
    await operator.write({ drafts: [{ ...draftOf(type, [uid], Date.now()), target }], mustBeDurable: true });
  };
  const worldOf = ({ objects }: State) => {
    const grant = objects.SupportAccessGrant;
    if (grant === undefined) return undefined;
    const { namespace = '', name, uid } = grant.metadata;
    return { grant: { namespace, name, uid }, cites: citationsOf(slots.map((slot) => objects[slot])) };
  };
  const allows = ({ objects, lock }: State): boolean =>
    lock === undefined && slots.every((slot) => objects[slot]?.spec.access === 'Enabled');

  const put = async (slot: Slot, made: Made) => {
    const before = state.objects[slot];
    if (before !== undefined) {
      overtaken.add(before.birth);
      // Another object of the name is no older state of the one before; an edit of a state from a backup is one still.
      if (before.metadata.uid !== made.metadata.uid) stale.delete(slot);
    }
    state = { ...state, objects: { ...state.objects, [slot]: made } };
    await record(changedAs[slot], made);
  };
  const make = async (slot: Slot, access: Made['spec']['access']) => {
    births += 1;
    uids += 1;
    const isInNamespace = slot === 'SupportAccessGrant' || slot === 'SupportApplication';
    const namespace = isInNamespace ? { namespace: 'ecase' } : {};
    const metadata = {
      name: slot === 'SupportAccessPolicy' ? 'cluster' : 'one',
      ...namespace,
      uid: `uid-${uids}`,
      generation: 1,
    };
    // Consent is given anew with each grant, so that none is a copy.
    const spec = { access, ...(slot === 'SupportAccessGrant' ? { consent: uids } : {}) };
    await put(slot, { kind: slot, metadata, spec, birth: births });
  };
  return {
    /** Changes the object, or makes it. */
    async set(slot: Slot, access: Made['spec']['access']) {
      const before = state.objects[slot];
      if (before === undefined) return make(slot, access);
      if (before.spec.access === access) return undefined;
      births += 1;
      const metadata = { ...before.metadata, generation: before.metadata.generation + 1 };
      return put(slot, { ...before, metadata, spec: { ...before.spec, access }, birth: births });
    },
    async remove(slot: Slot) {
      const before = state.objects[slot];
      if (before === undefined) return;
      overtaken.add(before.birth);
      stale.delete(slot);
      const { [slot]: _gone, ...objects } = state.objects;
      state = { ...state, objects };
      await record(deletedAs[slot], before, true);
    },
    async lock() {
      if (state.lock !== undefined) return;
      uids += 1;
      state = { ...state, lock: `uid-${uids}` };
      standing = state.lock;
      await recordLock('lock.created', `uid-${uids}`);
    },
    async unlock() {
      const { lock } = state;
      if (lock === undefined) return;
      state = { ...state, lock: undefined };
      if (standing === lock) standing = undefined;
      await recordLock('lock.lifted', lock);
    },
    save: () => void saved.push(state),
    /** Puts back what was saved so many times before the last; the operator compares all, as when it begins to lead. */
    async putBack(before: number) {
      const back = saved.at(-1 - (before % Math.max(1, saved.length)));
      if (back === undefined) return;
      state = back;
      stale.clear();
      for (const slot of slots) {
        const birth = back.objects[slot]?.birth;
        if (birth !== undefined && overtaken.has(birth)) stale.add(slot);
      }
      const { signal } = new AbortController();
      await compareWithRecords(
        copiesOf(state),
        {
          restoredIn: (world) => operator.restoredIn(world),
          clock: systemClock,
          onRestored: () => undefined,
        },
        signal,
      );
    },
    async confirm() {
      const call = async (method: 'GET' | 'POST', body?: string) =>
        restorer.call({
          method,
          path: '/v1/restores',
          signal: AbortSignal.timeout(5000),
          ...(body === undefined ? {} : { body }),
        });
      const { restored } = JSON.parse((await call('GET')).text) as RestoresResponse;
      const { status } = await call(
        'POST',
        JSON.stringify({ subjects: restored.map(({ subject }) => subject) }),
      );
      if (status !== 200) throw new Error(`the confirmation was answered with ${status}`);
      for (const { uid } of restored) {
        if (uid === standing) standing = undefined;
        for (const slot of slots) {
          const made = state.objects[slot];
          if (made?.metadata.uid !== uid) continue;
          stale.delete(slot);
          overtaken.delete(made.birth);
        }
      }
    },
    /** A gateway reads what is there, and tries to open by it. */
    async open(): Promise<Opening> {
      return allows(state) ? this.openBy(state) : 'closed';
    },
    /** Like one that read a moment ago what was saved so many times before the last. */
    async openLate(before: number): Promise<Opening> {
      const back = saved.at(-1 - (before % Math.max(1, saved.length)));
      return back === undefined || !allows(back) ? 'closed' : this.openBy(back);
    },
    async openBy(read: State): Promise<Opening> {
      const world = worldOf(read);
      if (world === undefined) return 'closed';
      const intent = aRecord(asIntent, withFields(world));
      return gateway.append([intent], { deadlineMs: patienceMs }).then(
        () => 'taken' as const,
        ({ code }: { code: Opening }) => code,
      );
    },
    /** Whether anything by which it would open is there only because of a backup, without a confirmation given since. */
    isRevived: () => stale.size > 0 || (standing !== undefined && standing !== state.lock),
    /** Whether anything by which it would open was found once, and waits to be confirmed: also where it has come back as it was last. */
    async isWaiting() {
      const named = [...slots.map((slot) => state.objects[slot]?.metadata.uid), standing];
      return (await served.store.refused()).some(({ uid }) => named.includes(uid));
    },
    async close() {
      await Promise.all([gateway.close(0), operatorTrail.close(0), restorer.close()]);
      await served.close();
    },
  };
}
