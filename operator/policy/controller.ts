/** How does one look at the installation go? Gathers the policy, the open grants and what exists once, and reconciles. */

import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { installed, policyName } from '../../crds/names.ts';
import { present } from '../../crds/object-meta.ts';
import { windowState } from '../../crds/rules/time/schedule.ts';
import type { Controller, ControllerContext } from '../watching/controller.ts';
import type { Calls } from '../writes/calls.ts';
import { reconcilePolicy } from './reconcile.ts';
import { serviceProviderCertificate } from './sp-keys.ts';
import type { PolicyWorld } from './world.ts';

export const policyId = policyName;

export function createPolicyController(around: ControllerContext): Controller {
  const { client, caches, trail, now } = around;
  let tombstones: SupportAccessPolicy | undefined;
  caches.policies.onChange(({ type, object }) => {
    tombstones = type === 'deleted' ? object : undefined;
  });
  return {
    name: 'policy',
    async handle(_id, signal) {
      const calls = { client, now, signal };
      const told = tombstones;
      const lookAgainAt = await reconcilePolicy(await observe(around, calls, told), calls, trail);
      if (tombstones === told && lookAgainAt === undefined) tombstones = undefined;
      return lookAgainAt;
    },
  };
}

async function observe(
  { caches, releaseNamespace, now }: ControllerContext,
  calls: Calls,
  tombstones: SupportAccessPolicy | undefined,
): Promise<PolicyWorld> {
  const policy = present(caches.policies.get(undefined, policyId));
  const open = caches.grants
    .byIndex('open', 'open')
    .filter(({ spec }) => windowState(spec, now()) === 'Open');
  const applications = open.flatMap(
    ({ metadata, spec }) =>
      (spec.applicationRef && caches.applications.get(metadata.namespace, spec.applicationRef.name)) ?? [],
  );
  const enabled = caches.grants.list().filter(({ spec }) => spec.access === 'Enabled');
  const named = new Set(enabled.flatMap(({ spec }) => spec.userRefs.map(({ name }) => name)));
  const spCertificate =
    policy &&
    (await serviceProviderCertificate(calls, {
      namespace: releaseNamespace,
      host: policy.spec.gateway.host,
    }));
  return {
    installation: {
      policy,
      open,
      applications,
      people: [...named].flatMap((name) => caches.users.get(undefined, name) ?? []),
      releaseNamespace,
      spCertificate,
    },
    object: policy ?? tombstones,
    networkPolicy: caches.networkPolicies.get(releaseNamespace, installed.gatewayNetworkPolicy),
    ssoConfig: caches.ssoConfig.get(releaseNamespace, installed.sso),
  };
}
