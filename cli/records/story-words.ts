/** The words of the story page: what each record says to a person who knows nothing of the product. Pure. */
import type { EventType } from '../../crds/audit/events.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import type { Certainty } from '../../crds/audit/requester.ts';
import { isReason, sentenceFor } from '../../crds/rules/reasons.ts';
import { targetOf } from './record-table.ts';

const happened: Readonly<Partial<Record<EventType, string>>> = {
  'admission.requested': 'Asked of the cluster',
  'admission.rejected': 'Refused by the rules',
  'admission.stored': 'Stored by the cluster',
  'grant.created': 'The customer made the grant',
  'grant.changed': 'The customer changed the grant',
  'grant.deleted': 'The grant was deleted',
  'grant.pinned': 'What was consented to was fixed',
  'grant.activated': 'Access was opened',
  'grant.expired': 'Access ended, since its time was over',
  'grant.revoked': 'Access was taken back',
  'grant.suspended': 'Access was suspended',
  'grant.closed': 'Access was closed',
  'credential.issued': 'A credential of Kubernetes was given',
  'credential.revoked': 'The credential of Kubernetes was taken away',
  'signin.succeeded': 'Signed in',
  'signin.failed': 'Sign-in refused',
  'signin.sso_mismatch': 'Sign-in refused: the identity provider names another person than is on file',
  'signin.ip_rejected': 'Sign-in refused: the address is not allowed',
  'session.authorized': 'A session began',
  'session.ended': 'The session ended',
  'policy.enabled': 'Support access was switched on for the whole cluster',
  'policy.disabled': 'Support access was switched off for the whole cluster',
  'policy.changed': 'The policy was changed',
  'policy.deleted': 'The policy was deleted',
  'lock.created': 'A lock was set',
  'lock.lifted': 'A lock was lifted',
  'lock.lost': 'A lock was lost without having been lifted',
};

/** What happened, in words; what has none is named by its type. */
export function eventIn({ type, target }: StoredRecord): string {
  const said = happened[type] ?? type;
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
