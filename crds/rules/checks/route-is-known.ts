/** Does the application say what the request means? What no route names is refused, whatever it would do. */
import { type Ask, type Check, untilChanged, type Verdict } from '../ask.ts';

export const routeIsKnown = {
  name: 'routeIsKnown',
  entryPoints: ['application'],
  verdict,
} as const satisfies Check;

function verdict({ target }: Ask): Verdict {
  return target === undefined ? { reason: 'NoRoute' } : untilChanged;
}
