/**
 * Which application calls? It shows a token of its ServiceAccount that was made for reviews, and the application's object
 * lists that account in `spec.callers`. Both are asked of the API server, and a call about another namespace has no words.
 */
import type { SupportApplication } from '../../../../crds/generated/support-application.ts';
import { reviewsAudience } from '../../../../crds/names.ts';
import { printable } from '../../../../crds/rules/problem.ts';
import type { NamespacedName } from '../../../../kube/objects.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import { CallRefused } from './problem.ts';

/** A ServiceAccount whose token the API server knows. */
export type CallingAccount = NamespacedName;

/** What was found of a token. */
export interface TokenLookup {
  /** Undefined when the API server does not know the token for our audience. */
  readonly username?: string | undefined;
  /** It was not asked: too many unknown tokens are being looked up. */
  readonly isTooBusy?: true;
}

export interface CallingDeps {
  /** Whose the token is. Rejects when the API server is away. */
  readonly lookUpToken: (token: string, peer: string) => Promise<TokenLookup>;
  /** As the API server has it now. Rejects when it could not be read. */
  readonly readApplication: (ref: NamespacedName) => Promise<SupportApplication | undefined>;
  readonly readApplications: (namespace: string) => Promise<readonly SupportApplication[]>;
}

const account = /^system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})$/;
const tokenOf = /^Bearer ([!-~]{1,8192})$/;

/** The account that calls. Throws `CallRefused` where there is none. */
export async function callingAccount(
  { lookUpToken }: Pick<CallingDeps, 'lookUpToken'>,
  { request, origin }: Exchange,
): Promise<CallingAccount> {
  const [, token] = tokenOf.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) {
    throw new CallRefused(
      'NoToken',
      `The call must have the header Authorization with "Bearer " and a token of the pod's ServiceAccount, made for the audience ${reviewsAudience}.`,
    );
  }
  const { username, isTooBusy } = await lookUpToken(token, origin.peer);
  if (isTooBusy) {
    throw new CallRefused(
      'TooManyCallers',
      'Too many tokens are being looked up that were not seen before. Ask again in a second.',
    );
  }
  const [, namespace, name] = account.exec(username ?? '') ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw new CallRefused(
    'TokenUnknown',
    `The token must be that of a ServiceAccount, in time, and made for the audience ${reviewsAudience}; mount one with a projected volume.`,
  );
}

/** Whether the application lists the account. */
function lists({ spec }: SupportApplication, { name }: CallingAccount): boolean {
  return (spec.callers ?? []).some(({ serviceAccountName }) => serviceAccountName === name);
}

/** The application that the call is about, if the account may call for it. Whether there is one is not told to others. */
export async function calledApplication(
  { readApplication }: Pick<CallingDeps, 'readApplication'>,
  caller: CallingAccount,
  name: string,
): Promise<SupportApplication> {
  const application = await readApplication({ namespace: caller.namespace, name });
  if (application !== undefined && lists(application, caller)) return application;
  throw new CallRefused(
    'NotACaller',
    `ServiceAccount ${caller.name} must stand in spec.callers of SupportApplication ${caller.namespace}/${printable(name)}, and no such application lists it.`,
  );
}

/** Whether any application of its namespace lists the account; else throws `CallRefused`. */
export async function callsForAny(
  { readApplications }: Pick<CallingDeps, 'readApplications'>,
  caller: CallingAccount,
): Promise<void> {
  const applications = await readApplications(caller.namespace);
  if (applications.some((application) => lists(application, caller))) return;
  throw new CallRefused(
    'NotACaller',
    `ServiceAccount ${caller.name} must stand in spec.callers of a SupportApplication in ${caller.namespace}, and none lists it.`,
  );
}
