/** What is wrong with a list of addresses? Every entry is judged, so that one answer names all that must be corrected. */
import { parseCIDR } from '../address/cidr.ts';
import { isProblem, type Problem } from '../problem.ts';

/** The problems of each entry, with its place. */
export function addressProblems(cidrs: readonly string[] | undefined, field: string): Problem[] {
  return (cidrs ?? []).map((text, at) => parseCIDR(text, `${field}[${at}]`)).filter(isProblem);
}
