/** What one look at the installation found, in the words of the table, and what a look is given. */

import type { KubeClient } from '../../kube/api/client.ts';
import { isForbidden } from '../../kube/errors.ts';
import type { ObjectRef } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { findOrNothing } from '../cluster/find.ts';

export interface Finding {
  /**
   * `to do` is what people have to add before someone can come in; the installation itself works. `not seen` is what the caller
   * may not look at, and nothing that must be there.
   */
  readonly state: 'ok' | 'to do' | 'not seen' | 'failed';
  readonly says: string;
}

export interface CheckDeps {
  readonly client: KubeClient;
  /** Where the release is. */
  readonly namespace: string;
  /** Of this program; the others should be of the same. */
  readonly version: string;
  /** File with a token for the audience support-access; without it the records are not called. */
  readonly tokenFile: string | undefined;
  readonly now: () => number;
}

/** One row of the table. */
export interface InstallationCheck {
  readonly what: string;
  readonly look: (deps: CheckDeps) => Promise<Finding>;
}

export const ok = (says: string): Finding => ({ state: 'ok', says });
export const toDo = (says: string): Finding => ({ state: 'to do', says });
export const notSeen = (what: string): Finding => ({
  state: 'not seen',
  says: `you may not ${what}: ask a cluster administrator to look`,
});
export const failed = (says: string): Finding => ({ state: 'failed', says });

/** What the check found; that it could not look is a finding too. */
export async function findingOf(check: InstallationCheck, deps: CheckDeps): Promise<Finding> {
  try {
    return await check.look(deps);
  } catch (error) {
    const why = `could not look: ${errorWithCauses(error)}`;
    return failed(`${why}; ${isForbidden(error) ? 'run it as a cluster administrator' : 'try again'}`);
  }
}

/** What is looked at in one object, `T`. */
export interface ObjectCheck<T> {
  readonly what: string;
  readonly resource: Resource;
  readonly ref: (deps: CheckDeps) => ObjectRef;
  /** What it says when there is no such object. */
  readonly none: (deps: CheckDeps) => Finding;
  readonly judge: (found: T, deps: CheckDeps) => Finding;
}

/** A check that reads one object and judges it: that there is none is told apart from one that is not as it should be. */
export function objectCheck<T>({ what, resource, ref, none, judge }: ObjectCheck<T>): InstallationCheck {
  return {
    what,
    async look(deps) {
      const found = await findOrNothing<T>(deps, resource, ref(deps));
      return found === undefined ? none(deps) : judge(found, deps);
    },
  };
}

/** An object of the release. */
export interface Labelled {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

/** The version of the release that an object is of, where that is another than this program's. */
export function otherVersionOf({ metadata }: Labelled, { version }: CheckDeps): string | undefined {
  const theirs = metadata.labels?.['app.kubernetes.io/version'];
  return theirs === version ? undefined : theirs;
}
