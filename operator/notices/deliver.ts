/**
 * One round of the queue: what happened since the last look becomes entries, and what is due is sent. Each step is settled before
 * the next, so that a crash repeats one message at most, under the same Message-ID.
 */
import type { EventType } from '../../crds/audit/events.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { isSupportAccessError } from '../../crds/errors.ts';
import type { NewEntry, NoticeQueue, QueuedEntry, QueueState } from '../../trail/notice-queue.ts';
import { mostEntries } from '../../trail/notice-queue.ts';
import { draftOf, type RecordDraft } from '../reporting/record-drafts.ts';
import type { RecordWriter } from '../writes/write-records.ts';
import type { Folding } from './folding.ts';
import { type NoticeWorld, noticesFrom, readTypes } from './from-records.ts';
import type { Delivery, NoticeSender } from './sender.ts';
import type { NoticeSettings } from './settings.ts';

const dueAtOnce = 50;
const firstPauseMs = 5000;
const longestPauseMs = 30 * 60_000;

/** What a round is given. */
export interface Round {
  readonly queue: NoticeQueue;
  readonly records: Pick<RecordWriter, 'write'>;
  readonly folding: Folding;
  readonly world: NoticeWorld;
  /** Undefined where no one is told anything: what happens meanwhile is not told later. */
  readonly settings: NoticeSettings | undefined;
  /** There is no policy, and none was seen: what waits is kept, and that a policy was deleted as well. */
  readonly isUnsaid: boolean;
  /** Of a recipient that the settings name. */
  readonly senderFor: (recipient: string) => Promise<NoticeSender>;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** What a round found, and what came of it. */
export interface RoundResult {
  readonly answer: QueueState;
  readonly outcomes: readonly TriedEntry['outcome'][];
  /** Why the last try failed; undefined where none did. */
  readonly problem: string | undefined;
}

export interface TriedEntry {
  readonly outcome: 'delivered' | 'failed' | 'given_up';
  readonly why?: string;
}

/** How long to wait after so many tries in vain: 5 s, 10 s, 20 s, … half an hour. */
export function pauseAfter(attempts: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts, 20));
}

/** Reads on, puts what is to be told into the queue, and sends what is due. */
export async function deliverOnce(round: Round): Promise<RoundResult> {
  const { queue, now, signal } = round;
  const answer = await queue.ask({ kind: 'look', types: readTypes, now: now(), limit: dueAtOnce }, signal);
  if (!round.isUnsaid) await readOn(round, answer);
  else return { answer: await passOver(round, answer), outcomes: [], problem: undefined };
  const results = await deliverAll(round, answer.due);
  const problem = results.findLast(({ outcome }) => outcome !== 'delivered')?.why;
  return { answer, outcomes: results.map(({ outcome }) => outcome), problem };
}

/** The channels side by side, since one that does not answer must hold up no other; what goes by one channel in its order. */
async function deliverAll(round: Round, due: readonly QueuedEntry[]): Promise<readonly TriedEntry[]> {
  const channels = Object.values(Object.groupBy(due, ({ recipient }) => channelOf(recipient)));
  const tried = await Promise.allSettled(channels.map(async (entries = []) => deliverInTurn(round, entries)));
  const failed = tried.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return tried.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
}

const channelOf = (recipient: string): string => (recipient.startsWith('webhook:') ? recipient : 'mail');

async function deliverInTurn(round: Round, entries: readonly QueuedEntry[]): Promise<readonly TriedEntry[]> {
  const results: TriedEntry[] = [];
  for (const entry of entries) {
    if (round.signal.aborted) break;
    results.push(await deliverEntry(round, entry));
  }
  return results;
}

/** Nothing is sent, and nothing given up. From where a policy was deleted it is read on when there is one again. */
async function passOver(round: Round, answer: QueueState): Promise<QueueState> {
  const tellsOfDeletion = answer.records.some(
    (line) => (JSON.parse(line) as StoredRecord).type === 'policy.deleted',
  );
  if (tellsOfDeletion) return { ...answer, more: false };
  await readOn(round, answer);
  return answer;
}

