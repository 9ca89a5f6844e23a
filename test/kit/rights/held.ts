/**
 * THE list of what each account of ours holds, and what the holder could do with it at worst. The table in docs/rights/ is made
 * from it, and a test compares it with the rights that the chart renders: none is given without its worst use.
 */
import { kinds } from '../../../crds/kinds.ts';
import { readerAccount } from '../../../crds/names.ts';
import type { AccountName } from './forbidden-act.ts';

export interface HeldRight {
  /** As `inWords` writes it. */
  readonly right: string;
  /** What the holder could do, beside what the process is for. */
  readonly worst: string;
}

/** For whom the installation has a reader account, whose rights these are. */
export const reader = 'ada@example.com';

interface Rule {
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const plurals = Object.values(kinds).map(({ plural }) => plural);
const everyKind = new Map([
  [plurals.toSorted().join(), 'all our kinds'],
  [
    plurals
      .filter((plural) => plural !== kinds.SupportCase.plural)
      .toSorted()
      .join(),
    'all our kinds but cases',
  ],
]);

/** A right in words: `where` is a namespace, or `*` for the whole cluster. */
export function inWords(where: string, { resources = [], resourceNames = [], verbs }: Rule): string {
  const what = everyKind.get(resources.toSorted().join()) ?? resources.join(', ');
  const names = resourceNames.length === 0 ? '' : ` (${resourceNames.join(', ')})`;
  return `${where === '*' ? 'everywhere' : where}: ${verbs.join(', ')} ${what}${names}`;
}

const definitions = Object.values(kinds)
  .map(({ plural, group }) => `${plural}.${group}`)
  .join(', ');

const readsOurs =
  'learn who of support may reach what, when and from where, and which sessions live; no cookie and no key is among it';
const readsBackends = 'learn names, ports and selectors of all Services';
const appends =
  'write untrue records in its own name and of its own types; none of another writer, and none that is there changes';
const settings = 'learn the public settings of the sign-in';

export const heldRights: Readonly<Record<AccountName, readonly HeldRight[]>> = {
  operator: [
    { right: 'everywhere: get, list, watch all our kinds', worst: readsOurs },
    {
      right: 'everywhere: delete supportusers',
      worst:
        'keep people of support out for good: created again, they need the customer’s consent again. It makes none, and lets none in',
    },
    { right: 'everywhere: delete supportsessions', worst: 'sign all support people out, again and again' },
    {
      right:
        'everywhere: get, update, patch supportaccesspolicies/status, supportapplications/status, supportaccessgrants/status, supportusers/status, supportpermissionmatrices/status, supportaccesslocks/status, supportcases/status',
      worst:
        'say of a grant that is enabled, within its window and unlocked that it is open, also where backend or matrix are not what was consented to: the people whom it names get in, as far as the matrix allows. It cannot enable, lengthen or widen one. Of a lock it can say that it stops something else than it does; the lock stops the same',
    },
    { right: 'everywhere: create auditrecords', worst: appends },
    {
      right: 'everywhere: get, list, watch, create, update, patch, delete rolebindings',
      worst:
        'give support identities the roles named under `bind`, in any namespace, or take them; bindings of others the policy `support-access-operator-bindings` keeps from it. It learns all RoleBindings',
    },
    {
      right: 'everywhere: update, patch supportcases',
      worst:
        'nothing itself, as the policy `support-access-operator-cases` refuses each use; it passes them on to owners of cases',
    },
    {
      right: 'everywhere: list, watch, create, update, delete roles',
      worst:
        'give any user the rights of an owner on any support case, or take them: the policy `support-access-operator-roles` keeps it from every other Role. It learns all Roles',
    },
    {
      right: 'everywhere: update clusterrolebindings (support-access-elevated-contacts)',
      worst: 'let any user of the cluster see and change all support cases, and take them over',
    },
    {
      right: 'support-access-cases: list, watch, create, update, delete configmaps',
      worst: 'tell vendor operations untrue contacts of support cases, or none',
    },
    {
      right: 'everywhere: get, list, watch clusterrolebindings, clusterroles',
      worst: 'learn who has which rights in the cluster',
    },
    {
      right:
        'everywhere: list, watch validatingadmissionpolicybindings (support-access-open-supportaccessgrants)',
      worst: 'nothing: the time since when a policy is in force',
    },
    {
      right:
        'everywhere: list, watch validatingwebhookconfigurations, mutatingwebhookconfigurations (support-access)',
      worst: 'learn the path at which the API server asks admission',
    },
    {
      right: 'everywhere: list, watch namespaces (support-access-identities, support-access)',
      worst: 'nothing: UIDs and labels of two namespaces',
    },
    {
      right: 'everywhere: patch namespaces (support-access-identities)',
      worst:
        'have the garbage collector take it, by a release namespace of another UID: every identity ends, and every grant closes. The policy `support-access-operator-namespace` keeps all else of it',
    },
    { right: 'everywhere: get, list, watch services', worst: readsBackends },
    { right: 'everywhere: list, watch endpointslices', worst: 'learn addresses of all pods behind Services' },
    { right: 'everywhere: create, patch events', worst: 'publish untrue Events about any object' },
    {
      right: 'everywhere: bind clusterroles (support-access-matrix-casepoint-ecase-1)',
      worst: 'what that role of the matrix allows, for support identities, in any namespace',
    },
    {
      right: 'support-access: get, list, watch, create networkpolicies',
      worst: 'nothing beyond the next line: only the one name is let through when it is made',
    },
    {
      right: 'support-access: update, patch, delete networkpolicies (support-access-gateway)',
      worst:
        'let every address reach the gateway, whose own check of addresses stays, or none, so that support stands still',
    },
    {
      right:
        'support-access: get, list, watch, patch configmaps (support-access-sso, support-access-hosts, support-access-names)',
      worst:
        'give the host of a deleted application to another namespace, show an identity provider other settings to copy, or take back the role names that the policy adds to the reserved ones',
    },
    {
      right: 'support-access: get, list, watch configmaps (support-access-ca, support-access-certificates)',
      worst: 'learn public certificates',
    },
    {
      right: 'support-access: get, patch secrets (support-access-sso)',
      worst: 'sign requests to the identity provider as this installation; responses it cannot sign',
    },
    { right: 'support-access: create leases', worst: 'nothing: the policy lets it make its own one only' },
    {
      right: 'support-access: get, update leases (support-access-operator)',
      worst:
        'keep other operators from working, so that nothing is opened, and what has ended is tidied late',
    },
    {
      right: 'support-access-identities: get, list, watch, create, update, patch, delete serviceaccounts',
      worst: 'take all support identities away; their tokens it cannot ask for',
    },
    {
      right: 'support-access-identities: create, delete secrets',
      worst:
        'end tokens early, or keep the Secret of a closed grant, so that a token lives up to ten minutes longer',
    },
  ],
  webhook: [
    { right: 'everywhere: get, list, watch all our kinds', worst: readsOurs },
    {
      right: 'everywhere: create tokenreviews',
      worst:
        'learn whose the tokens are that callers send it: those of the gateway, the operator and readers of records',
    },
    { right: 'everywhere: create subjectaccessreviews', worst: 'learn who may do what in the cluster' },
    {
      right:
        'everywhere: get, patch validatingwebhookconfigurations, mutatingwebhookconfigurations (support-access)',
      worst:
        'be asked by no one any more, so that enabling is refused and narrowing goes unrecorded by admission. The policy `support-access-webhook-configuration` keeps rules and failure policies as they are',
    },
    {
      right: 'everywhere: get namespaces (kube-system, support-access-identities)',
      worst: 'nothing: two UIDs',
    },
    {
      right: 'support-access-identities: get serviceaccounts',
      worst: 'learn for which grant and person an account stands, which our kinds tell it anyway',
    },
    {
      right: 'support-access: get, update secrets (support-access-webhook-tls)',
      worst:
        'stand for admission and records, which it is: allow what is asked for with the right to `open`, and lose or invent records that come afterwards',
    },
    {
      right: 'support-access: get, patch configmaps (support-access-ca)',
      worst:
        'have the gateway and the operator send their records elsewhere, with tokens that are good for the records only',
    },
    {
      right: `support-access: get rolebindings (${readerAccount.of(reader)})`,
      worst: 'nothing: the name of the person for whom a reader account stands, which the chart says',
    },
    {
      right: 'kube-system: get configmaps (extension-apiserver-authentication)',
      worst: 'nothing: public certificates of authorities, which every client of the API server may know',
    },
  ],
  gateway: [
    { right: 'everywhere: get, list, watch all our kinds but cases', worst: readsOurs },
    {
      right: 'everywhere: create, delete supportsessions',
      worst:
        'make a session of a person whom an open grant names, and act as that person through itself; or sign all people out',
    },
    {
      right: 'everywhere: update, patch supportsessions/status',
      worst: 'keep sessions from idling out, up to their absolute end, or have them idle out',
    },
    { right: 'everywhere: create auditrecords', worst: appends },
    {
      right: 'everywhere: create tokenreviews',
      worst:
        'learn whether a token that it saw is genuine, and whose; those that applications send it are made for it alone',
    },
    {
      right: 'everywhere: list, watch namespaces (support-access-identities)',
      worst: 'nothing: a UID and labels',
    },
    { right: 'everywhere: get, list, watch services', worst: readsBackends },
    { right: 'everywhere: list, watch endpointslices', worst: 'learn addresses of all pods behind Services' },
    {
      right: 'everywhere: get pods',
      worst:
        'read the spec of a pod by its name, with the values that stand in its environment; the names of pods behind Services are in their slices',
    },
    {
      right: 'everywhere: get configmaps (support-access-application-ca)',
      worst: 'learn public certificates',
    },
    {
      right: 'support-access: create, list, delete leases',
      worst:
        'mark responses as used, so that sign-ins fail; a mark of its own it can delete only when it is over',
    },
    {
      right: 'support-access: get, update secrets (support-access-gateway-keys)',
      worst: 'forge cookies of sign-ins that are under way; not those of sessions, whose secret is not there',
    },
    {
      right: 'support-access: get secrets (support-access-sso, support-access-gateway-tls)',
      worst:
        'serve as the support host elsewhere until the certificate ends or is revoked, and sign requests to the identity provider',
    },
    { right: 'support-access: get configmaps (support-access-ca, support-access-sso)', worst: settings },
    {
      right: 'support-access: get, patch configmaps (support-access-certificates)',
      worst:
        'have hosts reported as served, or not served, untruly, and applications as not dialled since they are on the network of their node',
    },
    {
      right: 'support-access-identities: get serviceaccounts',
      worst: 'learn the UID of an identity whose name it knows',
    },
    {
      right: 'support-access-identities: create serviceaccounts/token',
      worst:
        'act in the cluster as any support identity that exists, which are those of open grants, with the rights of its matrix, up to ten minutes after the last token',
    },
  ],
  test: [
    {
      right: 'everywhere: get supportaccesspolicies (default)',
      worst: 'learn the settings of the sign-in, and whether support is switched on',
    },
    {
      right: 'everywhere: create supportpermissionmatrices',
      worst: 'nothing that stays: the policy `support-access-test` lets dry runs pass only',
    },
    {
      right: `everywhere: get customresourcedefinitions (${definitions})`,
      worst: 'nothing: how our kinds are written',
    },
    {
      right:
        'everywhere: get validatingwebhookconfigurations, mutatingwebhookconfigurations (support-access)',
      worst:
        'learn the path of the webhook, and send it invented reviews, which it counts, and records as such where the API server shows a certificate',
    },
    {
      right:
        'support-access: get deployments (support-access-operator, support-access-webhook, support-access-gateway)',
      worst: 'learn images and flags of our programs, and what `extraEnv` says in the clear',
    },
    { right: 'support-access: get leases (support-access-operator)', worst: 'nothing: which operator leads' },
    { right: 'support-access: get configmaps (support-access-ca)', worst: 'learn public certificates' },
    {
      right: 'support-access: get persistentvolumeclaims (support-access-records)',
      worst: 'nothing: the size of the volume and its class',
    },
  ],
};
