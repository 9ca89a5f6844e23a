/**
 * Was consent given to this installation of the product? Grants outlive it, as evidence. While it is away, none of its
 * policies asks who may consent, so what was written then, or before, opens nothing by itself when it is installed anew. An
 * upgrade or a rollback is the same installation: the namespace of the support identities stays.
 */
import type { SupportAccessGrant } from '../generated/support-access-grant.ts';
import { type ObjectMeta, present } from '../object-meta.ts';
import { parseTime } from './time/time.ts';

/** What stands for an installation: the namespace of the support identities, made by its installer and gone with it. */
export interface InstallationId {
  readonly uid: string;
  readonly creationTimestamp: string;
}

/** The installation that this namespace stands for; undefined where there is none, or it is being taken away. */
export function installationOf(
  namespace: { readonly metadata: Partial<ObjectMeta> & { readonly uid: string } } | undefined,
): InstallationId | undefined {
  const { uid, creationTimestamp = '' } = present(namespace)?.metadata ?? {};
  return uid === undefined ? undefined : { uid, creationTimestamp };
}

/**
 * In words, what is wrong with a grant that another installation looked at last, or that is older than this one; undefined
 * where nothing is. The very second counts as older; a time that cannot be read does too.
 */
export function otherInstallation(
  { metadata, status }: SupportAccessGrant,
  { uid, creationTimestamp }: InstallationId,
): string | undefined {
  const told = status?.installation;
  if (told === uid) return undefined;
  const made = parseTime(metadata.creationTimestamp) ?? Number.NEGATIVE_INFINITY;
  const installed = parseTime(creationTimestamp) ?? Number.POSITIVE_INFINITY;
  if (told === undefined && made > installed) return undefined;
  const when =
    told === undefined
      ? 'before the product was installed'
      : `to another installation of the product, ${told}`;
  return `Consent was given ${when}; this installation is ${uid}. Raise spec.consent to consent again.`;
}
