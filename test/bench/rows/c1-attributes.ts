/**
 * The world of one ask in the words of an attribute-based library, and what must hold of it. Times, addresses and locks,
 * for which such libraries have no words, are made into attributes by our own functions.
 */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { parseAddress, sameAddress } from '../../../crds/rules/address/address.ts';
import { allowlistOf } from '../../../crds/rules/address/allowlist.ts';
import type { Ask } from '../../../crds/rules/ask.ts';
import { sessionDeadlines } from '../../../crds/rules/checks/session-is-alive.ts';
import { otherInstallation } from '../../../crds/rules/installation.ts';
import { lockNamesFor } from '../../../crds/rules/locks.ts';
import { changesOfPerson, changesSince } from '../../../crds/rules/opening.ts';
import { closesByStatus } from '../../../crds/rules/reasons.ts';
import { serviceHash } from '../../../crds/rules/request/service.ts';
import { lengthObjection } from '../../../crds/rules/time/schedule.ts';
import { parseTime } from '../../../crds/rules/time/time.ts';

/** An ask of which nothing is missing: the bench compares answers about complete worlds. */
export type WholeAsk = { readonly [Part in keyof Ask]-?: NonNullable<Ask[Part]> };

/** All attributes of an ask, flat. */
export function attributesOf(ask: WholeAsk) {
  const { policy, user, application, matrix } = ask;
  return {
    ...grantFacts(ask),
    ...sessionFacts(ask),
    ...openingFacts(ask),
    ...backendFacts(ask),
    locked: isLocked(ask),
    policy: policy.spec.access,
    userAccess: user.spec.access,
    user: user.metadata.name,
    userUid: user.metadata.uid,
    application: application.metadata.name,
    namespace: application.metadata.namespace,
    matrixUid: matrix.uid,
    matrixHash: matrix.hash,
  };
}

export type Attributes = ReturnType<typeof attributesOf>;

function grantFacts({ grant, policy, address, now }: WholeAsk) {
  const { startTime, expirationTime, access, allowedCIDRs = [] } = grant.spec;
  return {
    consent: grant.status?.pins?.consent,
    closed: closesByStatus(grant.status?.activeReason),
    grant: access,
    startedFor: now - (parseTime(startTime) ?? Number.NaN),
    expiresIn: (parseTime(expirationTime) ?? Number.NaN) - now,
    onPolicyList: allowlistOf(policy.spec.allowedCIDRs ?? []).contains(address),
    onGrantList: allowlistOf(allowedCIDRs).contains(address),
  };
}

function sessionFacts({ session, policy, address, now }: WholeAsk) {
  const { object, sealValid, secretMatches } = session;
  const { spec } = given(object);
  const { idle, absolute } = given(sessionDeadlines(given(object), policy, now));
  const bound = parseAddress(spec.boundAddress);
  return {
    sealValid,
    secretMatches,
    sessionGrant: spec.grantRef.uid,
    idleIn: idle - now,
    endsIn: absolute - now,
    sameAddress: bound !== undefined && sameAddress(bound, address),
  };
}

/** That the session is of the present opening, and that the operator has seen what may have closed it meanwhile. */
function openingFacts({ grant, policy, application, user, session, now }: WholeAsk) {
  const opening = given(grant.status?.opening);
  const known = given(given(session.object).spec.opening);
  const part = opening.people.find(({ uid }) => uid === user.metadata.uid);
  return {
    opening: known.id,
    isPersons: part?.id === known.personId,
    openingEndsIn: (parseTime(opening.expirationTime) ?? Number.NaN) - now,
    changes: changesSince(opening, { grant, policy, application }) + changesOfPerson(opening, user),
    length: lengthObjection(opening, policy.spec.duration, grant.metadata.creationTimestamp)?.kind ?? 'Fine',
  };
}

/** That installation and Service are those that were consented to. */
function backendFacts({ grant, installation, backend: { service } }: WholeAsk) {
  const { metadata, spec } = given(service);
  return {
    isInstalled: otherInstallation(grant, installation) === undefined,
    serviceUid: metadata.uid,
    serviceHash: serviceHash(spec),
  };
}

function isLocked({ grant, user, locks }: WholeAsk): boolean {
  const { namespace = '', uid: grantUid } = grant.metadata;
  const names = lockNamesFor({ namespace, grantUid, userUid: user.metadata.uid });
  return names.some((name) => locks.get(name) !== 'absent');
}

/** What must hold of each attribute under one grant: a value, one of some, or a number above a bound. */
export function conditionsOf(grant: SupportAccessGrant): Record<keyof Attributes, Condition> {
  const { pins, opening } = given(grant.status);
  const { users, matrix, consent, service } = given(pins);
  const { uid: matrixUid, hash: matrixHash } = given(matrix);
  return {
    consent,
    closed: false,
    locked: false,
    sealValid: true,
    secretMatches: true,
    sessionGrant: grant.metadata.uid,
    idleIn: { $gt: 0 },
    endsIn: { $gt: 0 },
    sameAddress: true,
    policy: 'Enabled',
    grant: 'Enabled',
    startedFor: { $gte: 0 },
    expiresIn: { $gt: 0 },
    userAccess: 'Enabled',
    user: { $in: grant.spec.userRefs.map(({ name }) => name) },
    userUid: { $in: users.map(({ uid }) => uid) },
    onPolicyList: true,
    onGrantList: true,
    application: given(grant.spec.applicationRef).name,
    namespace: given(grant.metadata.namespace),
    matrixUid,
    matrixHash,
    opening: given(opening).id,
    isPersons: true,
    openingEndsIn: { $gt: 0 },
    changes: { $lte: 1 },
    length: { $in: ['Fine', 'TooShort'] },
    isInstalled: true,
    serviceUid: given(service).uid,
    serviceHash: given(service).hash,
  };
}

/** What a complete world has. */
function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('the world of the bench must be complete');
  return value;
}

export type Condition =
  | string
  | number
  | boolean
  | { readonly $in: string[] }
  | { readonly $gt: number }
  | { readonly $lte: number }
  | { readonly $gte: number };

/** The same conditions as an expression over `attributes` in the language of casbin's matchers. */
export function asMatcher(conditions: Readonly<Record<string, Condition>>): string {
  return Object.entries(conditions)
    .map(([name, condition]) => `(${oneMatcher(`r.attributes.${name}`, condition)})`)
    .join(' && ');
}

function oneMatcher(attribute: string, condition: Condition): string {
  if (typeof condition !== 'object') return `${attribute} == ${JSON.stringify(condition)}`;
  if ('$in' in condition)
    return condition.$in.map((each) => `${attribute} == ${JSON.stringify(each)}`).join(' || ');
  if ('$lte' in condition) return `${attribute} <= ${condition.$lte}`;
  return '$gt' in condition ? `${attribute} > ${condition.$gt}` : `${attribute} >= ${condition.$gte}`;
}
