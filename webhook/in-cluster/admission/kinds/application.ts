/** What admission says of an application that is allowed but hardly meant so: a host or a path under which nothing is served. */
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../../crds/generated/support-application.ts';
import { policyName } from '../../../../crds/names.ts';
import { hostIsOurs } from '../../../../crds/rules/request/hosts.ts';
import { pathAdvice } from '../../../../crds/rules/request/route-advice.ts';
import { ifReadable, type KindAdvice, type KindRule } from './kind-rule.ts';
import { widenedWarnings } from './widened.ts';

type Route = SupportApplication['spec']['routes'][number];

export const applicationAdvice: KindAdvice = (write) => [
  ...(write.object as unknown as SupportApplication).spec.routes.flatMap(routeWarnings),
  ...widenedWarnings('SupportApplication', write),
];

export const applicationRule: KindRule = async (write, { read, now }) => {
  const { spec } = write.object as unknown as SupportApplication;
  const policy = (await ifReadable(read('SupportAccessPolicy', { name: policyName }))) as
    | SupportAccessPolicy
    | undefined;
  return {
    problems: [],
    warnings: [
      ...(policy === undefined ? [] : hostWarnings(spec.host, policy)),
      ...applicationAdvice(write, now),
    ],
  };
};

/** The domains are not told: who may write applications need not be one who may read the policy. */
function hostWarnings(host: string, { spec: { gateway } }: SupportAccessPolicy): string[] {
  if (hostIsOurs(host, gateway)) return [];
  return [
    `spec.host ${host} lies under no domain of the policy's spec.gateway.hostSuffixes, so it is not served; add its domain there, or choose another host`,
  ];
}

/** Paths that no request will have, or that never get as far as the application. */
function routeWarnings(route: Route, at: number): string[] {
  return pathAdvice(route, `spec.routes[${at}].path`).map(
    ({ field, value = '', rule, fix }) => `${field} ${value} ${rule}; ${fix}`,
  );
}
