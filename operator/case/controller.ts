/** Looks at one SupportCase: its owner's rights, its contacts for vendor operations, its records; and at who sees all cases. */
import { isDeepStrictEqual } from 'node:util';
import type { SupportCase } from '../../crds/generated/support-case.ts';
import { kinds } from '../../crds/kinds.ts';
import { casesNamespace, caseUidLabel, installed, policyName } from '../../crds/names.ts';
import { present } from '../../crds/object-meta.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { ClusterRoleBindings, ConfigMaps, RoleBindings, Roles } from '../../kube/resources.ts';
import { changesSpecOrLife } from '../../kube/watch/metadata-change.ts';
import { isManaged } from '../outputs/marks.ts';
import type { Caches } from '../watching/collections.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { type LastKnown, Tombstones } from '../watching/tombstones.ts';
import { byUid, type Key, keysOf } from '../watching/watch.ts';
import { fieldManager, reportStatus } from '../writes/calls.ts';
import { elevatedSubjects } from './elevated.ts';
import { caseRightsName } from './objects.ts';
import { planCase } from './plan.ts';
import { type CaseCalls, putObject, removeObjectOf } from './writes.ts';

/** The key under which those who see all cases are looked at. */
const elevated: Key = { id: 'elevated', lane: 'revocation' };

/** What was made for a case, by the UID that its label says. */
function byCase({ metadata }: KubeObject): string[] {
  const uid = isManaged(metadata) ? metadata.labels?.[caseUidLabel] : undefined;
  return uid === undefined ? [] : [uid];
}

const caseOf = (object: KubeObject): Key[] => byCase(object).map((id) => ({ id, lane: 'normal' }));

export const caseController: Controller = {
  name: 'case',
  watches: [
    {
      collection: 'cases',
      indexes: { uid: byUid },
      keysAfter: ({ object }) => keysOf([object]),
    },
    {
      // e-mail addresses of contacts, and who sees all cases
      collection: 'policies',
      keysAfter: (change, { caches }) =>
        changesSpecOrLife(change) ? [elevated, ...keysOf(caches.cases.list())] : [],
    },
    { collection: 'bindings', keysAfter: ({ object }) => caseOf(object) },
    { collection: 'caseRoles', keysAfter: ({ object }) => caseOf(object) },
    { collection: 'caseContacts', indexes: { case: byCase }, keysAfter: ({ object }) => caseOf(object) },
    {
      collection: 'clusterBindings',
      keysAfter: ({ object }) => (object.metadata.name === installed.elevatedContacts ? [elevated] : []),
    },
  ],
  firstKeys: ({ cases, caseContacts }) => [
    elevated,
    ...keysOf(cases.list()),
    ...caseContacts.list().flatMap(caseOf),
  ],
  start: startCases,
};

function startCases(context: ControllerContext): Handle {
  const { client, caches } = context;
  const tombstones = new Tombstones<SupportCase>(caches.cases);
  return async (uid, signal) => {
    if (uid === elevated.id) return fillElevated(context, signal);
    const found = tombstones.find(uid);
    // a case that went while no operator looked leaves its contacts, which are in another namespace
    if (found === undefined) await removeContacts(contactsOf(uid, caches), { client, signal });
    else await lookAt(found, context, signal);
    if (found?.gone === false) return undefined;
    tombstones.forget(uid);
    return 'gone';
  };
}

const contactsOf = (uid: string, { caseContacts }: Caches) => caseContacts.byIndex('case', uid);

/** In the order of every reconcile: remove, record, apply, report. */
async function lookAt(
  found: LastKnown<SupportCase>,
  { client, caches, records, now }: ControllerContext,
  signal: AbortSignal,
): Promise<void> {
  const calls = { client, signal };
  const { uid, namespace = '' } = found.object.metadata;
  const name = caseRightsName(uid);
  const binding = caches.bindings.get(namespace, name);
  const policy = present(caches.policies.get(undefined, policyName));
  const plan = planCase({ ...found, binding, policy }, now());
  if (plan.takesRights && binding !== undefined) await removeObjectOf(RoleBindings, binding, calls);
  const keep = plan.contacts?.object.metadata.name;
  await removeContacts(
    contactsOf(uid, caches).filter(({ metadata }) => metadata.name !== keep),
    calls,
  );
  await records.write({ drafts: plan.record, mustBeDurable: true }, signal);
  if (found.gone) return;
  const seen: Readonly<Record<string, KubeObject | undefined>> = {
    [Roles.kind]: caches.caseRoles.get(namespace, name),
    [RoleBindings.kind]: plan.takesRights ? undefined : binding,
    [ConfigMaps.kind]: caches.caseContacts.get(casesNamespace, keep ?? ''),
  };
  const wanted = [...plan.wanted, ...(plan.contacts === undefined ? [] : [plan.contacts])];
  for (const one of wanted) await putObject(one, seen[one.resource.kind], calls);
  await reportStatus(calls, kinds.SupportCase, { seen: found.object, next: plan.status });
}

async function removeContacts(contacts: readonly KubeObject[], calls: CaseCalls): Promise<void> {
  for (const one of contacts) await removeObjectOf(ConfigMaps, one, calls);
}

async function fillElevated({ client, caches }: ControllerContext, signal: AbortSignal): Promise<undefined> {
  const binding = caches.clusterBindings.get(undefined, installed.elevatedContacts);
  if (binding === undefined) return undefined;
  const subjects = elevatedSubjects(present(caches.policies.get(undefined, policyName)));
  if (isDeepStrictEqual(binding.subjects ?? [], subjects)) return undefined;
  await client.update(ClusterRoleBindings, { ...binding, subjects }, { fieldManager, signal });
  return undefined;
}
