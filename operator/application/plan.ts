/** Records and status of one SupportApplication; pure. Says whether its host is its own and its Service can be served. */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import { installed } from '../../crds/names.ts';
import { type Reason, sentenceFor } from '../../crds/rules/reasons.ts';
import {
  type CertificateWorld,
  certificateObjection,
  certificateWarning,
  nextCertificateChange,
} from '../../crds/rules/request/host-certificate.ts';
import { hostIsOurs, hostTakenFrom } from '../../crds/rules/request/hosts.ts';
import { servedService, serviceHost } from '../../crds/rules/request/service.ts';
import { tlsFaultKey, tlsFaultSentence, toldTlsFault } from '../../crds/rules/request/tls-faults.ts';
import { toldStrays } from '../../crds/rules/request/told-backends.ts';
import {
  type ConditionReason,
  type PlainCondition,
  type PlainStatus,
  statusOf,
} from '../reporting/conditions.ts';
import { aboutWrite, lifecycleDrafts } from '../reporting/lifecycle.ts';
import { draftOf, type RecordDraft, type RecordDrafts } from '../reporting/record-drafts.ts';
import type { ConfigMap, Service } from '../watching/kubernetes-objects.ts';

export interface ApplicationWorld {
  readonly object: SupportApplication;
  readonly gone: boolean;
  readonly policy: SupportAccessPolicy | undefined;
  /** All applications that name the same host, this one included. */
  readonly sameHost: readonly SupportApplication[];
  /** The ConfigMap that says which namespace had each host first. */
  readonly hosts: ConfigMap | undefined;
  /** The ConfigMap in which the gateway tells of its certificates, and of the Services that it does not dial. */
  readonly certificates: ConfigMap | undefined;
  readonly service: Service | undefined;
  /** Names of the EndpointSlices for that Service that were made by hand. */
  readonly handMadeSlices: readonly string[];
}

export interface ApplicationPlan {
  readonly record: RecordDrafts;
  readonly status: PlainStatus;
  /** The host that its namespace has from now on; undefined when it has it already, or has it not. */
  readonly claim: string | undefined;
  /** When the host's certificate has to be looked at again by the clock. */
  readonly lookAgainAt: number | undefined;
}

const events = {
  created: 'application.created',
  changed: 'application.changed',
  deleted: 'application.deleted',
} as const;

export function planApplication(world: ApplicationWorld, now: number): ApplicationPlan {
  const claim = claimOf(world);
  const drafts = [...lifecycleDrafts(world, events, now), ...claimDrafts(world, claim, now)];
  const conditions = [readyCondition(world, now), hostReady(world, now), morePasses(world)];
  const status = statusOf(world.object, conditions, now);
  const lookAgainAt = world.policy && nextCertificateChange(toldTo(world.policy, world), now);
  return { record: { drafts, mustBeDurable: true }, status, claim, lookAgainAt };
}

/** Ready also says what is less strict here than usual. */
function readyCondition(world: ApplicationWorld, now: number): PlainCondition {
  const enforced = condition('Ready', readyObjection(world, now), 'Enforced');
  const seconds = world.object.spec.freshness?.maxStalenessSeconds ?? 0;
  if (!enforced.holds || seconds === 0) return enforced;
  const stale = `Requests that only look may be decided by a reading that is up to ${seconds} s old (spec.freshness); a change that is seen ends it at once.`;
  return { ...enforced, message: `${enforced.message} ${stale}` };
}

function hostReady(world: ApplicationWorld, now: number): PlainCondition {
  const ready = condition('HostReady', hostObjection(world) ?? tlsObjection(world, now), 'HostServed');
  if (!ready.holds || world.policy === undefined) return ready;
  const warning = certificateWarning(toldTo(world.policy, world), now, world.object.spec.host);
  return warning === undefined ? ready : { ...ready, message: `${ready.message} ${warning}` };
}

function condition(type: string, objection: ConditionReason | undefined, fine: Reason): PlainCondition {
  if (objection !== undefined) return { type, holds: false, ...objection };
  return { type, holds: true, reason: fine, message: sentenceFor(fine) };
}

