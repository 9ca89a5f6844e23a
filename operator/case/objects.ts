/** The objects of one support case: the owner's Role and RoleBinding beside it, and its contacts for vendor operations. */
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportCase } from '../../crds/generated/support-case.ts';
import { apiGroup, kinds } from '../../crds/kinds.ts';
import { casesNamespace, caseUidLabel, childName, managedBy } from '../../crds/names.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { apiVersionOf, ConfigMaps, type Resource, RoleBindings, Roles } from '../../kube/resources.ts';
import { managedByLabel } from '../outputs/marks.ts';
import type { WantedObject } from '../outputs/output.ts';
import type { Role, RoleBinding } from '../rbac/rbac-objects.ts';
import type { ConfigMap } from '../watching/kubernetes-objects.ts';

/** An object as it should be. */
export interface CaseObject<T extends KubeObject = KubeObject> {
  readonly resource: Resource;
  readonly object: WantedObject & Omit<T, keyof KubeObject>;
}

type Administrators = NonNullable<SupportAccessPolicy['spec']['administrators']>;

/** Of the owner's Role and RoleBinding, the name; after its UID, so that another case of that name has others. */
export const caseRightsName = (caseUid: string): string => childName('sac', caseUid);

/** What the owner may do with the case, and with no other. */
export const ownerVerbs = ['get', 'list', 'watch', 'update', 'patch'] as const;

/** Names one case, as RBAC can: the verbs that RBAC cannot limit by a name, such as `create`, are not among them. */
export function roleFor(one: SupportCase): CaseObject<Role> {
  return {
    resource: Roles,
    object: {
      ...beside(one, Roles),
      rules: [
        {
          apiGroups: [apiGroup],
          resources: [kinds.SupportCase.plural],
          resourceNames: [one.metadata.name],
          verbs: [...ownerVerbs],
        },
      ],
    },
  };
}

/** Gives that Role to the owner. */
export function bindingFor(one: SupportCase, owner: string): CaseObject<RoleBinding> {
  const { group } = RoleBindings;
  return {
    resource: RoleBindings,
    object: {
      ...beside(one, RoleBindings),
      roleRef: { apiGroup: group, kind: Roles.kind, name: caseRightsName(one.metadata.uid) },
      subjects: [{ apiGroup: group, kind: 'User', name: owner }],
    },
  };
}

/** In the namespace of the case, and gone with it: the garbage collector needs no process of ours for that. */
function beside({ metadata: { name, namespace = '', uid } }: SupportCase, resource: Resource): WantedObject {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: {
      name: caseRightsName(uid),
      namespace,
      labels: labelsOf(uid),
      ownerReferences: [
        { apiVersion: apiVersionOf(kinds.SupportCase), kind: kinds.SupportCase.kind, name, uid },
      ],
    },
  };
}

const labelsOf = (uid: string) => ({ [managedByLabel]: managedBy, [caseUidLabel]: uid });

const longestName = 253;

/** By namespace and name, as people say which case they mean; a namespace has no dot in its name. */
export function contactsName({ metadata: { name, namespace = '', uid } }: SupportCase): string {
  const whole = `${namespace}.${name}`;
  return whole.length > longestName ? childName('sac', uid) : whole;
}

/** Name, e-mail and telephone of each contact whom the policy still lists. */
export function contactsFor(one: SupportCase, administrators: Administrators): CaseObject<ConfigMap> {
  const contacts = (one.spec.contacts ?? []).flatMap(({ name, telephone }) => {
    const known = administrators.find((administrator) => administrator.name === name);
    if (known === undefined) return [];
    const { email } = known;
    return [
      { name, ...(email === undefined ? {} : { email }), ...(telephone === undefined ? {} : { telephone }) },
    ];
  });
  return {
    resource: ConfigMaps,
    object: {
      apiVersion: apiVersionOf(ConfigMaps),
      kind: ConfigMaps.kind,
      metadata: {
        name: contactsName(one),
        namespace: casesNamespace,
        labels: labelsOf(one.metadata.uid),
      },
      data: { 'contacts.json': `${JSON.stringify(contacts, undefined, 2)}\n` },
    },
  };
}
