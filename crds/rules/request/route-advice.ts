/** What in a route is taken and hardly meant so: a path that no request has, or one that is written as a pattern of another language. */
import type { SupportApplication } from '../../generated/support-application.ts';
import { type Problem, printable } from '../problem.ts';

type Route = Pick<SupportApplication['spec']['routes'][number], 'path'>;

/** Everything that is unwise about the path of a route; `field` is where the path stands. */
export function pathAdvice({ path }: Route, field: string): Problem[] {
  const segments = path.split('/');
  const colon = segments.find((segment) => /^:[A-Za-z]/.test(segment));
  const pattern = segments.find((segment) => segment !== colon && isPattern(segment));
  const at = { field, value: printable(path) };
  return [
    ...(colon === undefined
      ? []
      : [
          {
            ...at,
            rule: `has "${printable(colon)}" as it stands`,
            fix: `write {${printable(colon.slice(1))}} where any segment is meant`,
          },
        ]),
    ...(pattern === undefined
      ? []
      : [
          {
            ...at,
            rule: `has "${printable(pattern)}" as it stands, and reads like a regular expression`,
            fix: 'write {id} where any segment is meant, and * as the last segment for all that follows',
          },
        ]),
    ...(isOurs(path)
      ? [{ ...at, rule: "is the gateway's own, so that no request gets there", fix: 'remove the route' }]
      : []),
  ];
}

const isOurs = (path: string): boolean => path === '/support-access' || path.startsWith('/support-access/');

/** Groups, anchors, and what repeats a character or any character. A single `+` or `$` inside of a name is none. */
function isPattern(segment: string): boolean {
  return /\([^)]*\)|^[.]?\+$|[.][+*]|\w\+$|\$$/.test(segment);
}
