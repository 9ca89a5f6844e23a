/** Does the application say what the request means? What no route names is refused, whatever it would do. */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';

export const routeIsKnown = {
  name: 'routeIsKnown',
  entryPoints: ['application'],
  check,
} as const satisfies Check;

function check({ target, unrouted }: Ask): CheckResult {
  if (target !== undefined) return untilChanged;
  return { reason: 'NoRoute', ...(unrouted === undefined ? {} : { detail: unrouted }) };
}
