/** What is recorded of sign-ins: who came, who was refused and why. Details of the SAML response, never the response itself. */

import type { EventType } from '../../../crds/audit/events.ts';
import type { NewRecord } from '../../../crds/audit/record.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { supportUserType } from '../../../crds/support-marks.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import { isSamlReason, samlReasons } from '../../../saml/reasons.ts';
import { loggableLine } from '../../../saml/response/loggable-details.ts';
import { newRecordId } from '../../../trail/trail.ts';
import type { Decided } from '../decisions/decision.ts';
import { recordedSource, type Source } from '../listener/source-address.ts';
import type { CompletedSignIn } from '../sign-in/sign-in.ts';
import { recordedAs, type SignInRefusal } from '../sign-in/sign-in-reason.ts';
import { citedIn, recordedGrant } from './request-records.ts';

interface Circumstances {
  readonly source: Source;
  readonly now: number;
}

/** A grant as a client named it; with a uid if there is such a grant. */
export type NamedGrant = NamespacedName & { readonly uid?: string | undefined };

/** A sign-in that failed. The requester reads a reason without detail; this is what the customer reads. */
export interface FailedSignIn extends Circumstances {
  readonly reason: SignInRefusal;
  readonly detail?: string;
  /** With its uid where it is known to exist, or to have existed when the sign-in began. */
  readonly grant?: NamedGrant | undefined;
  readonly user?: SupportUser | undefined;
  readonly details?: CompletedSignIn['details'];
  readonly mismatch?: CompletedSignIn['mismatch'];
  readonly received?: CompletedSignIn['received'];
}

export function failedSignIn(failed: FailedSignIn): NewRecord {
  const sentence = isSamlReason(failed.reason) ? samlReasons[failed.reason] : '';
  const message = [sentence, failed.detail ?? '', loggableLine(failed.details ?? {})]
    .filter((text) => text !== '')
    .join('; ');
  const sso = failed.mismatch ?? (failed.received && { received: failed.received, expected: {} });
  return {
    ...point(failedType(failed), failed),
    actor: failed.user === undefined ? { kind: 'anonymous', name: 'unknown' } : actorFrom(failed.user),
    decision: { effect: 'deny', reason: failed.reason },
    target: targetFor(failed.grant),
    ...existing(failed.grant),
    ...(sso === undefined ? {} : { sso }),
    ...(message === '' ? {} : { message }),
  };
}

/** A request that the gate refused: ambiguous framing or forged identity headers. */
export function oddRequest(
  odd: Circumstances & { readonly rule: string; readonly status: number; readonly method: string },
): NewRecord {
  return {
    ...point('app.request', odd),
    actor: { kind: 'anonymous', name: 'unknown' },
    target: { area: 'gate', method: odd.method },
    decision: { effect: 'deny', reason: 'BadRequest' },
    outcome: { status: odd.status },
    message: `The request ${odd.rule}`,
  };
}

function failedType({ reason, mismatch }: FailedSignIn): EventType {
  return mismatch === undefined ? recordedAs(reason) : 'signin.sso_mismatch';
}

/** A session was written for a person, by a decision of this moment. */
export function sessionAuthorized(session: SupportSession, decided: Decided, user: SupportUser): NewRecord {
  const matrix = decided.world.matrix?.name;
  return {
    ...point('session.authorized', decided),
    ...ofSession(session, decided, user),
    decision: { effect: 'allow', ...(matrix === undefined ? {} : { matrix }) },
  };
}

/** The person is in: the session was still good after it was written. */
export function signInSucceeded(
  session: SupportSession,
  decided: Decided,
  { user, details }: { readonly user: SupportUser; readonly details: CompletedSignIn['details'] },
): NewRecord {
  const message = loggableLine(details);
  return {
    ...point('signin.succeeded', decided),
    ...ofSession(session, decided, user),
    ...(message === '' ? {} : { message }),
  };
}

function ofSession(session: SupportSession, { world }: Decided, user: SupportUser) {
  return {
    actor: actorFrom(user),
    session: session.spec.handle,
    cites: citedIn({ world: { ...world, user, session } }),
    target: targetFor({ namespace: session.metadata.namespace ?? '', name: session.spec.grantRef.name }),
    ...(world.grant === undefined ? {} : { grant: recordedGrant(world.grant) }),
  };
}

function point(type: EventType, { source, now }: Circumstances) {
  const id = newRecordId(now);
  return {
    id,
    key: `${type}/${id}`,
    type,
    phase: 'point' as const,
    time: new Date(now).toISOString(),
    source: recordedSource(source),
  };
}

function actorFrom({ metadata, spec }: SupportUser): NewRecord['actor'] {
  const { name, uid } = metadata;
  return { kind: 'support', name, uid, userType: supportUserType, userId: spec.userId };
}

/** The grant by its name: an anonymous client may have named one that does not exist. */
function targetFor(grant: NamespacedName | undefined): NonNullable<NewRecord['target']> {
  if (grant === undefined) return { area: 'sign-in' };
  const { namespace, name } = grant;
  return { area: 'sign-in', kind: 'SupportAccessGrant', namespace, name };
}

function existing(grant: NamedGrant | undefined): Pick<NewRecord, 'grant'> {
  if (grant?.uid === undefined) return {};
  const { namespace, name, uid } = grant;
  return { grant: { namespace, name, uid } };
}
