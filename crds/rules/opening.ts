/**
 * Is an opening that was reported still the one of today? Compares what the operator had judged when it last wrote the
 * opening with what is read now. What was changed more than once since then may have been closed in between, and no
 * object tells. It compares no clocks.
 */
import type { SupportAccessGrant } from '../generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../generated/support-access-policy.ts';
import type { SupportApplication } from '../generated/support-application.ts';
import type { SupportUser } from '../generated/support-user.ts';
import type { ObjectMeta } from '../object-meta.ts';

/** What an opening is, as the operator reports it. */
export type Opening = NonNullable<NonNullable<SupportAccessGrant['status']>['opening']>;

/** The objects of a grant that people switch on and off. Locks leave no trace, so they are not among them. */
export interface SwitchedObjects {
  readonly grant: SupportAccessGrant;
  readonly policy?: SupportAccessPolicy | undefined;
  readonly application?: SupportApplication | undefined;
}

/** The versions of these objects, and of the people, that were judged. */
export interface JudgedVersions extends Pick<Opening, 'generation' | 'policy' | 'application'> {
  readonly people: readonly { readonly uid: string; readonly generation: number }[];
}

/** The versions of objects as they are now. */
export function versionsOf(now: SwitchedObjects, users: readonly SupportUser[]): JudgedVersions {
  const { grant, policy, application } = now;
  return {
    generation: grant.metadata.generation ?? 0,
    policy: versionOf(policy?.metadata),
    ...(application === undefined ? {} : { application: versionOf(application.metadata) }),
    people: users.map(({ metadata }) => versionOf(metadata)),
  };
}

/** How often grant, policy and application were changed since, all together: one may close and another open it again. */
export function changesSince(before: JudgedVersions, now: SwitchedObjects): number {
  const { grant, policy, application } = now;
  return (
    changes({ uid: '', generation: before.generation }, { ...versionOf(grant.metadata), uid: '' }) +
    changes(before.policy, versionOf(policy?.metadata)) +
    // a grant that names none any more was changed itself
    (grant.spec.applicationRef === undefined
      ? 0
      : changes(before.application ?? versionOf(undefined), versionOf(application?.metadata)))
  );
}

/** How often a person was changed since; who was not judged then was not changed. */
export function changesOfPerson(before: JudgedVersions, { metadata }: SupportUser): number {
  const known = before.people.find(({ uid }) => uid === metadata.uid);
  return known === undefined ? 0 : changes(known, versionOf(metadata));
}

interface Version {
  readonly uid: string;
  readonly generation: number;
}

function versionOf(metadata: ObjectMeta | undefined): Version {
  return { uid: metadata?.uid ?? '', generation: metadata?.generation ?? 0 };
}

/** Another UID, or a number that went back, is another object: the first was gone in between. */
function changes(before: Version, now: Version): number {
  const count = now.generation - before.generation;
  return now.uid === before.uid && count >= 0 ? count : Number.POSITIVE_INFINITY;
}
