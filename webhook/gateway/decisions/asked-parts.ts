/** What of an ask follows from the request and from what was read for it. Pure. */
import { parseAddress } from '../../../crds/rules/address/address.ts';
import type { Ask } from '../../../crds/rules/ask.ts';
import { meaningOf, whyNoMeaning } from '../../../crds/rules/request/meaning.ts';
import type { Route } from '../../../crds/rules/request/route-search.ts';
import type { Source } from '../listener/source-address.ts';
import type { DecisionRequest, ReadWorld } from './decision.ts';

/** The matrix with what it gives at the Kubernetes API. */
export function withRules({ matrix }: ReadWorld): Ask['matrix'] {
  return matrix && { ...matrix, rules: matrix.spec.kubernetes?.rules ?? [] };
}

/** What the routes say that a request to an application means. */
export function routeOf({ request }: DecisionRequest, { routes, application }: ReadWorld): Route | undefined {
  return request && routes && meaningOf(routes, request, application?.spec.pathForms ?? []);
}

/** Why they give it no meaning. */
export function unrouted(
  { request }: DecisionRequest,
  { routes, application }: ReadWorld,
): string | undefined {
  return request && routes && whyNoMeaning(routes, request, application?.spec.pathForms ?? []);
}

/** The person is not here where the application asks: the address is the one of the sign-in. */
export function addressOf({ session }: DecisionRequest, world: ReadWorld, source: Source): Ask['address'] {
  if (session === undefined || !('handle' in session)) return source.address;
  return parseAddress(world.session?.spec.boundAddress ?? '');
}

/** Who asks is an application and no host: it stands for the host that is its own, and for none of another. */
export function hostAsked({ request, review }: DecisionRequest, { application }: ReadWorld): Ask['host'] {
  if (review === undefined) return request;
  return application && { host: application.spec.host, application: review.application };
}
