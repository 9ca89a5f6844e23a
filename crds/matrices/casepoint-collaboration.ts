/**
 * The matrix of Casepoint Collaboration, "Customer Enabled Support Admin": the 22 rows of the document's first table, to be
 * read only (requirement CC-8), and the 16 of its second with their 31 actions (CC-9). The five rows that are in both
 * tables stand once, with what both say; a row of the second table alone may be seen as well.
 */
import type { SupportPermissionMatrix } from '../generated/support-permission-matrix.ts';

export const casepointCollaboration: SupportPermissionMatrix['spec'] = {
  system: 'casepoint-collaboration',
  revision: 1,
  title: 'Casepoint Collaboration: Customer Enabled Support Admin',
  description:
    'The modules and sub-modules that the Support Admin role may read, and those where it may do the listed actions. Read is ' +
    'looking, and searching and filtering to look. Save is changing and saving fields, not adding or removing entries. What is ' +
    'not listed is refused.',
  masking: 'Enabled',
  appliesTo: { versions: '>=26.1.3.0', editions: ['SaaS'] },
  modules: [
    {
      name: 'System Configuration',
      subModules: [
        { name: 'Application Templates', access: 'Read' },
        { name: 'Document Review Flags', access: 'Read' },
        { name: 'Email Templates', access: 'Read' },
        { name: 'Error Message', access: 'Read' },
        { name: 'Find and Redact Patterns', access: 'Read' },
        { name: 'Help Links Configuration', access: 'Read' },
        { name: 'Technical Support', access: 'Read' },
        { name: 'General Configuration', access: 'Limited', actions: ['Save'] },
      ],
    },
    {
      name: 'System Administration',
      subModules: [
        { name: 'Mail Server Configuration', access: 'Read' },
        { name: 'System Jobs', access: 'Limited', actions: ['Save', 'Clear Job Log'] },
        { name: 'Localization', access: 'Read' },
        { name: 'Global Address List Settings', access: 'Limited', actions: ['Save'] },
        { name: 'System Settings', access: 'Limited', actions: ['Save'] },
        {
          name: 'Scheduler Configuration',
          access: 'Limited',
          actions: ['Remove Scheduler', 'Remove Job', 'Restart Scheduler', 'Add Job', 'Save'],
        },
      ],
    },
    {
      name: 'Security',
      subModules: [
        { name: 'Allowed Upload File Formats', access: 'Read' },
        { name: 'Audit Log', access: 'Limited', actions: ['Search', 'Export', 'Clear Filters'] },
        { name: 'Access Token Manager', access: 'Read' },
        { name: 'Audit Configuration', access: 'Read' },
        { name: 'Security Configuration', access: 'Read' },
        { name: 'Sign On Mode', access: 'Limited', actions: ['Save'] },
      ],
    },
    {
      name: 'Organization Setup',
      access: 'Limited',
      actions: [
        'Organization Information – Spell Check',
        'Banner – Add Banner',
        'Logo – Add Logo',
        'Disclaimer – Spell Check',
      ],
      note: 'One row without a sub-module in the document, which names four areas of the page with an action each.',
      subModules: [
        { name: 'Application Roles', access: 'Read' },
        { name: 'Enterprise', access: 'Read' },
        { name: 'Users', access: 'Read' },
      ],
    },
    {
      name: 'Jobs',
      subModules: [
        { name: 'All Jobs', access: 'Limited', actions: ['Actions – Cancel'] },
        { name: 'Email Log', access: 'Limited', actions: ['Search', 'Clear', 'View Email Details'] },
        {
          name: 'Failed OCR Jobs',
          access: 'Limited',
          actions: ['Search', 'Clear', 'View Details', 'View Details – Generate Report'],
        },
      ],
    },
    { name: 'My Jobs', subModules: [{ name: 'My Jobs', access: 'Read' }] },
    { name: 'Help', subModules: [{ name: 'Error Log', access: 'Limited', actions: ['Clear Log'] }] },
    {
      name: 'My Profile',
      subModules: [
        {
          name: 'Change Password',
          access: 'Limited',
          actions: ['Save'],
          note: 'Listed in the document; there is no password to change where people sign in by SSO only, as here.',
        },
      ],
    },
    {
      name: 'Preferences',
      subModules: [
        { name: 'General', access: 'Limited', actions: ['Save'] },
        { name: 'Document', access: 'Limited', actions: ['Save'] },
        { name: 'Review Object', access: 'Limited', actions: ['Save'] },
      ],
    },
  ],
};
