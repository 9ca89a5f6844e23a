/** The status of the policy: Ready (the installation is as it says) and Active (the master switch). */

import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { installed } from '../../crds/names.ts';
import { sentenceFor } from '../../crds/rules/reasons.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { isManaged } from '../outputs/marks.ts';
import { pinnedCertificates } from '../outputs/sso.ts';
import { type PlainCondition, type PlainStatus, statusOf } from '../reporting/conditions.ts';
import type { ConfigMap, NetworkPolicy } from '../watching/kubernetes-objects.ts';
import type { PolicyWorld } from './world.ts';

/** The next status; undefined when there is no policy to report on. */
export function policyStatus(
  { object, installation, networkPolicy, ssoConfig }: PolicyWorld,
  now: number,
): PlainStatus | undefined {
  if (object === undefined || installation.policy === undefined) return undefined;
  const on = object.spec.access === 'Enabled';
  const active: PlainCondition = on
    ? { type: 'Active', holds: true, reason: 'Enforced', message: 'Support access is switched on' }
    : { type: 'Active', holds: false, reason: 'PolicyDisabled', message: sentenceFor('PolicyDisabled') };
  const objection =
    nameObjection(networkPolicy) ?? ssoConfigObjection(ssoConfig) ?? certificateObjection(object, now);
  const ready: PlainCondition = objection ?? {
    type: 'Ready',
    holds: true,
    reason: 'Enforced',
    message: sentenceFor('Enforced'),
  };
  return statusOf(object, [ready, active], now);
}

function nameObjection(networkPolicy: NetworkPolicy | undefined): PlainCondition | undefined {
  if (networkPolicy === undefined || isManaged(networkPolicy.metadata)) return undefined;
  const message = `NetworkPolicy ${installed.gatewayNetworkPolicy} exists and is not this product's; remove it`;
  return { type: 'Ready', holds: false, reason: 'NameTaken', message };
}

function ssoConfigObjection(ssoConfig: ConfigMap | undefined): PlainCondition | undefined {
  if (ssoConfig !== undefined) return undefined;
  const message = 'ConfigMap support-access-sso is missing; the chart makes it';
  return { type: 'Ready', holds: false, reason: 'ApplyFailed', message };
}

/** Only when none of the pinned certificates is valid: one of two that has expired is how a rollover ends. */
function certificateObjection(policy: SupportAccessPolicy, now: number): PlainCondition | undefined {
  const certificates = pinnedCertificates(policy);
  if (certificates.length === 0) return undefined;
  const valid = certificates.some(({ notAfter }) => (parseTime(notAfter) ?? now) > now);
  if (valid) return undefined;
  const dates = certificates.map(({ notAfter, problem }) => notAfter ?? problem).join(', ');
  const message = `No certificate of the identity provider is valid any more (${dates})`;
  return { type: 'Ready', holds: false, reason: 'CertificateExpired', message };
}
