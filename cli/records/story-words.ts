/** The words of the story page: what each record says to a person who knows nothing of the product. Pure. */
import { eventWords } from '../../crds/audit/event-words.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import type { Certainty } from '../../crds/audit/requester.ts';
import { isReason, sentenceFor } from '../../crds/rules/reasons.ts';
import { targetOf } from './record-table.ts';

/** What happened, in words. */
export function eventIn({ type, target }: StoredRecord): string {
  const { says: said } = eventWords[type];
  const isOfObject = type.startsWith('lock.') || type.startsWith('admission.');
  return isOfObject && target !== undefined ? `${said}: ${targetOf(target)}` : said;
}

const sureness: Readonly<Record<Certainty, string>> = {
  proved: 'proved: the API server itself said so',
  claimed: 'claimed: one caller said so, without a proof, and no other said otherwise',
  unknown: 'not known',
};

/** Who did it or asked for it, with how surely that is known. */
export function whoAsked({ actor, requester }: StoredRecord): string {
  if (requester === undefined)
    return actor.userId === undefined ? actor.name : `${actor.name} (${actor.userId})`;
  const { username, certainty } = requester;
  return username === undefined ? sureness.unknown : `${username} (${sureness[certainty ?? 'claimed']})`;
}

/** Why, in a sentence with its code; and what the record adds of its own. */
export function reasonTold({ decision, outcome, change, message }: StoredRecord): string {
  const code = decision?.reason ?? outcome?.reason;
  const why = code === undefined ? undefined : reasonInWords(code);
  return [why, change?.summary, message].filter((part) => part !== undefined && part !== '').join(' ');
}

function reasonInWords(code: string): string {
  return isReason(code) ? `${sentenceFor(code)} (${code})` : `(${code})`;
}

/** What the application responded, as the gateway passed it on. */
export function outcomeIn(outcome: StoredRecord | undefined): string {
  if (outcome?.outcome === undefined) return 'No outcome is recorded.';
  const { status, upstream, masked = {}, reason } = outcome.outcome;
  if (outcome.writer === 'store')
    return `Unknown: the gateway was lost before it could say (${reason ?? 'no reason'}).`;
  const counts = Object.entries(masked).map(([what, count]) => `${count} × ${what}`);
  const parts = [
    status === undefined ? undefined : `Status ${status}`,
    upstream === 'answered' ? undefined : upstream,
    reason,
    counts.length === 0 ? undefined : `masked: ${counts.join(', ')}`,
    outcome.message,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}
