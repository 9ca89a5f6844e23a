/** When a person is removed, and what puts it off: whatever it is, the person is looked at again. */
import { describe, expect, it } from 'vitest';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { ObjectStore } from '../../../../kube/watch/object-store.ts';
import { grantController } from '../../../../operator/grant/controller.ts';
import { userController } from '../../../../operator/user/controller.ts';
import { indexersOf } from '../../../../operator/watching/caches.ts';
import type { Caches } from '../../../../operator/watching/collections.ts';
import type { ControllerContext } from '../../../../operator/watching/controller.ts';
import { identitiesNamespace, noon } from '../../../kit/objects/grant-world.ts';
import { type Modifier, withMetadata } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aUser, deactivated } from '../../../kit/objects/user.ts';

const day = 86_400_000;
const inRetention: Modifier<SupportUser> = (user) => ({
  ...user,
  status: {
    observedGeneration: 1,
    conditions: [],
    deactivation: { startTime: new Date(noon).toISOString(), reason: 'UserDisabled' },
  },
});
const namespaces = { releaseNamespace: 'support-access', identitiesNamespace };

/** The controller over one person who was deactivated sixty days ago. */
function aController() {
  const user = aUser(deactivated(), withMetadata({ generation: 1 }), inRetention);
  const caches = Object.fromEntries(
    Object.entries({ policies: [aPolicy()], grants: [], users: [user] }).map(([name, objects]) => {
      const watches = [...grantController.watches, ...userController.watches];
      const store = new ObjectStore(indexersOf(name as 'users', namespaces, watches));
      store.replace([...objects]);
      return [name, Object.assign(store, { onChange: () => () => undefined })];
    }),
  ) as unknown as Caches;
  const state = {
    now: noon + 60 * day,
    surely: noon + 60 * day,
    problem: undefined as string | undefined,
    restored: undefined as string | Error | undefined,
    cited: [] as unknown[],
    recorded: [] as string[],
    deleted: [] as string[],
  };
  const handle = userController.start({
    ...namespaces,
    caches,
    now: () => state.now,
    surely: () => state.surely,
    enqueue: () => undefined,
    reach: { problem: () => undefined, onChange: () => undefined },
    clockAgreement: { problem: () => state.problem, onChange: () => undefined },
    records: {
      requesterOf: () => undefined,
      restoredIn: ({ cites = [] }) => {
        state.cited.push(...cites);
        const { restored } = state;
        return restored instanceof Error ? Promise.reject(restored) : Promise.resolve(restored);
      },
      write: ({ drafts }) => {
        state.recorded.push(...drafts.map(({ type }) => type));
        return Promise.resolve('recorded');
      },
    },
    client: {
      delete: (_resource: unknown, { name }: { readonly name: string }) => {
        state.deleted.push(name);
        return Promise.resolve('deleted' as const);
      },
      update: () => Promise.resolve(user),
    } as unknown as ControllerContext['client'],
  });
  return { state, look: () => handle(user.metadata.uid, new AbortController().signal) };
}

const aMinuteLater = noon + 60 * day + 60_000;

describe('a person whose retention time has passed', () => {
  it('is recorded and removed', async () => {
    const { state, look } = aController();
    expect(await look()).toBeUndefined();
    expect([state.recorded, state.deleted]).toEqual([['user.removed'], ['ada']]);
  });

  it('stays while the clocks differ, and is looked at again until they agree', async () => {
    const { state, look } = aController();
    state.problem = 'the clock of the operator is 60 s ahead of the clock of the API server';
    expect(await look()).toBe(aMinuteLater);
    expect([state.recorded, state.deleted]).toEqual([[], []]);
    state.problem = undefined;
    await look();
    expect(state.deleted).toEqual(['ada']);
  });

  it.each([
    ['has not passed by the earliest clock, though no clock was found to be off', noon + 60 * day - 1],
    ['may not have passed, since the API server’s clock is not known', Number.NEGATIVE_INFINITY],
  ])('stays where it %s', async (_, surely) => {
    const { state, look } = aController();
    state.surely = surely;
    expect(await look()).toBe(aMinuteLater);
    expect([state.recorded, state.deleted]).toEqual([[], []]);
  });

  it('stays where the records know a later state: who came back from a backup may be let in again', async () => {
    const { state, look } = aController();
    state.restored = 'SupportUser ada: generation 2 is known';
    expect(await look()).toBe(aMinuteLater);
    expect(state.cited).toEqual([
      expect.objectContaining({ kind: 'SupportUser', name: 'ada', generation: 1 }),
    ]);
    expect([state.recorded, state.deleted]).toEqual([[], []]);
    state.restored = undefined;
    await look();
    expect(state.deleted).toEqual(['ada']);
  });

  it('stays while the records do not answer, and is tried again', async () => {
    const { state, look } = aController();
    state.restored = new Error('the records do not answer');
    await expect(look()).rejects.toThrow('do not answer');
    expect([state.recorded, state.deleted]).toEqual([[], []]);
  });
});
