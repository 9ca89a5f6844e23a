/** What admission says of a person: one sign-in that counts for two people is hardly meant. */
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { differsOnlyInForm } from '../../../../crds/rules/identity.ts';
import { printable } from '../../../../crds/rules/problem.ts';
import { ifReadable, type KindRule } from './kind-rule.ts';

export const userRule: KindRule = async ({ object, old }, { list }) => {
  // the NameID is immutable; who was made with access Disabled is asked about when that ends
  if (old !== undefined && (old.spec as SupportUser['spec']).access !== 'Disabled')
    return { problems: [], warnings: [] };
  const { metadata, spec } = object as unknown as SupportUser;
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

const nearNameID = (nameID: string, { metadata: { name } }: SupportUser): string =>
  `spec.nameID "${printable(nameID)}" differs from that of SupportUser ${name} only in letter case or blanks; sign-ins are compared letter by letter, so write it as the identity provider sends it`;

const sameNameID = (nameID: string, { metadata: { name } }: SupportUser): string =>
  `spec.nameID "${printable(nameID)}" is also that of SupportUser ${name}, so that one person signs in as both; if they are two people, delete one of the objects and create it with the person's own NameID`;
