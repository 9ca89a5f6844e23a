/** What is wrong with a grant by itself? Never whether it is open: an expired grant may be written again. */
import type { SupportAccessGrant } from '../../generated/support-access-grant.ts';
import { type Problem, printable } from '../problem.ts';
import { parseTime } from '../time/time.ts';
import { addressProblems } from './address-problems.ts';

const timeFix = 'write for example 2026-12-03T08:00:00Z';

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
  return [
    { field, value: printable(text), rule: 'must be a time of a real day in RFC 3339 form', fix: timeFix },
  ];
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
