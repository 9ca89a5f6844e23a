/** The sessions that are alive: who works where, since when and until when. Of a session's secrets nothing is ever taken over. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { present } from '../../crds/object-meta.ts';
import {
  fixedDeadlines,
  type SessionDeadlines,
  sessionDeadlines,
} from '../../crds/rules/checks/session-is-alive.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { AsRead } from './seen.ts';

/** A session in words and instants (epoch milliseconds). */
export interface LiveSession {
  readonly who: string;
  readonly namespace: string;
  readonly grant: string;
  /** Undefined where the grant names none, or was not read. */
  readonly application: string | undefined;
  readonly from: string;
  readonly since: number;
  readonly lastUsed: number;
  /** When it ends if it is used until then. */
  readonly ends: number;
  /** When it ends if it is not used any more. */
  readonly idleEnds: number;
  /** Its name in the records. */
  readonly handle: string;
}

export interface SessionWorld {
  readonly sessions: readonly SupportSession[];
  /** As far as they were read. */
  readonly grants: readonly SupportAccessGrant[];
  /** Where it was not read, sessions end as it was fixed when they were used last: no one is called gone by limits that are not known. */
  readonly policy: AsRead<SupportAccessPolicy>;
  readonly now: number;
}

/** The oldest first. What is over, or about to be deleted, is not alive. */
export function liveSessions({ sessions, grants, policy, now }: SessionWorld): LiveSession[] {
  return sessions
    .flatMap((session) => {
      const grant = grants.find(({ metadata }) => metadata.uid === session.spec.grantRef.uid);
      const live = present(session) && liveSession(session, { grant, policy, now });
      return live === undefined ? [] : [live];
    })
    .toSorted((one, other) => one.since - other.since);
}

function liveSession(
  session: SupportSession,
  {
    grant,
    policy,
    now,
  }: {
    readonly grant: SupportAccessGrant | undefined;
    readonly policy: AsRead<SupportAccessPolicy>;
    readonly now: number;
  },
): LiveSession | undefined {
  const deadlines = deadlinesOf(session, policy, now);
  if (deadlines === undefined) return undefined;
  const { spec, status, metadata } = session;
  const end = parseTime(grant?.spec.expirationTime) ?? Number.POSITIVE_INFINITY;
  const ends = Math.min(deadlines.absolute, end);
  const idleEnds = Math.min(deadlines.idle, ends);
  if (!(now < idleEnds)) return undefined;
  return {
    who: spec.userRef.name,
    namespace: metadata.namespace ?? '',
    grant: spec.grantRef.name,
    application: grant?.spec.applicationRef?.name,
    from: spec.boundAddress,
    since: deadlines.signIn,
    lastUsed: parseTime(status?.lastActivityTime) ?? deadlines.signIn,
    ends,
    idleEnds,
    handle: spec.handle,
  };
}

function deadlinesOf(
  session: SupportSession,
  { object, lacks }: AsRead<SupportAccessPolicy>,
  now: number,
): SessionDeadlines | undefined {
  return lacks === undefined ? sessionDeadlines(session, object, now) : fixedDeadlines(session);
}

/** What is said beside sessions whose limits are not known. */
export function limitsNote(policyLacks: string | undefined): string | undefined {
  return policyLacks === undefined
    ? undefined
    : `Sessions may end sooner, by limits of the policy: ${policyLacks}.`;
}

/** The object with the fields that are listed here: one that a later release adds may be a secret. */
export function shownSession({ apiVersion, kind, metadata, spec, status }: SupportSession): KubeObject & {
  readonly spec: object;
} {
  const { name, namespace = '', uid, creationTimestamp } = metadata;
  const { userRef, grantRef, handle, nameID, boundAddress } = spec;
  const { signInTime, absoluteExpirationTime, idleExpirationTime } = spec;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, creationTimestamp } as KubeObject['metadata'],
    spec: {
      userRef,
      grantRef,
      handle,
      nameID,
      boundAddress,
      signInTime,
      absoluteExpirationTime,
      ...(idleExpirationTime === undefined ? {} : { idleExpirationTime }),
    },
    ...(status === undefined
      ? {}
      : {
          status: {
            lastActivityTime: status.lastActivityTime,
            idleExpirationTime: status.idleExpirationTime,
          },
        }),
  };
}
