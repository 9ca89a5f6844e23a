/**
 * How does a session begin, how is it carried, how does it end? Writes and deletes SupportSession objects and records
 * their ends; whether a session may do anything is decided elsewhere, by reading it again each time.
 */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { NewRecord } from '../../../crds/audit/record.ts';
import { defaults } from '../../../crds/defaults.ts';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { apiGroup, apiVersion, kinds } from '../../../crds/kinds.ts';
import { managedBy } from '../../../crds/names.ts';
import { sessionEnded } from '../../../crds/rules/session-end.ts';
import { formatTime } from '../../../crds/rules/time/time.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import type { Clock } from '../../../kube/clock.ts';
import { newRecordId, type Trail } from '../../../trail/trail.ts';
import { cookieNamed } from '../listener/request-cookies.ts';
import { recordedSource, type Source } from '../listener/source-address.ts';
import { Activity, idleSecondsOf, type SessionUse } from './activity.ts';
import type { GatewayKeys } from './keys.ts';
import type { SessionProof } from './session-cookie.ts';
import { newSecret, readCookie, sessionCookieName, setCookie } from './session-cookie.ts';
import { sealedSpec, secretMatches, type UnsealedSpec } from './session-seal.ts';
import { readSignedInMark, signedInMark } from './signed-in-mark.ts';

/** Who signed in, found on file and verified; what a session is made of. */
export interface SignedInPerson {
  readonly grant: SupportAccessGrant;
  readonly user: SupportUser;
  readonly boundAddress: string;
  /** The identity provider's own end of the session, epoch milliseconds. */
  readonly notOnOrAfter?: number;
}

/** How a session ended, as it stands in the records: `SignedOut`, `SignedInAgain` in the same browser, or the reason of the decision that ended it. */
export interface SessionEnd {
  readonly reason: string;
  /** Only where the person did it. */
  readonly source?: Source;
}

/** A session just made, with what only its person's browser will hold. */
export interface NewSession {
  readonly session: SupportSession;
  readonly proof: SessionProof;
}

export interface SessionStore {
  /** Writes the session; nothing is open before the cookie is set. */
  create(person: SignedInPerson, policy: SupportAccessPolicy): Promise<NewSession>;
  /** The Set-Cookie value that carries the session on one host. */
  cookieFor(proof: SessionProof, host: string): string;
  /** The Set-Cookie value that tells the next sign-in of this browser of the session, and that session as a request tells of it. */
  readonly mark: {
    for(proof: SessionProof): string;
    readFrom(request: Pick<IncomingMessage, 'headers'>): SessionProof | undefined;
  };
  /** Whether a genuine cookie is of this very session. */
  isOf(proof: SessionProof, session: SupportSession): boolean;
  /** What the request's cookie proves on this host; undefined when there is none, or none that we made for it. */
  proofFrom(request: IncomingMessage, host: string): SessionProof | undefined;
  /** Notes the activity, at most once a minute; no request waits for it. */
  touch(session: SupportSession, use: SessionUse): void;
  /** Ends the session: deletes it and records the end once. Ending an ended session changes nothing. */
  end(session: SupportSession, ended: SessionEnd): Promise<void>;
  /**
   * Records the end of a session that was deleted by another client of the API server, with the reason for which it was
   * over before. Without one, `Deleted` is recorded a little later: another gateway, which ended it, says why.
   */
  noteDeleted(session: SupportSession, reason: string | undefined): void;
  /** Records what still waits to be recorded. */
  close(): void;
}

/** Ends that this process recorded itself; forgetting one costs a second record that the store takes as the same. */
const rememberedEnds = 10_000;

/** A person waits in front of a browser: how long one call may take, milliseconds. */
const deadlineMs = 5000;
/** So long may the record of another gateway take that ended the session for a reason. */
const othersRecordMs = 3000;

export interface SessionStoreOptions {
  readonly client: Pick<KubeClient, 'create' | 'delete' | 'mergePatch'>;
  readonly keys: GatewayKeys;
  readonly trail: Pick<Trail, 'appendInBackground'>;
  readonly now: () => number;
  readonly clock: Pick<Clock, 'after'>;
  /** Told what went wrong behind a request, for the log. */
  readonly onFailure: (what: string, error: unknown) => void;
}

