/**
 * Who are the people of support? For an application that hides them from its own people, offers them for no assignment and
 * counts no license for them; and for its administrators, who want to know. Open or closed, whom a grant names is listed.
 */
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { supportMarks } from '../../../../crds/support-marks.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import { json, send } from '../../pages/responses.ts';
import { type CallingDeps, callingAccount, callsForAny } from './calling.ts';
import { answering } from './problem.ts';

export interface DirectoryDeps extends Pick<CallingDeps, 'lookUpToken' | 'readApplications'> {
  /** As the API server has them now. Both reject when that could not be read. */
  readonly readGrants: (namespace: string) => Promise<readonly SupportAccessGrant[]>;
  readonly readUser: (name: string) => Promise<SupportUser | undefined>;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** GET /v1/directory */
export function directory(deps: DirectoryDeps, exchange: Exchange): Promise<void> {
  return answering(exchange, deps.onFailure, async () => {
    const caller = await callingAccount(deps, exchange);
    await callsForAny(deps, caller);
    const grants = await deps.readGrants(caller.namespace);
    const names = grants.flatMap(({ spec }) => (spec.userRefs ?? []).map(({ name }) => name));
    const users = await Promise.all([...new Set(names)].toSorted().map((name) => deps.readUser(name)));
    const items = users.flatMap((user) => (user === undefined ? [] : [entryOf(user, grants)]));
    send(exchange.response, { status: 200, body: json({ items }) });
  });
}

/** Only what an application needs to know them by, and the grants of its own namespace. */
function entryOf({ metadata, spec }: SupportUser, grants: readonly SupportAccessGrant[]) {
  const { displayName, userId, nameID, email } = spec;
  const naming = grants.filter((grant) =>
    (grant.spec.userRefs ?? []).some(({ name }) => name === metadata.name),
  );
  return {
    name: metadata.name,
    displayName,
    userId,
    nameID,
    ...(email === undefined ? {} : { email }),
    ...supportMarks,
    grants: naming.map((grant) => grant.metadata.name).toSorted(),
  };
}
