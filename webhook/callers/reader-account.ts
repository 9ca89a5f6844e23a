/**
 * Says for which person a reader account of the chart stands (`records.readers`). The binding that lets a person ask for the
 * account's token is also what names that person here, so the two cannot come apart, and without it the token is worth nothing.
 */
import { readerAccount } from '../../crds/names.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { isNotFound } from '../../kube/errors.ts';
import { RoleBindings } from '../../kube/resources.ts';
import { createTtlCache } from '../../process/ttl-cache.ts';
import { keepForMs, reviewWithinMs } from './token-review.ts';

export interface ReaderAccountOptions {
  readonly client: Pick<KubeClient, 'get'>;
  readonly releaseNamespace: string;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** The name of the person for whom a caller stands: its own, or that of its reader account; undefined where that is no person's. */
export type PersonOf = (username: string) => Promise<string | undefined>;

interface Binding {
  readonly subjects?: readonly { readonly kind: string; readonly name: string }[];
}

/** Reads the bindings in the release namespace. Rejects when the API server is away. */
export function createPersonOf({ client, releaseNamespace, clock }: ReaderAccountOptions): PersonOf {
  const people = createTtlCache<string | undefined>({ keepForMs, clock });
  const prefix = `system:serviceaccount:${releaseNamespace}:`;
  return (username) => {
    const name = username.startsWith(prefix) ? username.slice(prefix.length) : '';
    if (!name.startsWith(readerAccount.prefix)) return Promise.resolve(username);
    return people.get(name, () => boundPerson(client, { namespace: releaseNamespace, name }));
  };
}

async function boundPerson(
  client: ReaderAccountOptions['client'],
  ref: { readonly namespace: string; readonly name: string },
): Promise<string | undefined> {
  try {
    const { subjects = [] } = await client.get<Binding>(RoleBindings, ref, { deadlineMs: reviewWithinMs });
    const [subject] = subjects;
    // Another subject, or one more, could be written there by hand; the account's name says whose it is.
    const isTheirs =
      subjects.length === 1 && subject?.kind === 'User' && readerAccount.of(subject.name) === ref.name;
    return isTheirs ? subject.name : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
