/** What the operator gives to the policies of the API server. */
import { describe, expect, it } from 'vitest';
import { namesForPolicies } from '../../../../operator/policy/names.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';

const reserved = (...reservedRoleNames: string[]) =>
  namesForPolicies(aPolicy(withSpec({ rights: { reservedRoleNames } }))).reservedRoles;
const told = (...administrators: { name: string; email?: string; user?: string; group?: string }[]) =>
  namesForPolicies(aPolicy(withSpec({ administrators }))).administrators;

describe('the names for policies', () => {
  it('are empty without a policy, and where it says none', () => {
    expect(namesForPolicies(undefined)).toEqual({ reservedRoles: '', administrators: '' });
    expect(namesForPolicies(aPolicy(withSpec({ administrators: [] })))).toEqual({
      reservedRoles: '',
      administrators: '',
    });
  });

  it('have reserved roles folded, each once, sorted, one space between two', () => {
    expect(reserved('Vendor Support', 'vendor:support', 'ＡＣＭＥ Süpport')).toBe(
      'acmesupport vendorsupport',
    );
  });

  it('have each administrator with all that says how to ask', () => {
    expect(
      told(
        { name: 'Grace', email: 'grace@example.com', user: 'grace', group: 'platform' },
        { name: 'Night desk' },
      ),
    ).toBe('Grace (grace@example.com, user grace, group platform); Night desk');
  });

  it('count the administrators beyond the first five', () => {
    const many = Array.from({ length: 8 }, (_, at) => ({ name: `a${at}` }));
    expect(told(...many)).toBe('a0; a1; a2; a3; a4; 3 more');
  });

  it('stay on one line and short, whatever a user or group is called', () => {
    expect(told({ name: 'Grace', user: 'a\nb\u0000c', group: 'x'.repeat(253) })).toBe(
      `Grace (user a b c, group ${'x'.repeat(58)}…)`,
    );
  });
});
