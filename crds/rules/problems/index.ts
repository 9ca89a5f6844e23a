/**
 * What is wrong with an object, completely? Every problem at once, with its field, the rule and the way out. It judges
 * one object by itself; whether it is open, allowed or fitting beside others is asked elsewhere.
 */
import type { SupportAccessGrant } from '../../generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../generated/support-access-policy.ts';
import type { SupportApplication } from '../../generated/support-application.ts';
import type { SupportPermissionMatrix } from '../../generated/support-permission-matrix.ts';
import type { SupportUser } from '../../generated/support-user.ts';
import type { Problem } from '../problem.ts';
import { applicationProblems } from './application-problems.ts';
import { grantProblems } from './grant-problems.ts';
import { matrixProblems } from './matrix-problems.ts';
import { policyProblems } from './policy-problems.ts';
import { userProblems } from './user-problems.ts';

interface Judged {
  readonly SupportAccessGrant: SupportAccessGrant;
  readonly SupportAccessPolicy: SupportAccessPolicy;
  readonly SupportApplication: SupportApplication;
  readonly SupportPermissionMatrix: SupportPermissionMatrix;
  readonly SupportUser: SupportUser;
}

type Judges = { readonly [Kind in keyof Judged]: (object: Judged[Kind]) => Problem[] };

/** Who judges which kind; the other kinds are complete with their schema and CEL. */
const judges: Judges = {
  SupportAccessGrant: grantProblems,
  SupportAccessPolicy: policyProblems,
  SupportApplication: applicationProblems,
  SupportPermissionMatrix: matrixProblems,
  SupportUser: userProblems,
};

/** Every problem of an object that its schema has accepted; none for a kind that has no rules beyond its schema. */
export function problemsOf(object: { readonly kind?: unknown }): Problem[] {
  const { kind } = object;
  if (typeof kind !== 'string' || !Object.hasOwn(judges, kind)) return [];
  const problems = judges[kind as keyof Judged] as (object: unknown) => Problem[];
  return problems(object);
}
