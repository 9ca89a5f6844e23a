/**
 * What admission says of a change of the policy. Its identity provider is read by the reader that signs people in: with what that
 * one cannot use no one would get in, and that is said while the writer is still there.
 */
import { canonicalize } from '../../../../crds/audit/canonical.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import { type Problem, problemLine } from '../../../../crds/rules/problem.ts';
import { readTrust } from '../../../../saml/trust/trust.ts';
import { asCause, type KindAdvice, type KindRule, type ReviewedWrite } from './kind-rule.ts';
import { widenedWarnings } from './widened.ts';

/** A write that closes is never refused: there the same words are a warning. */
export const policyAdvice: KindAdvice = (write, now) => {
  const { problems, warnings } = ofProvider(write, now);
  return [...widenedWarnings('SupportAccessPolicy', write), ...problems.map(noOneSignsIn), ...warnings];
};

export const policyRule: KindRule = (write, { now }) => {
  const { problems, warnings } = ofProvider(write, now);
  // What was stored and has only run out since must not hold up the change of something else.
  const isOld = isSameProvider(write);
  return Promise.resolve({
    problems: isOld ? [] : problems.map(asCause),
    warnings: [
      ...widenedWarnings('SupportAccessPolicy', write),
      ...(isOld ? problems.map(noOneSignsIn) : []),
      ...warnings,
    ],
  });
};

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
