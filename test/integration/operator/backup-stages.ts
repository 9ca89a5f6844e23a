/** Each way in which the access of one grant is taken back, and the record that says that it was seen. */
import { kinds } from '../../../crds/kinds.ts';
import { type GrantSetting, lock, putUser } from '../../kit/installation/grant-setting.ts';

/** What happens to one grant after the backup, and how its grant stands then. */
export interface Stage {
  readonly told: string;
  readonly act: (
    one: GrantSetting,
    uids: { readonly grant: string; readonly user: string },
  ) => Promise<unknown>;
  /** Which record says that it was seen. */
  readonly seenBy: string;
  readonly about: 'grant' | 'user' | 'application' | 'lock';
}

export const grantPatch = (one: GrantSetting, spec: object) =>
  one.admin.mergePatch(kinds.SupportAccessGrant, one.grantRef, { patch: { spec } });
const userPatch = (one: GrantSetting, spec: object) =>
  one.admin.mergePatch(kinds.SupportUser, { name: one.user }, { patch: { spec } });

export const applicationRef = ({ namespace }: GrantSetting) => ({ namespace, name: 'ecase' });
const applicationPatch = (one: GrantSetting, spec: object) =>
  one.admin.mergePatch(kinds.SupportApplication, applicationRef(one), { patch: { spec } });

/** THE list: each way in which access is taken back. */
export const stages: readonly Stage[] = [
  {
    told: 'the grant was disabled',
    act: (one) => grantPatch(one, { access: 'Disabled' }),
    seenBy: 'grant.changed',
    about: 'grant',
  },
  {
    told: 'the grant was disabled, and enabled with less',
    act: async (one) => {
      await grantPatch(one, { access: 'Disabled' });
      await grantPatch(one, { access: 'Enabled', allowedCIDRs: ['203.0.113.7/32'] });
    },
    seenBy: 'grant.changed',
    about: 'grant',
  },
  {
    told: 'the grant was shortened',
    act: (one) => grantPatch(one, { expirationTime: new Date(Date.now() + 1_800_000).toISOString() }),
    seenBy: 'grant.changed',
    about: 'grant',
  },
  {
    told: 'the grant was deleted',
    act: (one) => one.admin.delete(kinds.SupportAccessGrant, one.grantRef),
    seenBy: 'grant.deleted',
    about: 'grant',
  },
  {
    told: 'the person was disabled',
    act: (one) => userPatch(one, { access: 'Disabled' }),
    seenBy: 'user.changed',
    about: 'user',
  },
  {
    told: 'the person was deleted',
    act: (one) => one.admin.delete(kinds.SupportUser, { name: one.user }),
    seenBy: 'user.deprovisioned',
    about: 'user',
  },
  {
    told: 'the person was deleted, and made anew',
    act: async (one) => {
      await one.admin.delete(kinds.SupportUser, { name: one.user });
      await putUser(one);
    },
    seenBy: 'user.deprovisioned',
    about: 'user',
  },
  {
    told: 'the application was led elsewhere',
    act: (one) => applicationPatch(one, { host: `other-${one.namespace}.apps.example.com` }),
    seenBy: 'application.changed',
    about: 'application',
  },
  {
    told: 'the application was deleted',
    act: (one) => one.admin.delete(kinds.SupportApplication, applicationRef(one)),
    seenBy: 'application.deleted',
    about: 'application',
  },
  {
    told: 'the grant was locked',
    act: (one, { grant }) => lock(one.admin, `grant.${grant}`),
    seenBy: 'lock.created',
    about: 'lock',
  },
  {
    told: 'the namespace was locked',
    act: (one) => lock(one.admin, `ns.${one.namespace}`),
    seenBy: 'lock.created',
    about: 'lock',
  },
  {
    told: 'the person was locked',
    act: (one, { user }) => lock(one.admin, `user.${user}`),
    seenBy: 'lock.created',
    about: 'lock',
  },
];
