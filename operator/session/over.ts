/**
 * Is a session over, by the rules of every request? Reads the caches; whether its seal is genuine only the gateway can
 * tell, and a session that is not is refused there.
 */
import type { SupportPermissionMatrix } from '../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import { policyName } from '../../crds/names.ts';
import { endOfSession } from '../../crds/rules/access.ts';
import { parseAddress } from '../../crds/rules/address/address.ts';
import { sessionDeadlines } from '../../crds/rules/checks/session-is-alive.ts';
import { installationOf } from '../../crds/rules/installation.ts';
import { type LockReading, lockNamesFor } from '../../crds/rules/locks.ts';
import { type MatrixHead, matrixHash, matrixHead } from '../../crds/rules/matrix/matrix.ts';
import type { Caches } from '../watching/collections.ts';

type Views = Pick<
  Caches,
  'policies' | 'grants' | 'users' | 'applications' | 'matrices' | 'locks' | 'identities'
>;

/** Why it is over; or when time alone would end it, as far as that is known. */
export type Standing = { readonly reason: string } | { readonly until: number | undefined };

export function standingOf(session: SupportSession, views: Views, now: number): Standing {
  const { grantRef, userRef, boundAddress } = session.spec;
  const { namespace } = session.metadata;
  const policy = views.policies.get(undefined, policyName);
  const [grant] = views.grants.byIndex('uid', grantRef.uid);
  const named = grant?.spec.applicationRef?.name;
  const application = named === undefined ? undefined : views.applications.get(namespace, named);
  const matrix = grant && views.matrices.get(undefined, grant.spec.matrixRef.name);
  // The Service is left out: a grant that closes for it says so in its status.
  const end = endOfSession({
    now,
    policy,
    grant,
    user: views.users.get(undefined, userRef.name),
    application,
    matrix: matrix && headOf(matrix),
    locks: locksOn(session, views),
    installation: installationOf(views.identities.list()[0]),
    address: parseAddress(boundAddress),
    session: { object: session, sealValid: true, secretMatches: true },
  });
  if (end !== undefined) return { reason: end.reason };
  const deadlines = sessionDeadlines(session, policy, now);
  return { until: deadlines && Math.min(deadlines.idle, deadlines.absolute) };
}

const heads = new WeakMap<SupportPermissionMatrix, MatrixHead>();

/** Hashed once for each object that the watch brought: sessions share matrices. */
function headOf(matrix: SupportPermissionMatrix): MatrixHead {
  const head = heads.get(matrix) ?? matrixHead(matrix, matrixHash(matrix.spec));
  heads.set(matrix, head);
  return head;
}

function locksOn({ metadata, spec }: SupportSession, { locks }: Views): LockReading {
  const { namespace = '' } = metadata;
  const names = lockNamesFor({ namespace, grantUid: spec.grantRef.uid, userUid: spec.userRef.uid });
  return new Map(
    names.map((name) => [name, locks.get(undefined, name) === undefined ? 'absent' : 'present']),
  );
}
