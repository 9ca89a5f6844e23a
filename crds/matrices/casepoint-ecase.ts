/**
 * The matrix of Casepoint eCase, "Customer Enabled Support Admin": the document's table, row by row (requirement EC-11).
 * The document names no action for its four limited rows, so they allow looking only; none is invented here.
 */
import type { SupportPermissionMatrix } from '../generated/support-permission-matrix.ts';

export const casepointEcase: SupportPermissionMatrix['spec'] = {
  system: 'casepoint-ecase',
  revision: 1,
  title: 'Casepoint eCase: Customer Enabled Support Admin',
  description:
    'The twelve module categories that the Support Admin role may reach. What is not listed is not visible. The limited ' +
    'rows allow no write until the installation lists the actions in a matrix of its own.',
  masking: 'Enabled',
  maskedClasses: ['EmailAddress'],
  modules: [
    { name: 'Scheduled Jobs', access: 'Limited' },
    { name: 'Email Log', access: 'Read' },
    { name: 'Scheduler Configuration', access: 'Limited' },
    { name: 'Services Configuration', access: 'Read' },
    { name: 'Sign-On Mode (eCase Database Configuration)', access: 'Read' },
    { name: 'System Settings', access: 'Read' },
    { name: 'Security Settings', access: 'Read' },
    { name: 'SAML SSO Configuration', access: 'Read' },
    { name: 'Audit Configuration', access: 'Read' },
    { name: 'Report Scheduling', access: 'Read' },
    { name: 'Application Licenses', access: 'Limited' },
    { name: 'Connectors', access: 'Limited' },
  ],
};
