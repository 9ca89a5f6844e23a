/**
 * The matrix of Zoho CRM "Support Access" (requirement ZH-5): administrator rights with the 32 items that support cannot do,
 * each with the document's number and words in its note. 29 refuse something, 15 leaves looking, 17 is about whom others
 * assign, and 20 is the longest time, which the policy's `duration` has. What no list names, such as deleting, is refused.
 */
import type { SupportPermissionMatrix } from '../generated/support-permission-matrix.ts';

type Spec = SupportPermissionMatrix['spec'];

/** All of Setup is an administrator's; the pages are those that the document names. */
const setup: Spec['modules'][number] = {
  name: 'Setup',
  access: 'Everything',
  note: 'Once a support agent gets access to your account, they will have admin-level access.',
  subModules: [
    {
      name: 'Support Access',
      access: 'Everything',
      note: '20. Max date selection was restricted to 5 years from now, in client: here the policy has spec.duration.maxSeconds',
    },
    { name: 'Users', access: 'Limited', actions: ['Change User Details'] },
    { name: 'Tab Groups', access: 'Everything' },
    { name: 'Mail Merge', access: 'Everything' },
    { name: 'Trusted Domains', access: 'Everything' },
    { name: 'Workflow Actions by Zoho Flow', access: 'Everything' },
    { name: 'Account Subscription', access: 'Limited', actions: ['Manage'] },
    { name: 'Email Permissions', access: 'Limited', actions: ['Modify'] },
    { name: 'Data Backup', access: 'Everything' },
    { name: 'Audit Log', access: 'Limited', actions: ['Export'] },
    { name: 'ZSC Keys', access: 'Limited', actions: ['Generate'] },
    { name: 'Company Details', access: 'Everything' },
    { name: 'Admin-level Permissions', access: 'Limited', actions: ['Change'] },
    { name: 'Integrations', access: 'Limited', actions: ['Set Up'] },
    { name: 'Customizations', access: 'Everything', actions: ['Copy'] },
    { name: 'Connections', access: 'Limited', actions: ['Edit', 'Set Up'] },
    {
      name: 'Assignment Rule',
      access: 'Everything',
      note: '17. Assignment Rule – We will not allow assigning to Support User: refused as the target, whoever writes the rule',
    },
  ],
};

const modules: Spec['modules'] = [
  {
    name: 'Records',
    access: 'Everything',
    actions: ['Export'],
    note: 'The support users will be able to create, edit, and update records; they own the records that they add.',
    subModules: [
      { name: 'Sheet View', access: 'Everything' },
      { name: 'Print View', access: 'Everything' },
    ],
  },
  { name: 'Reports', access: 'Everything', actions: ['Export'] },
  { name: 'Emails', access: 'Limited', actions: ['Send'] },
  { name: 'Online Meetings', access: 'Limited', actions: ['Create'] },
  { name: 'Channels', access: 'Everything' },
  { name: 'Marketplace', access: 'Everything' },
  { name: 'Data Enrichment', access: 'Everything' },
  { name: 'Voice of the Customer', access: 'Everything' },
  { name: 'Client Scripts', access: 'Everything' },
  { name: 'Zoho Survey', access: 'Everything' },
  { name: 'Zoho Social', access: 'Everything' },
  {
    name: 'Zia',
    subModules: [
      { name: 'Ask Zia', access: 'Everything' },
      { name: 'Conversational AI', access: 'Everything' },
      { name: 'Zia Vision', access: 'Everything' },
      { name: 'Zia Voice', access: 'Everything' },
    ],
  },
  { name: 'Developer Space', subModules: [{ name: 'Zia Voice', access: 'Everything' }] },
  setup,
];

