/**
 * Plans the installation as a whole; pure. The gateway's network, the SSO settings for people, and the status of the
 * policy. Which grants are open was decided by the grants' own plans and is only read here.
 */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { containsCIDR } from '../../crds/rules/address/cidr.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import { nextCertificateChange } from '../../crds/rules/request/host-certificate.ts';
import { NetworkPolicies } from '../../kube/resources.ts';
import { nextTrustChange } from '../../saml/trust/trust.ts';
import { installationOutputs } from '../outputs/index.ts';
import { isNetworkOfOurs, supportSources } from '../outputs/network.ts';
import type { Wanted } from '../outputs/output.ts';
import type { PlainStatus } from '../reporting/conditions.ts';
import { aboutOnlyWrite, lifecycleDrafts } from '../reporting/lifecycle.ts';
import { draftOf, type RecordDraft, type RecordDrafts } from '../reporting/record-drafts.ts';
import type { ConfigMap, NetworkPolicy } from '../watching/kubernetes-objects.ts';
import { type Removal, removalOf, type Write, writeFor } from '../writes/diff.ts';
import { namesForPolicies } from './names.ts';
import { policyStatus } from './report.ts';
import type { PolicyWorld } from './world.ts';

const events = { created: 'policy.changed', changed: 'policy.changed', deleted: 'policy.deleted' } as const;

/** New data for an object that the chart made; nothing else of it is touched. */
export interface Fill {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
  readonly resourceVersion: string;
}

export interface PolicyPlan {
  readonly remove: readonly Removal[];
  /** Writes that only take sources away: they wait for no record. */
  readonly narrow: readonly Write[];
  readonly record: RecordDrafts;
  readonly apply: readonly Write[];
  readonly fill: readonly Fill[];
  readonly status: PlainStatus | undefined;
  readonly lookAgainAt: number | undefined;
}

export function planPolicy(world: PolicyWorld, now: number): PolicyPlan {
  const wanted = installationOutputs.flatMap((output) => output.desired(world.installation));
  const network = wanted.filter(({ output }) => output === 'network');
  const writes = network.flatMap((one) => writeOf(one, world.networkPolicy));
  const narrowing = narrows(world);
  const record = policyDrafts(world, now);
  return {
    remove: leaving(world, network),
    narrow: narrowing ? writes : [],
    record,
    apply: narrowing ? [] : writes,
    fill: [
      ...wanted.flatMap((one) =>
        one.output === 'sso' ? fillOf(one.object['data'] as Fill['data'], world.ssoConfig) : [],
      ),
      ...fillOf(namesForPolicies(world.installation.policy), world.names),
    ],
    status: policyStatus(world, now),
    lookAgainAt: nextLook(world, now),
  };
}

/** The provider's dates, and those of the gateway's certificates. */
function nextLook({ installation: { policy }, certificates }: PolicyWorld, now: number): number | undefined {
  if (policy === undefined) return undefined;
  const { sso, gateway } = policy.spec;
  const told = certificates && (certificates.data ?? {});
  const times = [nextTrustChange(sso, now), nextCertificateChange({ gateway, told }, now)];
  return times.filter((at) => at !== undefined).toSorted((one, other) => one - other)[0];
}

function writeOf(wanted: Wanted, seen: NetworkPolicy | undefined): Write[] {
  if (seen !== undefined && !isNetworkOfOurs(seen.metadata)) return [];
  const write = writeFor(wanted, seen);
  return write === undefined ? [] : [write];
}

/** A NetworkPolicy of ours that is there and not wanted any more. */
function leaving({ networkPolicy }: PolicyWorld, network: readonly Wanted[]): Removal[] {
  if (networkPolicy === undefined || !isNetworkOfOurs(networkPolicy.metadata) || network.length > 0)
    return [];
  return [removalOf(NetworkPolicies, networkPolicy)];
}

/** Whether the new NetworkPolicy only takes sources away. A source that cannot be read is taken for a new one. */
function narrows({ installation, networkPolicy }: PolicyWorld): boolean {
  if (networkPolicy === undefined) return true; // without any NetworkPolicy every address is admitted
  const admitted = (networkPolicy.spec?.ingress ?? []).flatMap((rule) =>
    (rule.from ?? []).flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock.cidr])),
  );
  return supportSources(installation).every((cidr) => admitted.some((outer) => containsCIDR(outer, cidr)));
}

function fillOf(data: Fill['data'], seen: ConfigMap | undefined): Fill[] {
  if (seen === undefined) return [];
  const same = Object.entries(data).every(([key, value]) => seen.data?.[key] === value);
  const { name, resourceVersion } = seen.metadata;
  return same ? [] : [{ name, data, resourceVersion }];
}

/** Transitions since the last report, keyed by it. Switching on must be durable first; switching off waits for nothing. */
function policyDrafts({ object, installation }: PolicyWorld, now: number): RecordDrafts {
  if (object === undefined) return { drafts: [], mustBeDurable: false };
  const gone = installation.policy === undefined;
  const on = !gone && object.spec.access === 'Enabled';
  const drafts = [...lifecycleDrafts({ object, gone }, events, now), ...switchDrafts(object, on, now)];
  return { drafts, mustBeDurable: on };
}

/** It says who did it only where there was one write since the last report: of several, one of another person may have done it. */
function switchDrafts(object: SupportAccessPolicy, on: boolean, now: number): RecordDraft[] {
  const { metadata, status } = object;
  const active = conditionOf(status?.conditions, 'Active');
  const wasOn = active?.status === 'True';
  if (wasOn === on || (!on && active === undefined)) return [];
  const type = on ? 'policy.enabled' : 'policy.disabled';
  const boundary = [metadata.uid, active?.lastTransitionTime ?? 'first', metadata.generation ?? 0];
  return [aboutOnlyWrite(object, draftOf(type, boundary, now))];
}
