/**
 * What admission says of a person: whether one may be added or let in again now (requirement C42-2), and that one sign-in that
 * counts for two people is hardly meant.
 */
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { policyName } from '../../../../crds/names.ts';
import { differsOnlyInForm } from '../../../../crds/rules/identity.ts';
import { printable } from '../../../../crds/rules/problem.ts';
import type { Cause } from '../review.ts';
import { ifReadable, type KindRule } from './kind-rule.ts';

export const userRule: KindRule = async ({ object, old }, { list, read }) => {
  // the NameID is immutable; who was made with access Disabled is asked about when that ends
  if (old !== undefined && (old.spec as SupportUser['spec']).access !== 'Disabled')
    return { problems: [], warnings: [] };
  const { metadata, spec } = object as unknown as SupportUser;
  const policy = (await read('SupportAccessPolicy', { name: policyName })) as SupportAccessPolicy | undefined;
  const problems = provisioningProblems(policy, old === undefined);
  if (problems.length > 0 || spec.access === 'Disabled') return { problems, warnings: [] };
  const users = ((await ifReadable(list('SupportUser'))) ?? []) as readonly SupportUser[];
  const others = users.filter(({ metadata: { name } }) => name !== metadata.name);
  const same = others.find((one) => one.spec.nameID === spec.nameID);
  const near = others.find((one) => differsOnlyInForm(one.spec.nameID, spec.nameID));
  return {
    problems: [],
    warnings: [
      ...(same === undefined ? [] : [sameNameID(spec.nameID, same)]),
      ...(near === undefined ? [] : [nearNameID(spec.nameID, near)]),
    ],
  };
};

/** Without a policy nothing says that people may only be added while it is Enabled. */
function provisioningProblems(policy: SupportAccessPolicy | undefined, isNew: boolean): Cause[] {
  if (policy?.spec.users?.provisioning !== 'WhileEnabled' || policy.spec.access === 'Enabled') return [];
  const field = isNew ? 'spec' : 'spec.access';
  return [
    {
      field,
      message: `a person must not be ${isNew ? 'added' : 'let in again'} while support access is switched off, as spec.users.provisioning of the policy is WhileEnabled; ask the customer to write "access: Enabled" into SupportAccessPolicy ${policyName}, and try again then`,
    },
  ];
}

const nearNameID = (nameID: string, { metadata: { name } }: SupportUser): string =>
  `spec.nameID "${printable(nameID)}" differs from that of SupportUser ${name} only in letter case or blanks; sign-ins are compared letter by letter, so write it as the identity provider sends it`;

const sameNameID = (nameID: string, { metadata: { name } }: SupportUser): string =>
  `spec.nameID "${printable(nameID)}" is also that of SupportUser ${name}, so that one person signs in as both; if they are two people, delete one of the objects and create it with the person's own NameID`;
