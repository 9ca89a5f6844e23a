/** What is wrong with a grant by itself? Never whether it is open: an expired grant may be written again. */
import type { SupportAccessGrant } from '../../generated/support-access-grant.ts';
import { type Problem, printable } from '../problem.ts';
import { parseTime } from '../time/time.ts';
import { addressProblems } from './address-problems.ts';

const instant = 'must be an instant such as 2026-12-03T08:00:00Z';
const timeFix = 'write a real day, T, the time with seconds, and then Z or an offset such as +01:00';

export function grantProblems({ spec }: SupportAccessGrant): Problem[] {
  return [
    ...addressProblems(spec.allowedCIDRs, 'spec.allowedCIDRs'),
    ...timeProblems(spec.startTime, 'spec.startTime'),
    ...timeProblems(spec.expirationTime, 'spec.expirationTime'),
    ...windowProblems(spec),
  ];
}

function timeProblems(text: string | undefined, field: string): Problem[] {
  if (text === undefined || parseTime(text) !== undefined) return [];
  return [{ field, value: printable(text), rule: instant, fix: timeFix }];
}

/** Rules across fields pass while access is disabled: disabling must never be refused. */
function windowProblems({ access, startTime, expirationTime }: SupportAccessGrant['spec']): Problem[] {
  const from = parseTime(startTime);
  const until = parseTime(expirationTime);
  if (access !== 'Enabled' || from === undefined || until === undefined || from < until) return [];
  return [
    {
      field: 'spec.expirationTime',
      value: printable(expirationTime),
      rule: 'must be later than spec.startTime',
      fix: `choose a time after ${startTime}`,
    },
  ];
}
