/** What people do that a policy of the chart refuses: an act for each message that a person can meet. */
import { defaultNamespaces, readerAccount } from '../../../crds/names.ts';
import {
  application,
  collection,
  grant,
  lock,
  policy,
  type Sent,
  session,
  supportCase,
} from '../../kit/objects/valid-objects.ts';
import { type ActRequest, deleting, patching, posting } from '../../kit/rights/forbidden-act.ts';
import { absentOwner, identity, paths, rbac } from '../../kit/rights/scene.ts';

/** Whose rights are used: a cluster administrator's, of an editor without the verb `open`, a reader's, or of an identity with every right. */
export type Person = 'administrator' | 'editor' | 'reader' | 'support identity';

export interface ActOfPerson {
  readonly act: string;
  readonly who: Person;
  readonly request: ActRequest;
}

/** The person of the one reader account. */
export const reader = 'ada@customer.example';
const unlockReason = 'supportaccess.dev/unlock-reason';

const apiGroup = 'rbac.authorization.k8s.io';
const binding = (role: string, subject: object): object => ({
  metadata: { name: 'x' },
  roleRef: { apiGroup, kind: 'ClusterRole', name: role },
  subjects: [subject],
});

/** The lock that stands while these acts are tried. */
export const standingLock = { ...lock.base(), metadata: { name: 'ns.locked' } };
const lockPath = `${collection(lock)}/${standingLock.metadata.name}`;

/** The editor's support case, to which the acts of others are tried; without contacts, which admission would be asked about. */
export const standingCase = {
  ...supportCase.base(),
  spec: { subject: 'Mail jobs are stuck', owner: 'editor' },
};
const casePath = `${collection(supportCase)}/${standingCase.metadata.name}`;

const readerTokens = `/api/v1/namespaces/${defaultNamespaces.release}/serviceaccounts/${readerAccount.of(reader)}/token`;
const token = (spec: object): object => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  spec,
});

/** Fit for the restricted profile of the namespace, so that it is our policy that answers. */
const pod = {
  metadata: { name: 'x' },
  spec: {
    containers: [
      {
        name: 'c',
        image: 'example.com/x',
        securityContext: {
          allowPrivilegeEscalation: false,
          runAsNonRoot: true,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
      },
    ],
  },
};

function named(object: Sent, name: string): Sent {
  return { ...object, metadata: { ...object.metadata, name } };
}

/** THE list. A policy that gets a message for people gets an act here. */
export const actsOfPeople: readonly ActOfPerson[] = [
  ...[grant, policy, application].map((kind) => ({
    act: `enables a ${kind.kind} without the verb open`,
    who: 'editor' as const,
    request: posting(collection(kind), kind.base()),
  })),
  ...(
    [
      ['with the reason for lifting it already on it', { annotations: { [unlockReason]: 'x' } }],
      ['with an owner', { ownerReferences: [absentOwner] }],
      ['with a finalizer', { finalizers: ['example.com/hold'] }],
    ] as const
  ).map(([how, metadata]) => ({
    act: `makes a lock ${how}`,
    who: 'administrator' as const,
    request: posting(collection(lock), { ...lock.base(), metadata: { name: 'ns.other', ...metadata } }),
  })),
  {
    act: 'changes a lock',
    who: 'administrator',
    request: patching(lockPath, { metadata: { labels: { a: 'b' } } }),
  },
  { act: 'deletes a lock before the reason is on it', who: 'administrator', request: deleting(lockPath) },
  {
    act: 'opens a support case in the name of another',
    who: 'administrator',
    request: posting(collection(supportCase), named(standingCase, 'another')),
  },
  {
    act: 'gives a support case to another',
    who: 'administrator',
    request: patching(casePath, { spec: { owner: 'eve' } }),
  },
  {
    act: 'adds a contact to the support case of another',
    who: 'administrator',
    request: patching(casePath, { spec: { contacts: [{ name: 'grace' }] } }),
  },
  {
    act: 'writes a session',
    who: 'administrator',
    request: posting(collection(session), named(session.base(), 's-forged')),
  },
  {
    act: 'writes a status',
    who: 'administrator',
    request: patching(`${collection(grant)}/case-4711/status`, { status: { closings: 1 } }),
  },
  {
    act: 'makes a role whose name is reserved',
    who: 'administrator',
    request: posting(`${rbac}/clusterroles`, { metadata: { name: 'Support-Admin' }, rules: [] }),
  },
  {
    act: 'assigns a role to a support identity',
    who: 'administrator',
    request: posting(
      paths.bindings,
      binding('view', { kind: 'ServiceAccount', name: identity, namespace: defaultNamespaces.identities }),
    ),
  },
  {
    act: 'assigns a role whose name is reserved',
    who: 'administrator',
    request: posting(paths.bindings, binding('support:admin', { apiGroup, kind: 'User', name: 'bob' })),
  },
  {
    act: 'makes a role',
    who: 'support identity',
    request: posting(`${rbac}/clusterroles`, { metadata: { name: 'x' }, rules: [] }),
  },
  {
    act: 'runs a pod among the support identities',
    who: 'administrator',
    request: posting(paths.identityAccounts.replace('serviceaccounts', 'pods'), pod),
  },
  {
    act: 'makes an account among the support identities',
    who: 'administrator',
    request: posting(paths.identityAccounts, { metadata: { name: 'sa-aaaaaaaaaaaaaaaaaaaa' } }),
  },
  {
    act: 'asks for a token of a support identity',
    who: 'administrator',
    request: posting(`${paths.identityAccounts}/${identity}/token`, token({ audiences: [] })),
  },
  {
    act: 'asks for a token of a reader account that is not theirs',
    who: 'administrator',
    request: posting(readerTokens, token({ audiences: ['support-access'], expirationSeconds: 600 })),
  },
  {
    act: 'asks for a token of their reader account that also the API server takes',
    who: 'reader',
    request: posting(readerTokens, token({ audiences: ['support-access', 'other'], expirationSeconds: 600 })),
  },
  {
    act: 'asks for a token of their reader account that lasts',
    who: 'reader',
    request: posting(readerTokens, token({ audiences: ['support-access'], expirationSeconds: 3600 })),
  },
];