/** What the application opts in to, so that who reads the status need not know the defaults. */
function morePasses({ object: { spec } }: ApplicationWorld): PlainCondition {
  const { pathForms, forwardHeaders, allowedOrigins } = spec;
  const lists = {
    'spec.pathForms': pathForms,
    'spec.forwardHeaders.request': forwardHeaders?.request,
    'spec.forwardHeaders.response': forwardHeaders?.response,
    'spec.allowedOrigins': allowedOrigins,
  };
  const told = Object.entries(lists).flatMap(([field, list = []]) =>
    list.length === 0 ? [] : [`${field} has ${list.join(', ')}`],
  );
  const reason = told.length === 0 ? 'UsualPasses' : 'MorePasses';
  const message = [sentenceFor(reason), ...told.map((each) => `${each}.`)].join(' ');
  return { type: 'MorePasses', holds: told.length > 0, reason, message };
}

function readyObjection(
  { object, certificates, ...backend }: ApplicationWorld,
  now: number,
): ConditionReason | undefined {
  const { serviceRef } = object.spec;
  const named = { namespace: object.metadata.namespace ?? '', name: serviceRef.name };
  const served = servedService({ ...backend, strays: toldStrays(named, certificates?.data) }, serviceRef);
  if (!served.ok) return { reason: served.reason, message: served.detail };
  const fault = toldTlsFault(
    certificates?.data?.[tlsFaultKey({ ...named, name: object.metadata.name })],
    now,
  );
  if (fault === undefined) return undefined;
  const serverName = object.spec.tls?.serverName ?? serviceHost(named);
  const message = tlsFaultSentence({ serverName, port: serviceRef.port }, fault.code);
  return { reason: 'ServiceUnreachable', message };
}

function claimOf(world: ApplicationWorld): string | undefined {
  const { host } = world.object.spec;
  if (world.gone || hostObjection(world) !== undefined) return undefined;
  return world.hosts?.data?.[host] === undefined ? host : undefined;
}

/** Recorded before the claim is stored, and once, however often that is tried. With the write that made it so. */
function claimDrafts(
  { object, hosts }: ApplicationWorld,
  claim: string | undefined,
  now: number,
): RecordDraft[] {
  if (claim === undefined || hosts === undefined) return [];
  const { namespace = '', uid } = object.metadata;
  const key = [hosts.metadata.uid, claim, uid];
  const draft = aboutWrite(object, draftOf('application.host_claimed', key, now), false);
  const message = `From now on host ${claim} belongs to namespace ${namespace}`;
  return [{ ...draft, message }];
}

function hostObjection({ object, policy, sameHost, hosts }: ApplicationWorld): ConditionReason | undefined {
  const { host } = object.spec;
  if (policy === undefined) return { reason: 'NoPolicy', message: sentenceFor('NoPolicy') };
  if (host === policy.spec.gateway.host) {
    const message = `spec.host ${host} is the support host (spec.gateway.host of the policy), which serves no application; choose another host`;
    return { reason: 'HostReserved', message };
  }
  if (!hostIsOurs(host, policy.spec.gateway)) {
    const suffixes = (policy.spec.gateway.hostSuffixes ?? []).join(', ') || 'none is listed';
    const message = `spec.host ${host} must be under one of spec.gateway.hostSuffixes of the policy (${suffixes}); choose another host, or add its domain there`;
    return { reason: 'HostOutsideSuffixes', message };
  }
  if (hosts === undefined) {
    return {
      reason: 'ApplyFailed',
      message: `ConfigMap ${installed.hosts} is missing; run helm upgrade to make it again`,
    };
  }

  const message = hostTakenFrom(object, { sameHost, holder: hosts.data?.[host] });
  return message === undefined ? undefined : { reason: 'HostTaken', message };
}

/** What a browser would say to the host; whose the host is does not depend on it. */
function tlsObjection(world: ApplicationWorld, now: number): ConditionReason | undefined {
  return world.policy && certificateObjection(world.object.spec.host, toldTo(world.policy, world), now);
}

function toldTo(
  { spec: { gateway } }: SupportAccessPolicy,
  { certificates }: Pick<ApplicationWorld, 'certificates'>,
): CertificateWorld {
  return { gateway, told: certificates && (certificates.data ?? {}) };
}
