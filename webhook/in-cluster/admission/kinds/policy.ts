/**
 * What admission says of a change of the policy. Its identity provider is read by the reader that signs people in: with what that
 * one cannot use no one would get in, and that is said while the writer is still there.
 */
import { canonicalize } from '../../../../crds/audit/canonical.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { finallyDeactivated } from '../../../../crds/rules/deactivation.ts';
import { type Problem, problemLine } from '../../../../crds/rules/problem.ts';
import { readTrust } from '../../../../saml/trust/trust.ts';
import type { Cause } from '../review.ts';
import { asCause, type JudgeDeps, type KindAdvice, type KindRule, type ReviewedWrite } from './kind-rule.ts';
import { widenedWarnings } from './widened.ts';

/** A write that closes is never refused: there the same words are a warning. */
export const policyAdvice: KindAdvice = (write, now) => {
  const { problems, warnings } = ofProvider(write, now);
  return [...widenedWarnings('SupportAccessPolicy', write), ...problems.map(noOneSignsIn), ...warnings];
};

export const policyRule: KindRule = async (write, { now, list }) => {
  const { problems, warnings } = ofProvider(write, now);
  // What was stored and has only run out since must not hold up the change of something else.
  const isOld = isSameProvider(write);
  return {
    problems: [...(isOld ? [] : problems.map(asCause)), ...(await peopleProblems(write, list))],
    warnings: [
      ...widenedWarnings('SupportAccessPolicy', write),
      ...(isOld ? problems.map(noOneSignsIn) : []),
      ...warnings,
    ],
  };
};

/**
 * Whom the switch deactivates must not be missed, also where it goes off and on again while no operator runs: it goes on only when the
 * operator has seen it off, and everyone is deactivated for good. Whose people cannot be read is not switched on.
 */
async function peopleProblems({ object, old }: ReviewedWrite, list: JudgeDeps['list']): Promise<Cause[]> {
  const before = old?.spec as SupportAccessPolicy['spec'] | undefined;
  const { access } = object.spec as SupportAccessPolicy['spec'];
  if (before?.users?.whenDisabled !== 'Deactivate' || before.access === 'Enabled' || access !== 'Enabled')
    return [];
  const { metadata, status } = old as unknown as SupportAccessPolicy;
  if (status?.observedGeneration !== metadata.generation)
    return [notYet('the operator has not seen yet that it is Disabled, and so deactivated no one')];
  const users = (await list('SupportUser')) as readonly SupportUser[];
  // Whom vendor operations deactivated they may let in again: that is not what the switch does.
  const left = users.filter((user) => finallyDeactivated(user) === undefined);
  const [first] = left;
  if (first === undefined) return [];
  return [
    notYet(
      `${left.length} of ${users.length} people are not deactivated for good yet, among them SupportUser ${first.metadata.name}`,
    ),
  ];
}

const notYet = (why: string): Cause => ({
  field: 'spec.access',
  message: `must stay Disabled for a moment, as spec.users.whenDisabled is Deactivate: ${why}; write Enabled again in a few seconds, and if this stays, see whether the operator runs`,
});

interface ProviderFindings {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Without any provider nothing is wrong: a policy may come before it. */
function ofProvider({ object }: ReviewedWrite, now: number): ProviderFindings {
  const { sso } = object.spec as SupportAccessPolicy['spec'];
  const trust = sso === undefined ? undefined : readTrust(sso, now);
  if (trust === undefined) return { problems: [], warnings: [] };
  return trust.ok ? { problems: [], warnings: trust.value.warnings } : { ...trust, warnings: [] };
}

const noOneSignsIn = (problem: Problem): string => `no one can sign in: ${problemLine(problem)}`;

/** Whether the policy was switched on with this very provider before. */
function isSameProvider({ object, old }: ReviewedWrite): boolean {
  const [before, after] = [old?.spec, object.spec] as (SupportAccessPolicy['spec'] | undefined)[];
  if (before?.access !== 'Enabled') return false;
  return canonicalize(before.sso ?? {}) === canonicalize(after?.sso ?? {});
}
