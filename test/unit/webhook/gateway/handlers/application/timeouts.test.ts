import { describe, expect, it } from 'vitest';
import type { RouteTimeouts } from '../../../../../../crds/rules/request/route-search.ts';
import { compileRoutes } from '../../../../../../crds/rules/request/routes.ts';
import {
  applicationPolicy,
  policyInForce,
} from '../../../../../../webhook/gateway/handlers/application/policy.ts';
import { anApplication, aRoute, withRoutes } from '../../../../../kit/objects/application.ts';
import { withSpec } from '../../../../../kit/objects/object.ts';

describe('the gateway waits', () => {
  const waiting = (ofApplication?: RouteTimeouts, ofRoute?: RouteTimeouts) => {
    const spec = { ...aRoute('GET /jobs', 'Jobs: Read'), ...(ofRoute && { timeouts: ofRoute }) };
    const application = anApplication(
      withRoutes(spec),
      withSpec(ofApplication === undefined ? {} : { timeouts: ofApplication }),
    );
    const route = compileRoutes(application.spec.routes).find('GET', '/jobs');
    const inForce = policyInForce(applicationPolicy, { world: { application }, ...(route && { route }) });
    return inForce.ok && [inForce.policy.headTimeoutMs, inForce.policy.bodyIdleMs];
  };

  it.each([
    ['a minute for each where nothing is said', undefined, undefined, [60_000, 60_000]],
    ['as the application says', { firstByteSeconds: 120, uploadIdleSeconds: 5 }, undefined, [120_000, 5000]],
    [
      'as the route says, before the application',
      { firstByteSeconds: 120 },
      { firstByteSeconds: 600 },
      [600_000, 60_000],
    ],
    [
      'as the application says of what its route does not',
      { uploadIdleSeconds: 5 },
      { firstByteSeconds: 1 },
      [1000, 5000],
    ],
  ])('%s', (_, ofApplication, ofRoute, expected) => {
    expect(waiting(ofApplication, ofRoute)).toEqual(expected);
  });
});
