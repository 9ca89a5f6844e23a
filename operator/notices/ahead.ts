/** What is told before it happens: record drafts about an end that is near, and about a volume that fills. Pure. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { conditionOf } from '../../crds/rules/conditions.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { aboutObject } from '../reporting/lifecycle.ts';
import { draftOf, type RecordDraft } from '../reporting/record-drafts.ts';

export interface Ahead {
  readonly grants: readonly SupportAccessGrant[];
  readonly policy: SupportAccessPolicy | undefined;
  readonly expiringSoonMs: number;
}

/** One draft for each end and each fault: the key is the same until it is another one. */
export function draftsAhead({ grants, policy, expiringSoonMs }: Ahead, now: number): RecordDraft[] {
  return [
    ...grants.flatMap((grant) => expiring(grant, expiringSoonMs, now)),
    ...(policy === undefined ? [] : faults.flatMap((fault) => draftsOf(fault, policy, now))),
  ];
}

function expiring(
  { metadata, spec, status }: SupportAccessGrant,
  within: number,
  now: number,
): RecordDraft[] {
  const end = parseTime(spec.expirationTime);
  if (status?.activeReason !== 'Open' || end === undefined) return [];
  if (end <= now || end - now > within) return [];
  const { namespace = '', name, uid, generation } = metadata;
  const grant = { namespace, name, uid, ...(generation === undefined ? {} : { generation }) };
  const message = `ends at ${spec.expirationTime}`;
  return [{ ...draftOf('grant.expiring', [uid, end], now), grant, message }];
}

/** Conditions of the policy that people are told of while they have one of these reasons. */
const faults = [
  { type: 'CertificatesReady', reasons: ['CertificateEnding'], record: 'certificate.expiring' },
  { type: 'SSOReady', reasons: ['ProviderNeedsAttention'], record: 'certificate.expiring' },
  { type: 'RecordsFilling', reasons: ['VolumeFilling', 'VolumeAlmostFull'], record: 'audit.filling' },
] as const;

function draftsOf(
  { type, reasons, record }: (typeof faults)[number],
  policy: SupportAccessPolicy,
  now: number,
): RecordDraft[] {
  const condition = conditionOf(policy.status?.conditions, type);
  const known: readonly string[] = reasons;
  if (condition === undefined || !known.includes(condition.reason)) return [];
  const { reason, lastTransitionTime, message } = condition;
  const draft = draftOf(record, [policy.metadata.uid, type, reason, lastTransitionTime], now);
  return [aboutObject(policy, { ...draft, message: message.slice(0, 2000) })];
}
