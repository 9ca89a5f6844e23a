/**
 * The matrix of Code42 "Support Access" (requirement C42-6): a temporary administrator investigates and adjusts settings. The
 * document has no table of modules, so its own words are the names, and what it leaves open is read narrowly: never the
 * rights of users, never the page of support access.
 */
import type { SupportPermissionMatrix } from '../generated/support-permission-matrix.ts';

export const code42Administrator: SupportPermissionMatrix['spec'] = {
  system: 'code42-administrator',
  revision: 1,
  title: 'Code42: Support Access',
  description:
    'A support engineer investigates the environment and adjusts settings as needed. The document says no more; users and their ' +
    'rights are not settings here, and support access is decided by the customer alone.',
  masking: 'Enabled',
  actions: ['Adjust Settings'],
  modules: [
    {
      name: 'Environment',
      access: 'Everything',
      note: 'access your Code42 environment to perform investigation and adjust settings as needed',
      subModules: [{ name: 'Support Access', access: 'Everything' }],
    },
    {
      name: 'Audit Log',
      access: 'Read',
      note: 'All activity of Code42 support personnel is tracked here, so nothing in it is changed by them.',
    },
    {
      name: 'Users',
      access: 'Limited',
      actions: ['Create', 'Deactivate', 'Change Roles'],
      note: 'Temporary administrators are SupportUsers, which vendor operations creates and deactivates.',
    },
  ],
  disabledActions: [
    {
      module: 'Environment',
      subModule: 'Support Access',
      note: 'To update the Support Access setting, you need the Customer Cloud Admin role.',
    },
    { module: 'Users', action: 'Create' },
    { module: 'Users', action: 'Deactivate' },
    { module: 'Users', action: 'Change Roles' },
  ],
};
