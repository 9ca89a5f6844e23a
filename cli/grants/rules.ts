/** Asks the rules of the product about a grant before anything is written, so that no question is asked in vain. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { problemLine } from '../../crds/rules/problem.ts';
import { problemsOf } from '../../crds/rules/problems/index.ts';
import { lengthObjection, windowState } from '../../crds/rules/time/schedule.ts';
import { formatTime } from '../../crds/rules/time/time.ts';
import { Refused } from '../command.ts';
import { endWords } from './words.ts';

export interface Judging {
  readonly policy: SupportAccessPolicy | undefined;
  readonly now: number;
  readonly zone: string;
}

/** Throws what a rule has against the grant as it would be written; the bounds count from its creation, or from now. */
export function refuseBrokenRules(grant: SupportAccessGrant, { policy, now, zone }: Judging): void {
  const problems = problemsOf(grant).map(problemLine);
  if (problems.length > 0) throw new Refused([`refused:`, ...problems.map((line) => `  ${line}`)].join('\n'));
  if (grant.spec.access !== 'Enabled') return;
  const { name } = grant.metadata;
  if (windowState(grant.spec, now) === 'Expired') {
    throw new Refused(
      `refused: the end must be later than now, and was ${endWords(grant.spec.expirationTime, zone)}, so nothing would open. Give it more time: kubectl support-access grant extend ${name} --for 4h`,
    );
  }
  const created = grant.metadata.creationTimestamp || formatTime(now);
  const length = lengthObjection(grant.spec, policy?.spec.duration, created);
  if (length !== undefined) throw new Refused(`refused: ${length.message}`);
}
