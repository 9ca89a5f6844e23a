/**
 * What does the API server ask admission of? The entries of the two registrations, from which the chart's text is generated and
 * by which the operator sees that an entry was removed or weakened.
 */
import { unlockReason } from '../audit/requester.ts';
import { identitiesGroup } from '../identities.ts';
import { apiGroup, apiVersion, type KindName, kinds } from '../kinds.ts';
import { wideningExpression } from './widening/widening.ts';

/** Which writes an entry matches. */
export interface RegisteredRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly scope: string;
}

/** One entry, as far as it says what is asked and what happens when no response comes. */
export interface RegisteredEntry {
  readonly name: string;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly matchPolicy: 'Equivalent';
  readonly rules: readonly RegisteredRule[];
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
}

/**
 * `decide` may refuse and is waited for; `record` is only told. `support` judges what support identities write, and `owner`
 * marks as theirs what they create; `case` writes whose a support case is.
 */
export type EntryPath = 'decide' | 'record' | 'support' | 'owner' | 'case';

/** The kinds of registration, by the kind of object that holds it, with the entries of each in their order. */
export const registrations = {
  ValidatingWebhookConfiguration: ['decide', 'record', 'support'],
  MutatingWebhookConfiguration: ['owner', 'case'],
} as const satisfies Readonly<Record<string, readonly EntryPath[]>>;

export type RegistrationKind = keyof typeof registrations;

const unlocking = `metadata.?annotations[?'${unlockReason}']`;

/** Which writes wait for admission, by kind: those that enable or widen. All else goes through with our processes dead. */
const decides: Readonly<Record<Exclude<KindName, 'SupportSession'>, string>> = {
  SupportAccessPolicy: wideningExpression('SupportAccessPolicy'),
  SupportApplication: wideningExpression('SupportApplication'),
  SupportAccessGrant: wideningExpression('SupportAccessGrant'),
  // adding one is asked about in any case: the policy says whether people may be added now
  SupportUser:
    "request.operation == 'CREATE' || ((!has(object.spec.access) || object.spec.access != 'Disabled') && object.spec != oldObject.spec)",
  SupportPermissionMatrix: "request.operation == 'CREATE'",
  // who opens one is written by itself; the policy says who may be a contact, who may take a case over, and until when one may be
  // opened without the permission
  SupportCase:
    "request.operation == 'CREATE' ? (has(object.spec.contacts) || !authorizer.group('supportaccess.dev').resource('supportcases').namespace(request.namespace).check('administer').allowed()) : (object.spec.?owner != oldObject.spec.?owner || object.spec.?contacts.orValue([]).exists(one, !oldObject.spec.?contacts.orValue([]).exists(old, old.name == one.name)))",
  SupportAccessLock: `request.operation == 'UPDATE' && object.${unlocking} != oldObject.${unlocking}`,
};

const decided = Object.keys(decides) as (keyof typeof decides)[];

const enablesOrWidens = `${decided
  .map((kind) => `request.resource.resource == '${kinds[kind].plural}' ? (${decides[kind]})`)
  .join('\n: ')}\n: false`;

/**
 * Metadata (a label, an annotation, managed fields), a status and a write that changes nothing are no acts of access; an editor
 * may make any number of them. What lifts a lock is an annotation, and is decided.
 */
const changesWhatIsMeant =
  "request.operation != 'UPDATE' || (has(object.spec) ? (!has(oldObject.spec) || object.spec != oldObject.spec) : has(oldObject.spec))";

const resources = decided.map((kind) => kinds[kind].plural);

export interface RegisteredFor {
  /** User name of the gateway, which records the ends of sessions itself, so that it is not told of. */
  readonly gatewayUser: string;
  readonly identitiesNamespace: string;
}

/** All entries, by path. */
export function registeredEntries({
  gatewayUser,
  identitiesNamespace,
}: RegisteredFor): Readonly<Record<EntryPath, RegisteredEntry>> {
  const matchPolicy = 'Equivalent';
  const isSupport = {
    name: 'is-a-support-identity',
    expression: `'${identitiesGroup(identitiesNamespace)}' in request.userInfo.?groups.orValue([])`,
  };
  return {
    decide: {
      name: `decide.${apiGroup}`,
      failurePolicy: 'Fail',
      matchPolicy,
      rules: [ruleOn(resources, ['CREATE', 'UPDATE'])],
      matchConditions: [{ name: 'enables-or-widens', expression: enablesOrWidens }],
    },
    record: {
      name: `record.${apiGroup}`,
      failurePolicy: 'Ignore',
      matchPolicy,
      rules: [
        ruleOn(resources, ['CREATE', 'UPDATE', 'DELETE']),
        ruleOn([kinds.SupportSession.plural], ['DELETE']),
      ],
      matchConditions: [
        { name: 'changes-what-is-meant', expression: changesWhatIsMeant },
        { name: 'is-not-the-gateway', expression: `request.userInfo.username != '${gatewayUser}'` },
        { name: 'is-not-decided', expression: `request.operation == 'DELETE' || !(${enablesOrWidens})` },
      ],
    },
    support: {
      name: `support.${apiGroup}`,
      failurePolicy: 'Fail',
      matchPolicy,
      rules: [everything('*/*', ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'])],
      matchConditions: [isSupport, isAWrite],
    },
    owner: {
      name: `owner.${apiGroup}`,
      failurePolicy: 'Fail',
      matchPolicy,
      rules: [everything('*', ['CREATE'])],
      matchConditions: [isSupport, isAWrite, isNotRefused],
    },
    case: {
      name: `case.${apiGroup}`,
      failurePolicy: 'Fail',
      matchPolicy,
      rules: [ruleOn([kinds.SupportCase.plural], ['CREATE', 'UPDATE'])],
      matchConditions: [{ name: 'names-no-owner', expression: '!object.?spec.?owner.hasValue()' }],
    },
  };
}

/** By these an identity asks what it may do itself, and who it is; nothing is stored. */
const isAWrite = {
  name: 'is-a-write',
  expression:
    "!(request.resource.resource in ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'] && request.resource.group in ['authorization.k8s.io', 'authentication.k8s.io'])",
};

/** What the policy support-access-identities-acts refuses in any case becomes no one's: the policy's own words are read then. */
const isNotRefused = {
  name: 'is-not-refused-anyway',
  expression:
    "!(request.resource.group in ['supportaccess.dev', 'rbac.authorization.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'certificates.k8s.io'] || (request.resource.group == '' && request.resource.resource in ['secrets', 'serviceaccounts']))",
};

/** The conditions keep all others' writes away: the rules cannot know which resources a matrix gives. */
const everything = (resource: string, operations: readonly string[]): RegisteredRule => ({
  apiGroups: ['*'],
  apiVersions: ['*'],
  operations,
  resources: [resource],
  scope: '*',
});

/** The path of an entry of ours by its name; undefined for what others added to the registration. */
export function pathOfEntry(name: string): EntryPath | undefined {
  const paths = Object.values(registrations).flat();
  return paths.find((path) => name === `${path}.${apiGroup}`);
}

const ruleOn = (names: readonly string[], operations: readonly string[]): RegisteredRule => ({
  apiGroups: [apiGroup],
  apiVersions: [apiVersion],
  operations,
  resources: names,
  scope: '*',
});
