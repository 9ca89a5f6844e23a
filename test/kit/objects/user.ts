/** A person of the vendor's support: Ada, active, with one support role and one attribute on file. */
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { type Modifier, metadataOf, modified, withSpec } from './object.ts';

export function aUser(...modifiers: readonly Modifier<SupportUser>[]): SupportUser {
  return aUserNamed('ada', ...modifiers);
}

export function aUserNamed(name: string, ...modifiers: readonly Modifier<SupportUser>[]): SupportUser {
  const user: SupportUser = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportUser',
    metadata: metadataOf('SupportUser', name),
    spec: {
      access: 'Enabled',
      displayName: `${name.slice(0, 1).toUpperCase()}${name.slice(1)} of Support`,
      userId: `cp-${name}`,
      nameID: `${name}@vendor.example`,
      email: `${name}@vendor.example`,
      supportRoles: ['ecase-tier2'],
      attributes: [{ name: 'userId', value: `cp-${name}` }],
    },
  };
  return modified(user, modifiers);
}

export const deactivated = (): Modifier<SupportUser> => withSpec({ access: 'Disabled' });

/** For good, by the switch. */
export const deactivatedForGood = (): Modifier<SupportUser> => (user) => ({
  ...user,
  status: { ...user.status, deactivation: { startTime: '2026-12-01T08:00:00Z', reason: 'SwitchedOff' } },
});

export const withRoles = (...supportRoles: string[]): Modifier<SupportUser> => withSpec({ supportRoles });

export const withAttributes = (...attributes: { name: string; value: string }[]): Modifier<SupportUser> =>
  withSpec({ attributes });
