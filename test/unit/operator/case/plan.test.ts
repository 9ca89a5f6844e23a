/** What exists for a support case, what is recorded of it, and who sees all of them. */
import { describe, expect, it } from 'vitest';
import type { SupportCase } from '../../../../crds/generated/support-case.ts';
import { elevatedSubjects } from '../../../../operator/case/elevated.ts';
import { bindingFor, contactsName } from '../../../../operator/case/objects.ts';
import { planCase } from '../../../../operator/case/plan.ts';
import type { RoleBinding } from '../../../../operator/rbac/rbac-objects.ts';
import { aCase } from '../../../kit/objects/case.ts';
import { noon } from '../../../kit/objects/grant-world.ts';
import { type Modifier, named, withMetadata, withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';

const policy = aPolicy(
  withSpec({
    administrators: [
      { name: 'hedy', user: 'hedy', email: 'hedy@example.com' },
      { name: 'katherine', email: 'katherine@example.com' },
      { name: 'root', user: 'system:admin' },
      { name: 'mary', user: 'mary' },
      { name: 'ada', user: 'ada' },
    ],
  }),
);
const closed = withSpec<SupportCase>({ state: 'Closed' });
const ownedBy = (owner: string): RoleBinding => bindingFor(aCase(), owner).object as unknown as RoleBinding;
const planOf = (object: SupportCase, more: { gone?: boolean; binding?: RoleBinding } = {}) =>
  planCase({ object, gone: false, binding: undefined, policy, ...more }, noon);

describe('OK-2 the owner of a case', () => {
  it('may read and write that one case, by its name, and nothing else', () => {
    const [role, binding] = planOf(aCase()).wanted.map(({ object }) => object);
    expect(role?.rules).toEqual([
      {
        apiGroups: ['supportaccess.dev'],
        resources: ['supportcases'],
        resourceNames: ['case-4711'],
        verbs: ['get', 'list', 'watch', 'update', 'patch'],
      },
    ]);
    expect(binding?.['subjects']).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'grace' },
    ]);
    for (const one of [role, binding])
      expect(one?.metadata.ownerReferences).toMatchObject([{ name: 'case-4711' }]);
  });

  it('loses the rights, before anything else, when another takes the case over', () => {
    expect(planOf(aCase(), { binding: ownedBy('grace') }).takesRights).toBe(false);
    expect(planOf(aCase(), { binding: ownedBy('mallory') }).takesRights).toBe(true);
  });

  it('is no one who is not signed in', () => {
    expect(planOf(aCase(withSpec({ owner: 'system:anonymous' }))).wanted).toEqual([]);
  });
});

describe('OK-9 vendor operations', () => {
  it('read name, e-mail and telephone of the contacts of an open case, and nothing else of it', () => {
    const { contacts } = planOf(aCase());
    expect(JSON.parse(contacts?.object.data?.['contacts.json'] ?? '')).toEqual([
      { name: 'hedy', email: 'hedy@example.com', telephone: '+1 202 555 0143' },
      { name: 'katherine', email: 'katherine@example.com' },
    ]);
    expect(contacts?.object.metadata).toMatchObject({
      namespace: 'support-access-cases',
      name: 'ecase.case-4711',
    });
    expect(JSON.stringify(contacts)).not.toContain('Mail jobs');
  });

  it('read nothing of a case that is closed or gone, and no contact whom the policy does not list any more', () => {
    expect(planOf(aCase(closed)).contacts).toBeUndefined();
    expect(planOf(aCase(), { gone: true }).contacts).toBeUndefined();
    const unlisted = planCase({ object: aCase(), gone: false, binding: undefined, policy: undefined }, noon);
    expect(unlisted.contacts?.object.data?.['contacts.json']).toBe('[]\n');
  });

  it('find a case of the longest name too', () => {
    const long = aCase(named('c'.repeat(253)));
    expect(contactsName(long)).toMatch(/^sac-[0-9a-f]{20}$/);
  });
});

describe('OK-3 an elevated contact', () => {
  const elevating = (elevatedContacts: string[], maxElevatedContacts = 3) =>
    elevatedSubjects({
      ...policy,
      spec: { ...policy.spec, cases: { elevatedContacts, maxElevatedContacts } },
    }).map(({ name }) => name);

  it.each([
    ['those whom the policy names', ['mary', 'ada'], 3, ['ada', 'mary']],
    ['no more than there may be', ['mary', 'ada', 'hedy'], 2, ['ada', 'mary']],
    ['no one without a user', ['katherine', 'ada'], 3, ['ada']],
    ['none of the cluster’s own users', ['root'], 3, []],
    ['no one who is no administrator', ['eve'], 3, []],
  ])('sees all cases: %s', (_, names, most, subjects) => {
    expect(elevating(names, most)).toEqual(subjects);
    expect(elevatedSubjects(undefined)).toEqual([]);
  });
});

describe('the records of a case', () => {
  const reported = (one: SupportCase, ...modifiers: Modifier<SupportCase>[]): SupportCase =>
    modifiers.reduce((object, modifier) => modifier(object), {
      ...one,
      metadata: { ...one.metadata, generation: 2 },
      status: planOf({ ...one, metadata: { ...one.metadata, generation: 1 } }).status,
    } as SupportCase);

  it.each([
    ['opened', aCase(withMetadata({ generation: 1 })), undefined],
    ['changed', reported(aCase()), 'grace'],
    ['taken_over', reported(aCase(), withSpec({ owner: 'hedy' })), 'grace'],
    ['closed', reported(aCase(), closed), 'grace'],
    ['reopened', reported(aCase(closed), withSpec({ state: 'Open' })), 'grace'],
  ])('tell that it was %s, once', (event, object, owner) => {
    const binding = owner === undefined ? {} : { binding: ownedBy(owner) };
    const { record, status } = planOf(object, binding);
    expect(record.map(({ type }) => type)).toEqual([`case.${event}`]);
    expect(planOf({ ...object, status }, binding).record).toEqual([]);
    expect(JSON.stringify(record)).not.toContain('Mail jobs');
  });

  it('tell that it is gone', () => {
    expect(planOf(aCase(), { gone: true }).record.map(({ type }) => type)).toEqual(['case.deleted']);
  });
});
