/**
 * The status of the policy: Ready (the installation is as it says), SSOReady (people can sign in with its identity
 * provider), CertificatesReady (the gateway has certificates), IdentitiesExclusive (only the gateway acts as support
 * identities), AdmissionReady (the API server asks admission) and Active (the master switch); while the records are away RecordsUnavailable,
 * while their volume fills RecordsFilling, while a clock is off ClockOff too, while people are not told NoticesDelayed, and while a lock
 * stops everything Locked.
 */

import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { installed } from '../../crds/names.ts';
import type { Condition } from '../../crds/rules/conditions.ts';
import { printable, problemLine } from '../../crds/rules/problem.ts';
import { type Reason, sentenceFor } from '../../crds/rules/reasons.ts';
import {
  certificateObjection,
  certificateWarning,
  secretObjection,
} from '../../crds/rules/request/host-certificate.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { readTrust } from '../../saml/trust/trust.ts';
import { isNetworkOfOurs } from '../outputs/network.ts';
import { pinnedCertificates } from '../outputs/sso.ts';
import { withClockOff } from '../reporting/clock-off.ts';
import { type PlainCondition, type PlainStatus, statusOf } from '../reporting/conditions.ts';
import { withLocked } from '../reporting/locked.ts';
import { withNoticesDelayed } from '../reporting/notices-delayed.ts';
import { withRecordsFilling } from '../reporting/records-filling.ts';
import { withoutRecordsUnavailable, withRecordsUnavailable } from '../reporting/records-unavailable.ts';
import type { ConfigMap, NetworkPolicy } from '../watching/kubernetes-objects.ts';
import { admissionReady } from './admission-ready.ts';
import type { PolicyWorld } from './world.ts';

/** The next status; undefined when there is no policy to report on. */
export function policyStatus(world: PolicyWorld, now: number): PlainStatus | undefined {
  const { object, installation, networkPolicy, ssoConfig, names, certificates, impersonators } = world;
  if (object === undefined || installation.policy === undefined) return undefined;
  const on = object.spec.access === 'Enabled';
  const active: PlainCondition = on
    ? { type: 'Active', holds: true, reason: 'Enforced', message: 'Support access is switched on' }
    : { type: 'Active', holds: false, reason: 'PolicyDisabled', message: sentenceFor('PolicyDisabled') };
  const sso = ssoReady(object, now);
  const objection =
    nameObjection(networkPolicy) ??
    missing(ssoConfig, installed.sso) ??
    missing(names, installed.names) ??
    providerInvalid(sso) ??
    providerObjection(object, now);
  const ready: PlainCondition = objection ?? {
    type: 'Ready',
    holds: true,
    reason: 'Enforced',
    message: sentenceFor('Enforced'),
  };
  const conditions = [
    ready,
    sso,
    certificatesReady(object, certificates, now),
    identitiesExclusive(impersonators),
    active,
  ];
  const status = statusOf(object, conditions, now);
  return { ...status, conditions: passingConditions(world, status.conditions, now) };
}

type PassingFaults = Pick<
  PolicyWorld,
  | 'object'
  | 'recordsProblem'
  | 'recordsVolume'
  | 'clockProblem'
  | 'noticesProblem'
  | 'isLocked'
  | 'admission'
  | 'authority'
  | 'installation'
  | 'identitiesNamespace'
>;

/**
 * The conditions with those of passing faults, which are reported also where the rest has to wait for a record: the records
 * and admission are one process, so that both are away together.
 */
export function passingConditions(
  {
    object,
    recordsProblem: cause,
    recordsVolume: volume,
    clockProblem: problem,
    noticesProblem,
    isLocked,
    admission,
    authority,
    installation,
    identitiesNamespace,
  }: PassingFaults,
  conditions: readonly Condition[],
  now: number,
): PlainStatus['conditions'] {
  const { metadata = {} } = object ?? {};
  const told =
    cause === undefined
      ? withoutRecordsUnavailable(conditions)
      : withRecordsUnavailable({ metadata, status: { conditions } }, { cause, now });
  const timed = withClockOff({ metadata, status: { conditions: told } }, { problem, now });
  const filled = withRecordsFilling({ metadata, status: { conditions: timed } }, { volume, now });
  const tells = withNoticesDelayed(
    { metadata, status: { conditions: filled } },
    { problem: noticesProblem, now },
  );
  const next = withLocked({ metadata, status: { conditions: tells } }, { isLocked, now });
  const { releaseNamespace } = installation;
  const ready = admissionReady(admission, { authority, releaseNamespace, identitiesNamespace });
  return statusOf({ metadata, status: { conditions: next } }, [ready], now).conditions;
}

