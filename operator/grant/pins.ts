/**
 * What did the names mean when consent was given: which people, which matrix, which application and which Service behind
 * it? Pins are made the first time an object is seen under `access: Enabled` with the present consent number, and then
 * stay: a later namesake is another object.
 */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportApplication } from '../../crds/generated/support-application.ts';
import type { Pins } from '../../crds/rules/ask.ts';
import { consentEndedBy, consentOf } from '../../crds/rules/consent.ts';
import { serviceHash } from '../../crds/rules/request/service.ts';
import { installationIn } from '../outputs/owners.ts';
import type { GrantStatus, GrantWorld } from './world.ts';

/** The pins to report next. A disabled or deleted grant consents to nothing new, so its pins stay as they were. */
export function nextPins(world: GrantWorld): Pins | undefined {
  const { grant, gone, matrix } = world;
  const last = grant.status?.pins;
  if (gone || grant.spec.access !== 'Enabled') return last;
  const consent = consentOf(grant);
  const kept = last?.consent === consent ? last : undefined;
  const pinned = kept?.matrix ?? (matrix && pinOf(matrix.object.metadata, matrix.hash));
  return {
    consent,
    users: [...pinnedPeople(world, kept), ...takenOff(grant, kept)],
    ...(pinned === undefined ? {} : { matrix: pinned }),
    ...backendPins(world, kept),
  };
}

function pinnedPeople({ grant, users }: GrantWorld, kept: Pins | undefined): Pins['users'] {
  return grant.spec.userRefs.flatMap(({ name }) => {
    const before = kept?.users.find((pin) => pin.name === name);
    const seen = users.find((user) => user.metadata.name === name);
    if (before !== undefined) return [before];
    return seen === undefined ? [] : [{ name, uid: seen.metadata.uid }];
  });
}

/** As many as the manifest admits. */
const mostPins = 100;

/**
 * People who are not named any more, while the grant is closed for what may be wrong with their identity alone: it is asked
 * about them too, or taking them off the list, which needs no right to open, would open the grant to the others.
 */
function takenOff({ spec, status }: SupportAccessGrant, kept: Pins | undefined): Pins['users'] {
  const reason = status?.activeReason;
  if (reason !== 'ExcessRights' && reason !== 'NameTaken') return [];
  const others = (kept?.users ?? []).filter((pin) => spec.userRefs.every(({ name }) => name !== pin.name));
  return others.slice(0, mostPins - spec.userRefs.length);
}

/**
 * Another `applicationRef` is another consent, since only `open` may write it. Another `serviceRef` is not: who may change
 * an application need not be who may consent.
 */
function backendPins(world: GrantWorld, kept: Pins | undefined): Pick<Pins, 'application' | 'service'> {
  const { grant, application } = world;
  const before = keptFor(grant.spec.applicationRef?.name, kept);
  const pin = before?.application ?? applicationPin(application);
  if (pin === undefined) return {};
  const service = before?.service ?? servicePin(world, pin);
  return service === undefined ? { application: pin } : { application: pin, service };
}

function keptFor(application: string | undefined, kept: Pins | undefined): Pins | undefined {
  return kept?.application?.name === application ? kept : undefined;
}

function applicationPin(application: SupportApplication | undefined): Pins['application'] {
  if (application === undefined) return undefined;
  const { metadata, spec } = application;
  const { name, uid } = metadata;
  return { name, uid, host: spec.host };
}

/** The Service of another application than the pinned one was not consented to either. */
function servicePin(
  { application, service }: GrantWorld,
  pin: NonNullable<Pins['application']>,
): Pins['service'] {
  if (service === undefined || application?.metadata.uid !== pin.uid) return undefined;
  const { name, uid } = service.metadata;
  return { name, uid, port: application.spec.serviceRef.port, hash: serviceHash(service.spec) };
}

/**
 * Which consent has ended for good, to report next. Judged also while something else keeps the grant closed, so that nothing that
 * only narrows can hide it in the meantime; what ended once stays so.
 */
export function nextConsentEnded(
  world: GrantWorld,
  pins: Pins | undefined,
  now: number,
): GrantStatus['consentEnded'] {
  const { grant, gone, closings } = world;
  const last = grant.status?.consentEnded;
  const consent = consentOf(grant);
  if (gone) return last;
  const told = [last, closings?.consent].find((one) => one !== undefined && one.consent >= consent);
  return told ?? endsNow(world, pins, now);
}

function endsNow(world: GrantWorld, pins: Pins | undefined, now: number): GrantStatus['consentEnded'] {
  const { grant, policy, users } = world;
  const { pins: _last, ...status } = grant.status ?? {};
  const reported = { ...grant, status: pins === undefined ? status : { ...status, pins } };
  const installation = installationIn(world);
  const objection = consentEndedBy({ grant: reported, policy, people: users, installation, now });
  return objection && { consent: consentOf(grant), reason: objection.reason };
}

function pinOf(metadata: { readonly name: string; readonly uid: string }, hash: string): Pins['matrix'] {
  return { name: metadata.name, uid: metadata.uid, hash };
}