/** An entry without an action refuses looking as well. */
const disabledActions: Spec['disabledActions'] = [
  { module: 'Setup', subModule: 'Support Access', note: '1. Support Access page' },
  {
    module: 'Setup',
    subModule: 'Users',
    action: 'Change User Details',
    note: '2. Support User cannot change the user details of other users in your org',
  },
  { module: 'Setup', subModule: 'Tab Groups', note: '3. Tab Groups' },
  { module: 'Setup', subModule: 'Mail Merge', note: '3. Mail Merge' },
  { module: 'Setup', subModule: 'Trusted Domains', note: '3. Trusted Domains' },
  {
    module: 'Setup',
    subModule: 'Workflow Actions by Zoho Flow',
    note: '3. Workflow Actions by Zoho Flow will be restricted',
  },
  {
    module: 'Setup',
    subModule: 'Account Subscription',
    action: 'Manage',
    note: '4. Manage your account subscription',
  },
  { module: 'Emails', action: 'Send', note: '5. Sending emails' },
  {
    module: 'Setup',
    subModule: 'Email Permissions',
    action: 'Modify',
    note: '6. Modify email permissions (mass emails, autoresponders, Schedule mass email, workflow emails)',
  },
  { module: 'Records', action: 'Export', note: '7. Export Permission - Export' },
  { module: 'Setup', subModule: 'Data Backup', note: '7. Export Permission - Data Backup' },
  { module: 'Reports', action: 'Export', note: '8. Export reports' },
  { module: 'Setup', subModule: 'Audit Log', action: 'Export', note: '9. Export audit logs' },
  { module: 'Setup', subModule: 'ZSC Keys', action: 'Generate', note: '10. Generate ZSC keys' },
  {
    module: 'Setup',
    subModule: 'Company Details',
    note: '11. Access any options available in Setup > Company Details',
  },
  {
    module: 'Setup',
    subModule: 'Admin-level Permissions',
    action: 'Change',
    note: '12. Change admin-level permissions',
  },
  { module: 'Setup', subModule: 'Integrations', action: 'Set Up', note: '13. Set up integrations' },
  { module: 'Setup', subModule: 'Customizations', action: 'Copy', note: '14. Copy customizations' },
  { module: 'Setup', subModule: 'Connections', action: 'Edit', note: '15. Edit connections (view only)' },
  { module: 'Marketplace', note: '16. Access Marketplace' },
  { module: 'Channels', note: '18. Access the Channels tab' },
  { module: 'Records', subModule: 'Sheet View', note: '19. Access sheet views' },
  { module: 'Records', subModule: 'Print View', note: '19. Access print views' },
  { module: 'Zia', subModule: 'Ask Zia', note: '21. Use the Ask Zia chatbot' },
  {
    module: 'Zia',
    subModule: 'Conversational AI',
    note: '22. Use the Conversational AI functionality in the Zia tab',
  },
  {
    module: 'Developer Space',
    subModule: 'Zia Voice',
    note: '23. Use Zia Voice in the Developer space',
  },
  { module: 'Online Meetings', action: 'Create', note: '24. Create online meetings' },
  { module: 'Data Enrichment', note: '25. Use data enrichment functionalities' },
  { module: 'Voice of the Customer', note: '26. Access Voice of the Customer functionalities' },
  { module: 'Zia', subModule: 'Zia Vision', note: '27. Use Zia Vision' },
  { module: 'Zia', subModule: 'Zia Voice', note: '28. Use Zia Voice' },
  { module: 'Zoho Survey', note: '29. Access Zoho Survey' },
  { module: 'Setup', subModule: 'Connections', action: 'Set Up', note: '30. Set up Connections' },
  { module: 'Client Scripts', note: '31. Use client scripts' },
  { module: 'Zoho Social', note: '32. Access Zoho Social' },
];

export const zohoCrm: Spec = {
  system: 'zoho-crm',
  revision: 1,
  title: 'Zoho CRM: Support Access',
  description:
    'Administrator rights, except for what the document lists: its 32 items have their numbers in the notes. Creating, editing ' +
    'and updating is allowed; deleting is not named, and what no list names is refused. Personal data is seen as it is, as the ' +
    'document says to customers.',
  masking: 'Disabled',
  actions: ['Create', 'Edit', 'Update'],
  modules,
  disabledActions,
};