/** The support host's certificate as a browser takes it, and each Secret that is named, needed or not. */
function certificatesReady(
  { spec: { gateway } }: SupportAccessPolicy,
  certificates: ConfigMap | undefined,
  now: number,
): PlainCondition {
  const type = 'CertificatesReady';
  const world = { gateway, told: certificates && (certificates.data ?? {}) };
  const objection = certificateObjection(gateway.host, world, now) ?? secretObjection(world, now);
  if (objection !== undefined) return { type, holds: false, ...objection };
  const warning = certificateWarning(world, now);
  if (warning !== undefined) return { type, holds: true, reason: 'CertificateEnding', message: warning };
  const message =
    'The support host has a certificate, and the gateway can use every Secret that the policy names';
  return { type, holds: true, reason: 'Enforced', message };
}

/** What the reader of the sign-in says about the policy's identity provider: this very reader refuses or lets people in. */
function ssoReady({ spec: { sso } }: SupportAccessPolicy, now: number): PlainCondition {
  const condition = (reason: Reason, message: string): PlainCondition => {
    const holds = reason === 'ProviderTrusted' || reason === 'ProviderNeedsAttention';
    return { type: 'SSOReady', holds, reason, message };
  };
  if (sso === undefined) {
    return condition(
      'ProviderMissing',
      'The policy names no identity provider, so no one can sign in; set spec.sso.',
    );
  }

  const trust = readTrust(sso, now);
  if (!trust.ok) return condition('ProviderInvalid', trust.problems.map(problemLine).join('\n'));

  const { entityID, warnings } = trust.value;
  const trusted = `People sign in with ${printable(entityID)}`;
  return warnings.length === 0
    ? condition('ProviderTrusted', trusted)
    : condition('ProviderNeedsAttention', [trusted, ...warnings].join('\n'));
}

/** Where a provider is named with which no one can sign in, the installation is not as the policy says. */
function providerInvalid({ reason, message }: PlainCondition): PlainCondition | undefined {
  return reason === 'ProviderInvalid' ? { type: 'Ready', holds: false, reason, message } : undefined;
}

/** So many bindings are named; with hundreds the message would be cut in the middle of one. */
const mostNamed = 10;

/** Told, and no reason to close: those who may impersonate are the customer's own people, with rights that they gave. */
function identitiesExclusive(impersonators: readonly string[]): PlainCondition {
  const type = 'IdentitiesExclusive';
  if (impersonators.length === 0) {
    const message = 'Besides cluster administrators only the gateway may act as the support identities';
    return { type, holds: true, reason: 'Enforced', message };
  }
  const more = impersonators.length > mostNamed ? `; and ${impersonators.length - mostNamed} more` : '';
  const named = impersonators.slice(0, mostNamed).join('; ');
  const way = 'bind roles with impersonate on serviceaccounts in single namespaces only';
  const message = `Others may act as the support identities, by ${named}${more}: ${way}`;
  return { type, holds: false, reason: 'ExcessRights', message };
}

function nameObjection(networkPolicy: NetworkPolicy | undefined): PlainCondition | undefined {
  if (networkPolicy === undefined || isNetworkOfOurs(networkPolicy.metadata)) return undefined;
  const message = `NetworkPolicy ${installed.gatewayNetworkPolicy} exists and is not this product's; remove it`;
  return { type: 'Ready', holds: false, reason: 'NameTaken', message };
}

function missing(configMap: ConfigMap | undefined, name: string): PlainCondition | undefined {
  if (configMap !== undefined) return undefined;
  const message = `ConfigMap ${name} is missing; run helm upgrade to make it again`;
  return { type: 'Ready', holds: false, reason: 'ApplyFailed', message };
}

/** Only when none of the pinned certificates is valid: one of two that has expired is how a rollover ends. */
function providerObjection(policy: SupportAccessPolicy, now: number): PlainCondition | undefined {
  const certificates = pinnedCertificates(policy);
  if (certificates.length === 0) return undefined;
  const valid = certificates.some(({ notAfter }) => (parseTime(notAfter) ?? now) > now);
  if (valid) return undefined;
  const dates = certificates.map(({ notAfter, problem }) => notAfter ?? problem).join(', ');
  const message = `No certificate of the identity provider is valid any more (${dates}); put today's into spec.sso.identityProvider`;
  return { type: 'Ready', holds: false, reason: 'CertificateExpired', message };
}