/** Where nothing was found the place is kept as it is, and nothing is written. */
async function readOn(round: Round, { from, to, more, records }: QueueState): Promise<void> {
  if (records.length === 0 && !more) return;
  const { queue, now, signal } = round;
  const entries = entriesOf(round, records);
  for (let at = 0; at < Math.max(1, entries.length); at += mostEntries) {
    const isLast = at + mostEntries >= entries.length;
    const part = entries.slice(at, at + mostEntries);
    // Only the last part moves on: what was put before it has its key, and is not put twice.
    const put = { kind: 'put', from, to: isLast ? to : from, entries: part, now: now() } as const;
    await queue.ask(put, signal);
  }
}

function entriesOf({ world, folding, settings, now }: Round, lines: readonly string[]): readonly NewEntry[] {
  if (settings === undefined) return [];
  const notices = noticesFrom(lines, world).filter(({ event }) => settings.events.has(event));
  return folding.entriesFor(notices, settings.recipients, now());
}

async function deliverEntry(round: Round, entry: QueuedEntry): Promise<TriedEntry> {
  const { queue, settings, now, signal } = round;
  const tried = await tryEntry(round, entry);
  const isLate = now() - entry.since >= (settings?.giveUpAfterMs ?? 0);
  const outcome = tried.outcome === 'failed' ? (isLate ? 'given_up' : 'failed') : doneAs(tried.outcome);
  const settled: TriedEntry = { outcome, ...('why' in tried ? { why: tried.why } : {}) };
  const dueAt = outcome === 'failed' ? now() + pauseAfter(entry.attempts) : undefined;
  await queue.ask({ kind: 'settle', key: entry.key, dueAt }, signal);
  await recordResult(round, entry, settled);
  return settled;
}

const doneAs = (outcome: 'delivered' | 'refused') => (outcome === 'refused' ? 'given_up' : outcome);

async function tryEntry(
  { settings, senderFor }: Round,
  { key, recipient, notice }: QueuedEntry,
): Promise<Delivery> {
  if (settings === undefined || !settings.recipients.includes(recipient))
    return { outcome: 'refused', why: 'the policy does not name this recipient any more' };
  try {
    return await (await senderFor(recipient)).send({ key, address: recipient, notice });
  } catch (error) {
    return { outcome: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}

const types = {
  delivered: 'notice.delivered',
  failed: 'notice.failed',
  given_up: 'notice.given_up',
} as const satisfies Record<TriedEntry['outcome'], EventType>;

/** After so many tries in vain one more is recorded: each would fill the volume while a mail server is down for days. */
const recordedAfter = [0, 7, 63];

/** That it cannot be recorded now takes nothing back: what was sent is sent. */
async function recordResult(round: Round, entry: QueuedEntry, settled: TriedEntry): Promise<void> {
  if (settled.outcome === 'failed' && !recordedAfter.includes(entry.attempts)) return;
  const drafts = [draftOfResult(entry, settled, round.now())];
  try {
    await round.records.write({ drafts, mustBeDurable: false }, round.signal);
  } catch (error) {
    if (!isSupportAccessError(error)) throw error;
  }
}

function draftOfResult(
  { key, recipient, notice, attempts }: QueuedEntry,
  { outcome, why }: TriedEntry,
  now: number,
) {
  const about = `${notice.event} to ${recipient}`;
  const cause = notice.record === undefined ? {} : { cause: notice.record };
  return {
    ...draftOf(types[outcome], [key.slice(0, 200), attempts], now),
    ...cause,
    target: { area: 'notice', action: notice.event, name: recipient },
    message: why === undefined ? about : `${about}, try ${attempts + 1}: ${why}`,
  } satisfies RecordDraft;
}
