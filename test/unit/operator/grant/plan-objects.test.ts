import { describe, expect, it } from 'vitest';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { nextStatus } from '../../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { bindingName } from '../../../../operator/outputs/binding.ts';
import { managedByLabel } from '../../../../operator/outputs/marks.ts';
import { isAsWanted } from '../../../../operator/writes/diff.ts';
import { forUser } from '../../../kit/objects/grant.ts';
import { after, credited, ready, recorded } from '../../../kit/objects/grant-life.ts';
import {
  aWorld,
  holding,
  noon,
  of,
  withGrant,
  withRights,
  withUsers,
} from '../../../kit/objects/grant-world.ts';
import { type Modifier, withMetadata } from '../../../kit/objects/object.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

describe('what is made', () => {
  it('is nothing where the matrix has no Kubernetes rights', () => {
    expect(planGrant(aWorld(), noon).apply).toEqual([]);
  });

  it('is one account a person, one binding and one credential each, in this order', () => {
    const world = aWorld(
      withRights(),
      withGrant(forUser('ada', 'bob')),
      withUsers(aUser(), aUserNamed('bob')),
    );
    const made = planGrant(world, noon).apply.map((write) =>
      'wanted' in write ? `${write.act} ${write.wanted.output}` : '',
    );
    expect(made).toEqual([
      'create account',
      'create account',
      'create binding',
      'issue credential',
      'issue credential',
    ]);
  });

  it('is made once: the plan of the world that it led to writes, records and reports nothing', () => {
    const world = credited(after(aWorld(withRights()), noon));
    const plan = planGrant(world, noon + 1000);
    expect(plan).toMatchObject({ remove: [], apply: [], record: { drafts: [] } });
    expect(nextStatus(plan.report, recorded)).toStrictEqual(world.grant.status);
  });

  it('is put right when it was changed', () => {
    const world = credited(after(aWorld(withRights()), noon));
    const drifted = of({
      bindings: world.bindings.map((one) => ({ ...one, subjects: [{ kind: 'User', name: 'mallory' }] })),
    })(world);
    const plan = planGrant(drifted, noon + 1000);
    expect(plan.apply).toMatchObject([{ act: 'replace', uid: world.bindings[0]?.metadata.uid }]);
    expect(plan.record).toMatchObject({ mustBeDurable: true, drafts: [{ type: 'operator.drift_repaired' }] });
  });

  it('is taken away first and made anew when it refers to another role', () => {
    const world = credited(after(aWorld(withRights()), noon));
    const other = world.bindings.map((one) => ({
      ...one,
      roleRef: { ...one.roleRef, name: 'cluster-admin' },
    }));
    const plan = planGrant(of({ bindings: other })(world), noon + 1000);
    expect(plan.remove).toMatchObject([{ name: other[0]?.metadata.name, uid: other[0]?.metadata.uid }]);
    expect(plan.apply).toMatchObject([{ act: 'create', wanted: { output: 'binding' } }]);
  });

  it('is freed of owners and finalizers that others put on it', () => {
    const world = credited(after(aWorld(withRights()), noon));
    for (const change of [
      { finalizers: ['example.com/hold'] },
      { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'y' }] },
    ]) {
      const bindings = world.bindings.map((one) =>
        withMetadata<typeof one & { metadata: never }>(change as never)(one as never),
      );
      expect(planGrant(of({ bindings })(world), noon + 1000).apply).toMatchObject([{ act: 'replace' }]);
    }
  });

  it('never touches what has the name and is not ours', () => {
    const wanted = planGrant(aWorld(withRights()), noon).apply.flatMap((write) =>
      'wanted' in write && write.wanted.output !== 'credential' ? [write.wanted] : [],
    );
    for (const one of wanted) {
      const foreign = { ...one.object, metadata: { ...one.object.metadata, labels: {} } };
      const plan = planGrant(aWorld(withRights(), holding(foreign)), noon);
      expect(plan).toMatchObject({ remove: [], apply: [] });
      const status = nextStatus(plan.report, recorded);
      expect(status.activeReason).toBe('NameTaken');
      expect(ready(status)).toMatchObject({ status: 'False', reason: 'NameTaken' });
      expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Stalled', status: 'True' }));
    }
  });

  it.each([
    ['another name', { name: 'copy-of-it' }],
    ['the name of another grant', { name: bindingName('another') }],
    ['another namespace', { namespace: 'elsewhere' }],
  ])('never touches a binding with all of our labels and %s, open, closed and deleted', (_, place) => {
    const world = credited(after(aWorld(withRights()), noon));
    const bindings = [...world.bindings];
    for (const one of world.bindings)
      bindings.push({ ...one, metadata: { ...one.metadata, ...place, uid: 'copied' } });
    const closed = withGrant((grant) => ({ ...grant, spec: { ...grant.spec, access: 'Disabled' } }));
    for (const change of [of({}), closed, of({ gone: true })]) {
      const plan = planGrant(change(of({ bindings })(world)), noon + 1000);
      const touched = [...plan.remove, ...plan.apply].filter((one) => JSON.stringify(one).includes('copied'));
      expect(touched).toEqual([]);
    }
  });

  it('never touches an account with all of our labels and another name', () => {
    const world = credited(after(aWorld(withRights()), noon));
    const copies = world.accounts.map((one) => ({
      ...one,
      metadata: { ...one.metadata, name: 'theirs', uid: 'copied' },
    }));
    const plan = planGrant(of({ accounts: [...world.accounts, ...copies], gone: true })(world), noon + 1000);
    expect(plan.remove.map(({ name }) => name)).not.toContain('theirs');
    expect(plan.remove).not.toEqual([]);
  });

  it('does not adopt an account with our label and another owner: its maker may hold its tokens', () => {
    const [account] = planGrant(aWorld(withRights()), noon).apply;
    if (account?.act !== 'create') throw new Error('an account was expected');
    const planted = {
      ...account.wanted.object,
      metadata: { ...account.wanted.object.metadata, ownerReferences: [] },
    };
    const plan = planGrant(aWorld(withRights(), holding(planted)), noon);
    expect(plan.apply.filter((write) => write.act !== 'remove')).toEqual([]);
    expect(nextStatus(plan.report, recorded).activeReason).toBe('NameTaken');
  });

  it('keeps the name of each object apart for UIDs that look alike', () => {
    const names = (grant: Modifier<GrantWorld>) =>
      planGrant(aWorld(withRights(), grant), noon).apply.map((write) =>
        'wanted' in write ? write.wanted.object.metadata.name : '',
      );
    const one = names(withGrant(withMetadata({ uid: 'a-b' })));
    const other = names(withGrant(withMetadata({ uid: 'a' })));
    expect(one.some((name) => other.includes(name))).toBe(false);
  });
});

describe('the comparison of an object', () => {
  it('ignores labels of others and minds everything else', () => {
    const [write] = planGrant(aWorld(withRights()), noon).apply;
    if (write?.act !== 'create') throw new Error('a create was expected');
    const stored = (change: object) =>
      ({
        ...write.wanted.object,
        ...change,
        metadata: {
          ...write.wanted.object.metadata,
          uid: 'u',
          resourceVersion: '1',
          labels: { ...write.wanted.object.metadata.labels, theirs: 'x' },
        },
      }) as never;
    expect(isAsWanted(write.wanted.object, stored({}))).toBe(true);
    expect(isAsWanted(write.wanted.object, stored({ automountServiceAccountToken: true }))).toBe(false);
    // A platform adds these to every account at every write.
    const added = { imagePullSecrets: [{ name: 'x' }], secrets: [{ name: 'x-dockercfg' }] };
    expect(isAsWanted(write.wanted.object, stored(added))).toBe(true);
    expect(isAsWanted(write.wanted.object, stored({ ...added, automountServiceAccountToken: true }))).toBe(
      false,
    );
    expect(write.wanted.object.metadata.labels[managedByLabel]).toBe('support-access');
  });
});
