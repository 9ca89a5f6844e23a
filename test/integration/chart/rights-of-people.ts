/**
 * What each role of people may do with each kind: design, not a copy of the chart. Who has a role of the cluster (`view`, `edit`,
 * `admin`) has it in one namespace; the roles of the chart are bound for the whole cluster.
 */

/** Kinds by their plural names, each with its verbs, parted by spaces; what is not named is not allowed. */
export type Rights = Readonly<Record<string, string>>;

export const verbs = 'get list watch create update patch delete deletecollection open administer'.split(' ');

const read = 'get list watch';
const write = `${read} create update patch delete`;
const all = `${write} deletecollection`;

const everyKind = [
  'supportaccesspolicies',
  'supportapplications',
  'supportaccessgrants',
  'supportusers',
  'supportpermissionmatrices',
  'supportsessions',
  'supportaccesslocks',
] as const;
/** Not the support cases: those are their owners' alone. */
const reading = Object.fromEntries(everyKind.map((kind) => [kind, read]));
const withCases = [...everyKind, 'supportcases'];

/** The kinds that lie in namespaces: of the others, a right in a namespace is none. */
export const inNamespaces: readonly string[] = [
  'supportapplications',
  'supportaccessgrants',
  'supportsessions',
  'supportcases',
];

/** Everything that is asked about: the kinds, their statuses, and the records. */
export const askedAbout = [...withCases, ...withCases.map((kind) => `${kind}/status`), 'auditrecords'];

export const rolesOfTheChart: Readonly<Record<string, Rights>> = {
  administrator: {
    ...reading,
    supportaccesspolicies: `${all} open`,
    supportapplications: `${all} open`,
    supportaccessgrants: `${all} open`,
    supportpermissionmatrices: all,
    // one by one: each lifting has its reason
    supportaccesslocks: write,
    supportsessions: `${read} delete deletecollection`,
    supportcases: 'create administer',
    auditrecords: 'get',
  },
  'case-admin': { supportcases: 'create administer' },
  'elevated-contact': { supportcases: `${read} update patch` },
  editor: {
    supportapplications: write,
    supportaccessgrants: write,
    supportaccesspolicies: read,
    supportpermissionmatrices: read,
    supportusers: read,
  },
  'vendor-operations': { supportusers: write },
  locker: { supportaccesslocks: `${read} create` },
  viewer: reading,
  auditor: { ...reading, auditrecords: 'get' },
  'record-reader': { auditrecords: 'get' },
};

const inTheNamespace: Rights = {
  supportapplications: read,
  supportaccessgrants: read,
  supportsessions: read,
};

/** Of the cluster: who edits or administers a namespace reads there what its viewers read, and writes none of it. */
export const rolesOfTheCluster: Readonly<Record<string, Rights>> = {
  view: inTheNamespace,
  edit: inTheNamespace,
  admin: inTheNamespace,
};
