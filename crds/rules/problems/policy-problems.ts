/** What is wrong with the policy by itself? Says nothing about certificates and metadata, which the sign-in reads. */
import type { SupportAccessPolicy } from '../../generated/support-access-policy.ts';
import { type Problem, printable } from '../problem.ts';
import { addressProblems } from './address-problems.ts';

type Sso = NonNullable<SupportAccessPolicy['spec']['sso']>;

export function policyProblems({ spec }: SupportAccessPolicy): Problem[] {
  return [
    ...addressProblems(spec.allowedCIDRs, 'spec.allowedCIDRs'),
    ...addressProblems(spec.network?.trustedHops, 'spec.network.trustedHops'),
    ...(spec.access === 'Enabled' ? acrossFields(spec) : []),
  ];
}

/** Rules across fields pass while access is disabled: disabling must never be refused. */
function acrossFields({ gateway, sso }: SupportAccessPolicy['spec']): Problem[] {
  return [...hostProblems(gateway), ...attributeProblems(sso?.attributes)];
}

/** An application under the support host's own name would share a site, and so cookies, with the support host. */
function hostProblems({ host, hostSuffixes = [] }: SupportAccessPolicy['spec']['gateway']): Problem[] {
  return hostSuffixes.flatMap((suffix, at) => {
    if (suffix !== host && !suffix.endsWith(`.${host}`)) return [];
    return [
      {
        field: `spec.gateway.hostSuffixes[${at}]`,
        value: printable(suffix),
        rule: 'must not lie under spec.gateway.host',
        fix: 'give applications a suffix beside the support host, not below it',
      },
    ];
  });
}

/** Two mappings of one attribute, or to one name, would leave open which of them must match. */
function attributeProblems(attributes: Sso['attributes'] = []): Problem[] {
  return attributes.flatMap(({ name, attribute }, at) => {
    const before = attributes.slice(0, at);
    const problems: Problem[] = [];
    if (before.some((each) => each.attribute === attribute))
      problems.push(twice(`spec.sso.attributes[${at}].attribute`, attribute));

    if (before.some((each) => each.name === name))
      problems.push(twice(`spec.sso.attributes[${at}].name`, name));

    return problems;
  });
}

function twice(field: string, value: string): Problem {
  return {
    field,
    value: printable(value),
    rule: 'must be mapped once only',
    fix: 'remove one of the two mappings',
  };
}
