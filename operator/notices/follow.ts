/**
 * Sends notices for as long as it leads: a loop of its own, which waits for mail servers, and for which nothing waits. What is wrong
 * with it is told in the policy's status.
 */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { policyName } from '../../crds/names.ts';
import { toldOfInstallation } from '../../crds/notices/told.ts';
import { present } from '../../crds/object-meta.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { type Clock, pause } from '../../kube/clock.ts';
import type { NoticeQueue } from '../../trail/notice-queue.ts';
import type { Caches } from '../watching/collections.ts';
import type { RecordWriter } from '../writes/write-records.ts';
import { draftsAhead } from './ahead.ts';
import { deliverOnce, type RoundResult } from './deliver.ts';
import { createFolding } from './folding.ts';
import { sendersOf } from './senders.ts';
import { type NoticeSettings, noticeSettings } from './settings.ts';
import { createToldBy } from './told-by.ts';

const lookEveryMs = 2000;

/** What is known of the queue, for metrics and the status. */
export interface NoticeState {
  readonly waiting: number;
  readonly oldestSince: number | undefined;
  readonly delivered: number;
  readonly failed: number;
  readonly givenUp: number;
  readonly problem: string | undefined;
}

export interface NoticeParts {
  readonly client: Pick<KubeClient, 'get'>;
  readonly caches: Pick<Caches, 'policies' | 'grants' | 'apiServerSlices' | 'services'>;
  readonly queue: NoticeQueue;
  readonly records: Pick<RecordWriter, 'write'>;
  readonly releaseNamespace: string;
  readonly clock: Clock;
  readonly now: () => number;
  readonly onProblem: (error: unknown) => void;
}

export interface FollowedNotices {
  readonly state: () => NoticeState;
  /** Why the last notice could not be sent, in words for a person; undefined while they can. */
  readonly problem: () => string | undefined;
  readonly onChange: (listener: () => void) => void;
  /** Sends until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const nothingYet: NoticeState = {
  waiting: 0,
  oldestSince: undefined,
  delivered: 0,
  failed: 0,
  givenUp: 0,
  problem: undefined,
};

export function followNotices(parts: NoticeParts): FollowedNotices {
  const listeners: (() => void)[] = [];
  const folding = createFolding();
  const told = new Set<string>();
  const toldBy = createToldBy();
  let state = nothingYet;
  const note = (next: NoticeState): void => {
    const isNews = next.problem !== state.problem;
    state = next;
    if (isNews) for (const listener of listeners) listener();
  };
  const round = async (signal: AbortSignal): Promise<boolean> => {
    const policy = present(parts.caches.policies.get(undefined, policyName));
    const telling = toldBy(policy, parts.now());
    const settings = noticeSettings(telling);
    const senders = sendersOf({ ...parts, settings });
    const world = {
      installation: toldOfInstallation(telling),
      grant: (namespace: string, name: string) => present(parts.caches.grants.get(namespace, name)),
    };
    const { queue, records, now } = parts;
    const isUnsaid = telling === undefined;
    const given = { queue, records, folding, world, settings, isUnsaid, senderFor: senders.of, now, signal };
    const result = await closingAfter(senders, () => deliverOnce(given));
    note(stateAfter(state, result, settings));
    await tellAhead(parts, { policy, settings, told }, signal);
    return result.answer.more;
  };
  return {
    state: () => state,
    problem: () => state.problem,
    onChange: (listener) => listeners.push(listener),
    async run(signal) {
      while (!signal.aborted) {
        const more = await round(signal).catch((error: unknown) => {
          if (!signal.aborted) parts.onProblem(error);
          return false;
        });
        if (!more) await pause(parts.clock, lookEveryMs, signal).catch(() => undefined);
      }
    },
  };
}

async function closingAfter<T>(opened: { close(): Promise<void> }, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    await opened.close();
  }
}

function stateAfter(
  before: NoticeState,
  result: RoundResult,
  settings: NoticeSettings | undefined,
): NoticeState {
  const { answer, outcomes } = result;
  const count = (outcome: (typeof outcomes)[number]): number =>
    outcomes.filter((each) => each === outcome).length;
  const left = answer.waiting - count('delivered') - count('given_up');
  return {
    waiting: Math.max(0, left),
    oldestSince: left > 0 ? answer.oldestSince : undefined,
    delivered: before.delivered + count('delivered'),
    failed: before.failed + count('failed'),
    givenUp: before.givenUp + count('given_up'),
    problem: problemAfter(before.problem, result, settings),
  };
}

/** It stands until something is delivered, or no one is told anything any more. */
function problemAfter(
  before: string | undefined,
  { outcomes, problem }: RoundResult,
  settings: NoticeSettings | undefined,
): string | undefined {
  if (settings === undefined) return undefined;
  if (problem !== undefined) return problem;
  const [first] = settings.unusable;
  const unusable =
    first === undefined
      ? undefined
      : 'an administrator of the policy has an email that no mail can go to; write one plain address, such as grace@example.com';
  const isBetter = before === undefined || outcomes.includes('delivered');
  return isBetter ? unusable : before;
}

interface SeenNow {
  readonly policy: SupportAccessPolicy | undefined;
  readonly settings: NoticeSettings | undefined;
  /** Keys of what is recorded already; after a restart the records know them. */
  readonly told: Set<string>;
}

async function tellAhead(
  { caches, records, now }: NoticeParts,
  { policy, settings, told }: SeenNow,
  signal: AbortSignal,
): Promise<void> {
  if (settings === undefined) return;
  const { expiringSoonMs } = settings;
  const grants = caches.grants.byIndex('open', 'open');
  const all = draftsAhead({ grants, policy, expiringSoonMs }, now());
  const drafts = all.filter(({ key }) => !told.has(key));
  await records.write({ drafts, mustBeDurable: true }, signal);
  // Only what still holds is remembered: the rest is not drafted again.
  told.clear();
  for (const { key } of all) told.add(key);
}
