/** THE list of what exists while access is open: each entry, in the order in which it is made. */
import { expect, it } from 'vitest';
import { grantOutputs, installationOutputs, outputs } from '../../../../operator/outputs/index.ts';

const entriesOf = (list: readonly { name: string; kinds: readonly { kind: string }[] }[]) =>
  list.map(({ name, kinds }) => `${name}: ${kinds.map(({ kind }) => kind).join(', ')}`);

it('has exactly these entries for a grant: identity before rights, rights before the token', () => {
  const expected = ['account: ServiceAccount', 'binding: RoleBinding', 'credential: Secret'];
  expect(entriesOf(grantOutputs)).toEqual(expected);
});

it('has exactly these entries for the installation', () => {
  expect(entriesOf(installationOutputs)).toEqual(['network: NetworkPolicy', 'sso: ConfigMap']);
});

it('has no entry that neither a grant nor the installation makes', () => {
  expect(outputs.length).toBe(grantOutputs.length + installationOutputs.length);
});
