/**
 * What the rules say of an ask, check by check, and the one answer: yes, no, or that it cannot be told. The decision itself is
 * `decide`'s; here it is only told what each check of it says.
 */
import { type CheckName, checks, decide } from '../../crds/rules/access.ts';
import type { Ask, Check, Decision, Objection } from '../../crds/rules/ask.ts';
import { consentOf } from '../../crds/rules/consent.ts';
import type { Reason } from '../../crds/rules/reasons.ts';
import { isNotSeen } from './seen.ts';

/** What one check says. */
export type CheckFinding = { readonly check: CheckName } & (
  | { readonly says: 'ok' }
  | { readonly says: 'no'; readonly objection: Objection }
  /** Not to be known, as something was not read. */
  | { readonly says: 'unknown'; readonly lacks: string }
  /** It only follows from what another check says. */
  | { readonly says: 'not asked' }
);

export type JudgedAccess = { readonly findings: readonly CheckFinding[] } & (
  | { readonly answer: 'yes'; readonly until: number }
  | { readonly answer: 'no'; readonly objection: Objection }
  | { readonly answer: 'cannot tell'; readonly lacks: readonly string[] }
);

/**
 * The answer to an ask. An objection that is certain makes it a no, whatever else could not be read; anything that was not
 * read keeps it from being a yes.
 */
export function judgeAsk(ask: Ask, lacksLocks: string): JudgedAccess {
  const findings = findingsOf(ask, lacksLocks);
  const decision = decisionOf(ask);
  if (decision?.allow === true) return { answer: 'yes', until: decision.until, findings };
  if (decision !== undefined && !isUnread(decision.reason)) {
    const { reason, detail } = decision;
    return { answer: 'no', objection: detail === undefined ? { reason } : { reason, detail }, findings };
  }
  const certainly = findings.find((finding) => finding.says === 'no');
  if (certainly !== undefined) return { answer: 'no', objection: certainly.objection, findings };
  const lacks = findings.flatMap((finding) => (finding.says === 'unknown' ? [finding.lacks] : []));
  return { answer: 'cannot tell', lacks: [...new Set(lacks)], findings };
}

function decisionOf(ask: Ask): Decision | undefined {
  try {
    return decide(ask);
  } catch (error) {
    if (isNotSeen(error)) return undefined;
    throw error;
  }
}

/** The one reason by which the rules themselves say that something was not read. */
const isUnread = (reason: Reason): boolean => reason === 'LockUnreadable';

/** What each check of the entry point says, in their order. What stands behind an objection only adds to it. */
export function findingsOf(ask: Ask, lacksLocks: string): CheckFinding[] {
  const findings = checks
    .filter((one: Check) => one.entryPoints.includes(ask.entryPoint))
    .map((one) => findingOf(one, ask, lacksLocks));
  const first = findings.findIndex(({ says }) => says === 'no');
  const unpinned = !isPinned(ask);
  return findings.map((finding, at): CheckFinding => {
    if (finding.says !== 'no') return finding;
    const { reason } = finding.objection;
    // That the operator has not opened it follows from what keeps it closed.
    const isIdle = (unpinned && pinned.has(reason)) || (at > first && reason === 'NotOpened');
    return isIdle ? { check: finding.check, says: 'not asked' } : finding;
  });
}

/** What compares with pins means nothing as long as nothing is pinned: that it was not opened yet says all. */
const pinned: ReadonlySet<Reason> = new Set([
  'UserChanged',
  'MatrixChanged',
  'ApplicationChanged',
  'ServiceChanged',
]);

function isPinned({ grant }: Ask): boolean {
  return grant !== undefined && grant.status?.pins?.consent === consentOf(grant);
}

function findingOf(one: (typeof checks)[number], ask: Ask, lacksLocks: string): CheckFinding {
  const { name: check } = one;
  try {
    const result = one.check(ask);
    if (typeof result === 'number') return { check, says: 'ok' };
    if (isUnread(result.reason)) return { check, says: 'unknown', lacks: lacksLocks };
    return { check, says: 'no', objection: result };
  } catch (error) {
    if (isNotSeen(error)) return { check, says: 'unknown', lacks: error.lacks };
    throw error;
  }
}
