/** The customer's policy: switched on, with one list of addresses. */
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { type Modifier, metadataOf, modified, withSpec } from './object.ts';

type Spec = SupportAccessPolicy['spec'];

export function aPolicy(...modifiers: readonly Modifier<SupportAccessPolicy>[]): SupportAccessPolicy {
  const policy: SupportAccessPolicy = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportAccessPolicy',
    metadata: metadataOf('SupportAccessPolicy', 'default'),
    spec: {
      access: 'Enabled',
      gateway: { host: 'support.example.com', hostSuffixes: ['apps.example.com'] },
      allowedCIDRs: ['203.0.113.0/24', '2001:db8:7::/48'],
      requireAllowedCIDRs: 'Enabled',
      session: { idleSeconds: 1800, absoluteSeconds: 28_800, boundAddress: 'Enabled' },
    },
  };
  return modified(policy, modifiers);
}

export const switchedOff = (): Modifier<SupportAccessPolicy> => withSpec({ access: 'Disabled' });

/** The policy's own list of addresses. */
export const allowing = (...allowedCIDRs: string[]): Modifier<SupportAccessPolicy> =>
  withSpec({ allowedCIDRs });

export const notRequiringAddresses = (): Modifier<SupportAccessPolicy> =>
  withSpec({ requireAllowedCIDRs: 'Disabled' });

export const withDuration = (duration: NonNullable<Spec['duration']>): Modifier<SupportAccessPolicy> =>
  withSpec({ duration });

export const withSession =
  (session: NonNullable<Spec['session']>): Modifier<SupportAccessPolicy> =>
  (policy) => ({ ...policy, spec: { ...policy.spec, session: { ...policy.spec.session, ...session } } });
