/**
 * What the account is called under which a person acts in the cluster, and what it says of itself. Its name comes from UIDs:
 * a person or a grant made again under the old name inherits nothing, and one who only copies labels has another name.
 */
import { childName } from './names.ts';

export const grantUidLabel = 'supportaccess.dev/grant-uid';
export const userUidLabel = 'supportaccess.dev/user-uid';
/** `<namespace>/<name>` of the grant. Nothing is decided by it: it says where to look. */
export const grantAnnotation = 'supportaccess.dev/grant';

/** Name of the account; that of its Secret begins with it. */
export function accountName(grantUid: string, userUid: string): string {
  return childName('sa', grantUid, userUid);
}

/**
 * Name of the Secret of one account. With the account's UID in it a Secret of that name was made for that very account,
 * which the operator could not find out by looking, and to take it away never hits the Secret of a later namesake.
 */
export function credentialName({ name, uid }: { readonly name: string; readonly uid: string }): string {
  return `${name}-${uid}`;
}

/**
 * Label and annotation on what a person of support created: the UID of the SupportUser, to select by, and its name, to read
 * (requirement ZH-7).
 */
export const ownerMark = 'supportaccess.dev/owner';

/** The group of all support identities, as the API server knows them. */
export const identitiesGroup = (namespace: string): string => `system:serviceaccounts:${namespace}`;

/** What an account says, before its grant was read. */
export interface ClaimedIdentity {
  readonly grant: { readonly namespace: string; readonly name: string };
  readonly grantUid: string;
  readonly userUid: string;
}

interface AccountMetadata {
  readonly name: string;
  readonly deletionTimestamp?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Undefined where the account is not there any more, or its name does not follow from the UIDs that it tells. */
export function claimedBy(
  account: { readonly metadata: AccountMetadata } | undefined,
): ClaimedIdentity | undefined {
  if (account === undefined || account.metadata.deletionTimestamp !== undefined) return undefined;
  const { name, labels, annotations } = account.metadata;
  const grant = grantIn(annotations?.[grantAnnotation]);
  const [grantUid, userUid] = [labels?.[grantUidLabel], labels?.[userUidLabel]];
  if (grant === undefined || !isUid(grantUid) || !isUid(userUid)) return undefined;
  return name === accountName(grantUid, userUid) ? { grant, grantUid, userUid } : undefined;
}

function grantIn(text = ''): ClaimedIdentity['grant'] | undefined {
  const [namespace, name, ...more] = text.split('/');
  return namespace && name && more.length === 0 ? { namespace, name } : undefined;
}

const isUid = (text: string | undefined): text is string =>
  text !== undefined && text !== '' && !text.includes('/');
