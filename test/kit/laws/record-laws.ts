/**
 * Which laws hold for every log of an installation? Read from the records alone, whatever was done to it: pure, so that the log of
 * any run can be judged. The laws are I1 to I5 as far as records can show them; what only a cluster shows, other laws look at.
 */
import type { StoredRecord } from '../../../crds/audit/record.ts';
import { type Head, verifyChain } from '../../../crds/audit/verify.ts';

export interface WitnessedLog {
  readonly lines: readonly string[];
  readonly head?: Head;
}

/** Clocks of one machine agree; a stream ends, and an end is noticed, within so long. */
const graceMs = 2000;
/** A gateway that was killed is given up, and its intents closed, within so long. */
const lostWithinMs = 60_000;

type Law = (records: readonly StoredRecord[]) => string[];

/** What breaks a law, each with its number; none when all hold. */
export function recordComplaints({ lines, head }: WitnessedLog): readonly string[] {
  const verification = verifyChain(lines, head);
  if (verification.state !== 'good')
    return [`I3 the log does not verify: record ${verification.seq} ${verification.why}`];
  const records = lines.map((line) => JSON.parse(line) as StoredRecord);
  return laws.flatMap((law) => law(records));
}

const at = ({ time }: StoredRecord): number => Date.parse(time);

const ends: ReadonlySet<string> = new Set([
  'grant.expired',
  'grant.revoked',
  'grant.suspended',
  'grant.closed',
]);

/** The last record of each grant that opened or ended it, as the log goes on. */
class GrantStates {
  readonly #last = new Map<string, StoredRecord>();

  see(record: StoredRecord): void {
    const { type, grant } = record;
    if (grant !== undefined && (ends.has(type) || type === 'grant.activated'))
      this.#last.set(grant.uid, record);
  }

  /** What ended it, where it is ended. */
  endOf(uid: string): StoredRecord | undefined {
    const last = this.#last.get(uid);
    return last !== undefined && ends.has(last.type) ? last : undefined;
  }

  wasOpened(uid: string): boolean {
    return this.#last.has(uid);
  }

  ended(): StoredRecord[] {
    return [...this.#last.values()].filter(({ type }) => ends.has(type));
  }
}

/** I1: what starts after an end was told is not allowed. An end that only the operator sees is another's (I4). */
const nothingAfterTheEnd: Law = (records) => {
  const states = new GrantStates();
  return records.flatMap((record) => {
    states.see(record);
    if (!isOpening(record) || record.grant === undefined) return [];
    const end = states.endOf(record.grant.uid);
    if (end === undefined || !isEndForAll(end) || at(record) <= at(end) + graceMs) return [];
    return [`I1 record ${record.seq} (${record.type}) is allowed after record ${end.seq} (${end.type})`];
  });
};

function isOpening({ type, phase, decision }: StoredRecord): boolean {
  if (type === 'session.authorized' || type === 'credential.issued') return true;
  return type === 'app.request' && phase === 'intent' && decision?.effect === 'allow';
}

const forAll: ReadonlySet<string | undefined> = new Set([
  'Expired',
  'Disabled',
  'Locked',
  'PolicyDisabled',
  'Deleted',
]);

function isEndForAll({ decision }: StoredRecord): boolean {
  return forAll.has(decision?.reason);
}

/** I2: an act is recorded before it, and what became of it is recorded after it. */
const eachIntentHasItsOutcome: Law = (records) => {
  const open = new Map<string, StoredRecord>();
  const complaints: string[] = [];
  for (const record of records) {
    if (record.phase === 'intent') open.set(record.id, record);
    if (record.phase !== 'outcome') continue;
    const intent = open.get(record.cause ?? '');
    if (intent !== undefined && at(intent) > at(record))
      complaints.push(`I2 record ${record.seq} tells an outcome from before its intent ${intent.seq}`);
    open.delete(record.cause ?? '');
  }
  const last = Math.max(0, ...records.map(({ recorded }) => Date.parse(recorded)));
  for (const intent of open.values()) {
    if (Date.parse(intent.recorded) + lostWithinMs < last)
      complaints.push(`I2 record ${intent.seq} is an intent that never got an outcome`);
  }
  return complaints;
};

/** I4: nothing is given to who has no open grant. */
const nothingWithoutAnOpening: Law = (records) => {
  const states = new GrantStates();
  return records.flatMap((record) => {
    states.see(record);
    const { grant, type, seq } = record;
    if (!isOpening(record)) return [];
    if (grant === undefined) return [`I4 record ${seq} (${type}) names no grant`];
    return states.wasOpened(grant.uid)
      ? []
      : [
          `I4 record ${seq} (${type}) is of the grant ${grant.name}, of which no opening is recorded before it`,
        ];
  });
};

/** I5: what was given ends with its grant. */
const nothingOutlivesItsGrant: Law = (records) => {
  const states = new GrantStates();
  const given = new Map<string, StoredRecord>();
  for (const record of records) {
    states.see(record);
    const key = `${record.grant?.uid ?? ''}/${record.target?.name ?? ''}`;
    if (record.type === 'credential.issued') given.set(key, record);
    if (record.type === 'credential.revoked') given.delete(key);
  }
  const last = Math.max(0, ...records.map(({ recorded }) => Date.parse(recorded)));
  return states
    .ended()
    .flatMap((end) =>
      [...given.values()]
        .filter(
          ({ grant }) => grant?.uid === end.grant?.uid && Date.parse(end.recorded) + lostWithinMs < last,
        )
        .map(
          ({ seq }) =>
            `I5 record ${seq} gave a credential that outlived its grant, which record ${end.seq} ended`,
        ),
    );
};

const laws: readonly Law[] = [
  nothingAfterTheEnd,
  eachIntentHasItsOutcome,
  nothingWithoutAnOpening,
  nothingOutlivesItsGrant,
];
