/** Of what a matrix allows, what do the routes of an application lead to? What no request means cannot be done through the gateway. */
import type { SupportApplication } from '../../generated/support-application.ts';
import type { PermittedPlace, Target } from '../matrix/matrix.ts';

type Route = SupportApplication['spec']['routes'][number];

/** What is allowed, divided into what some route means and what none does; places that have nothing are left out. */
export function dividedByRoutes(
  allowed: readonly PermittedPlace[],
  routes: readonly Route[],
): { readonly reached: PermittedPlace[]; readonly unreached: PermittedPlace[] } {
  const meant = new Set(routes.map(keyOf));
  const those = (isMeant: boolean): PermittedPlace[] =>
    allowed
      .map(({ actions, ...place }) => ({
        ...place,
        actions: actions.filter((action) => meant.has(keyOf({ ...place, action })) === isMeant),
      }))
      .filter(({ actions }) => actions.length > 0);
  return { reached: those(true), unreached: those(false) };
}

const keyOf = ({ module, subModule, action }: Target): string =>
  JSON.stringify([module, subModule ?? null, action]);
