/** How bindings are told to administrators, who copy the entry that accepts one into the policy. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bindingInWords, toleratingEntry } from '../../../../operator/rbac/excess-rights.ts';
import { aClusterBinding } from '../../../kit/objects/kube-objects.ts';

const named = (name: string) => aClusterBinding(name, 'view');

describe('the entry that accepts a binding', () => {
  it.each([
    'x',
    'system:basic-user',
    'kubevirt.io:default',
    'grace@example.com',
    'Yes',
    '1.0',
    'a_b',
    'x'.repeat(253),
  ])('is read as that very name: %s', (name) => {
    expect(parse(`[${toleratingEntry(named(name))}]`)).toEqual([{ kind: 'ClusterRoleBinding', name }]);
    expect(bindingInWords(named(name))).toBe(`ClusterRoleBinding ${name}`);
  });

  it.each([
    ['a space', 'a b'],
    ['a quote', 'x"}, {kind: ClusterRoleBinding, name: "y'],
    ['a comma', 'a, RoleBinding b'],
    ['a line break', 'a\nb'],
    ['a letter that looks like another', 'аdmin'],
    ['a length that the policy has no room for', 'x'.repeat(254)],
    ['a mark at its end', 'x;'],
  ])('is not spelled for a name with %s, which is told in quotes', (_, name) => {
    expect(toleratingEntry(named(name))).toBeUndefined();
    expect(bindingInWords(named(name))).toMatch(/^ClusterRoleBinding "[\x20-\x7e]{1,100}"$/);
  });
});