/** The sessions of this installation, as its gateways see them. */
export function createSessionStore(options: SessionStoreOptions): SessionStore {
  const { client, keys, trail, now, clock, onFailure } = options;
  const activity = new Activity({ client, onFailure: (error) => onFailure('activity not written', error) });
  const endedHere = new LRUCache<string, true>({ max: rememberedEnds });
  const deletions = new Set<() => void>();

  const record = (session: SupportSession, reason: string, source?: Source): void => {
    if (endedHere.has(session.metadata.uid)) return;
    endedHere.set(session.metadata.uid, true);
    const ended = endRecord(session, { reason, at: now(), ...(source ? { source } : {}) });
    if (!trail.appendInBackground([ended])) onFailure('end of a session not recorded', session.spec.handle);
  };

  return {
    async create(person, policy) {
      const { proof, object } = newSession(keys, person, { policy, now: now() });
      const session = await client.create<SupportSession>(kinds.SupportSession, object, { deadlineMs });
      return { session, proof };
    },
    cookieFor: (proof, host) => setCookie(keys, proof, host),
    mark: {
      for: (proof) => signedInMark(keys, proof),
      readFrom: ({ headers }) => readSignedInMark(keys, headers.cookie),
    },
    isOf: (proof, session) => secretMatches(keys, proof, session),
    proofFrom: (request, host) => proofFrom(keys, request, host),
    touch: (session, use) => activity.touch(session, use),
    async end(session, { reason, source }) {
      // The record follows, the deletion never waits for it; `decide` has refused the session already.
      record(session, reason, source);
      const { namespace, name, uid } = session.metadata;
      await client.delete(kinds.SupportSession, { namespace, name }, { uid, deadlineMs });
    },
    noteDeleted(session, reason) {
      if (reason !== undefined) return record(session, reason);
      const cancel = clock.after(othersRecordMs, () => recordDeleted());
      const recordDeleted = (): void => {
        cancel();
        deletions.delete(recordDeleted);
        record(session, 'Deleted');
      };
      deletions.add(recordDeleted);
    },
    close() {
      for (const recordDeleted of deletions) recordDeleted();
    },
  };
}

function newSession(
  keys: GatewayKeys,
  person: SignedInPerson,
  at: { readonly policy: SupportAccessPolicy; readonly now: number },
) {
  const { grant, user, boundAddress } = person;
  const name = `s-${randomBytes(10).toString('hex')}`;
  const namespace = grant.metadata.namespace ?? '';
  const secret = newSecret();
  const proof: SessionProof = { session: { namespace, name }, grant: grant.metadata.name, secret };
  const spec: UnsealedSpec = {
    userRef: { name: user.metadata.name, uid: user.metadata.uid },
    grantRef: { name: grant.metadata.name, uid: grant.metadata.uid },
    ...openingOf(person),
    handle: randomBytes(8).toString('hex'),
    nameID: user.spec.nameID,
    boundAddress,
    signInTime: formatTime(at.now),
    absoluteExpirationTime: formatTime(absoluteEnd(person, at.policy, at.now)),
    idleExpirationTime: formatTime(at.now + idleSecondsOf(at.policy) * 1000),
  };
  const metadata = { name, namespace, labels: labelsOf(person), ownerReferences: [ownerOf(person)] };
  return { proof, object: { metadata, spec: sealedSpec(keys, proof, spec) } };
}

/** The opening in which the sign-in was judged. Without one the session is made, and refused from the start. */
function openingOf({ grant, user }: SignedInPerson): Pick<UnsealedSpec, 'opening'> {
  const opening = grant.status?.opening;
  const entered = opening?.people.find(({ uid }) => uid === user.metadata.uid);
  if (opening === undefined || entered === undefined) return {};
  return { opening: { id: opening.id, personId: entered.id } };
}

/**
 * The earlier of the policy's longest session and the identity provider's own end. The grant's end is not among them:
 * it is read fresh for each decision, and then the records say that the grant expired.
 */
function absoluteEnd(person: SignedInPerson, policy: SupportAccessPolicy, now: number): number {
  const longest = now + (policy.spec.session?.absoluteSeconds ?? defaults.absoluteSeconds) * 1000;
  return Math.min(longest, person.notOnOrAfter ?? Number.POSITIVE_INFINITY);
}

function labelsOf({ grant, user }: SignedInPerson): Record<string, string> {
  return {
    'app.kubernetes.io/managed-by': managedBy,
    [`${apiGroup}/grant-uid`]: grant.metadata.uid,
    [`${apiGroup}/user-uid`]: user.metadata.uid,
  };
}

function ownerOf({ grant }: SignedInPerson) {
  const { name, uid } = grant.metadata;
  return { apiVersion: `${apiGroup}/${apiVersion}`, kind: kinds.SupportAccessGrant.kind, name, uid };
}

function proofFrom(keys: GatewayKeys, request: IncomingMessage, host: string): SessionProof | undefined {
  const value = cookieNamed(request.headers.cookie, sessionCookieName);
  return value === undefined ? undefined : readCookie(keys, value, host);
}

function endRecord(
  session: SupportSession,
  ended: { readonly reason: string; readonly at: number; readonly source?: Source },
): NewRecord {
  const source = ended.source ? { source: recordedSource(ended.source) } : {};
  return { ...sessionEnded(session, ended), ...source, id: newRecordId(ended.at) };
}
