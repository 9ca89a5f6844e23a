/** Does the application say what the request means? What no route names is refused, whatever it would do. */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';

export const routeIsKnown = {
  name: 'routeIsKnown',
  entryPoints: ['application'],
  check,
} as const satisfies Check;

function check({ target }: Ask): CheckResult {
  return target === undefined ? { reason: 'NoRoute' } : untilChanged;
}
