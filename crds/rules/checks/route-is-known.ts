/** Does the application say what the request means? What no route names is refused, whatever it would do. */
import type { Ask, Check, Objection } from '../ask.ts';

export const routeIsKnown = {
  name: 'routeIsKnown',
  surfaces: ['application'],
  objection,
} as const satisfies Check;

function objection({ target }: Ask): Objection | undefined {
  return target === undefined ? { reason: 'NoRoute' } : undefined;
}
