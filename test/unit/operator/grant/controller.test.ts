/** What is done about one key: that of a grant, of one that was deleted, or of one of which only its objects are left. */
import { describe, expect, it } from 'vitest';
import { SupportAccessError } from '../../../../crds/errors.ts';
import { credentialName, userUidLabel } from '../../../../crds/identities.ts';
import type { KubeClient } from '../../../../kube/api/client.ts';
import type { KubeObject, ObjectMeta } from '../../../../kube/objects.ts';
import type { Resource } from '../../../../kube/resources.ts';
import { createControllerCaches } from '../../../../operator/controllers.ts';
import { grantController } from '../../../../operator/grant/controller.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { bindingName } from '../../../../operator/outputs/binding.ts';

import type { RecordDraft } from '../../../../operator/reporting/record-drafts.ts';
import type { RecordWriter } from '../../../../operator/writes/write-records.ts';
import { FollowedServer } from '../../../kit/objects/followed-server.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { after, credited } from '../../../kit/objects/grant-life.ts';
import {
  aWorld,
  identitiesNamespace,
  noon,
  of,
  withGrant,
  withRights,
  withUsers,
} from '../../../kit/objects/grant-world.ts';
import { aBinding, aClusterRole } from '../../../kit/objects/kube-objects.ts';
import { metadataOf, withSpec } from '../../../kit/objects/object.ts';
import { aUser, aUserNamed } from '../../../kit/objects/user.ts';

const namespaces = { releaseNamespace: 'support-access', identitiesNamespace };

/** The controller of grants over a server that holds these objects; says what it recorded and what it called. */
async function controlling(
  held: Readonly<Record<string, readonly KubeObject[]>>,
  restoredIn: RecordWriter['restoredIn'] = () => Promise.resolve(undefined),
) {
  const server = new FollowedServer(held);
  const caches = createControllerCaches({ ...namespaces, client: server.client, onProblem: () => undefined });
  for (const cache of Object.values(caches)) {
    cache.start();
    await cache.synced;
  }
  const drafts: RecordDraft[] = [];
  const called: string[] = [];
  const does = (verb: string) => async (resource: Resource, at: { name?: string }) =>
    void called.push(`${verb} ${resource.kind} ${at.name ?? ''}`.trim());
  const client = { update: does('update'), delete: does('delete') } as unknown as KubeClient;
  const outcomes: ('recorded' | 'owed')[] = [];
  const handle = grantController.start({
    ...namespaces,
    client,
    caches,
    reach: { problem: () => undefined, onChange: () => undefined },
    records: {
      requesterOf: () => undefined,
      restoredIn,
      write: async (given) => {
        drafts.push(...given.drafts);
        return outcomes.shift() ?? 'recorded';
      },
    },
    now: () => noon,
    surely: () => noon,
    enqueue: () => undefined,
  });
  return {
    drafts,
    called,
    outcomes,
    look: (uid: string) => handle(uid, new AbortController().signal),
    deletes: async (plural: 'supportaccessgrants', object: KubeObject) => {
      const seen = Promise.withResolvers<void>();
      caches.grants.onChange(() => seen.resolve());
      await server.send(plural, 'DELETED', object);
      await seen.promise;
    },
    [Symbol.asyncDispose]: async () =>
      void (await Promise.all(Object.values(caches).map((cache) => cache.stop()))),
  };
}

const grant = aGrant();
const { apiVersion, kind } = grant;
const { uid } = grant.metadata;

describe('a look at a grant', () => {
  it('of which nothing is known says that it is gone, and does nothing', async () => {
    await using scene = await controlling({});
    expect(await scene.look(uid)).toBe('gone');
    expect([scene.drafts, scene.called]).toEqual([[], []]);
  });

  it('records and reports what it decided, and says when it looks again', async () => {
    await using scene = await controlling({ supportaccessgrants: [grant] });
    expect(await scene.look(uid)).toBe(Date.parse('2026-12-03T08:00:00Z'));
    expect(scene.drafts.map(({ type }) => type)).toEqual(['grant.created', 'grant.pinned']);
    expect(scene.called).toEqual(['update SupportAccessGrant']);
  });

  it('that is reported as it is writes nothing, however often', async () => {
    const world = after(
      aWorld(of({ policy: undefined, matrix: undefined, application: undefined }), withUsers()),
      noon,
    );
    await using scene = await controlling({ supportaccessgrants: [world.grant] });
    for (const _ of [1, 2]) expect(await scene.look(uid)).toBe(Date.parse('2026-12-03T08:00:00Z'));
    expect([scene.drafts, scene.called]).toEqual([[], []]);
  });
});

describe('a grant of two people, one of whom a lock keeps out, in a process that has just begun', () => {
  const bob = aUserNamed('bob');
  const lockName = `user.${bob.metadata.uid}`;
  const both = aWorld(
    withRights(),
    withUsers(aUser(), bob),
    withGrant(withSpec({ userRefs: [{ name: 'ada' }, { name: 'bob' }] })),
  );
  const lock = { apiVersion, kind: 'SupportAccessLock', metadata: metadataOf('SupportAccessLock', lockName) };
  const held = (world: GrantWorld) => ({
    supportaccessgrants: [world.grant],
    supportaccesspolicies: [world.policy].flatMap((one) => one ?? []),
    supportusers: world.users,
    supportpermissionmatrices: [world.matrix?.object].flatMap((one) => one ?? []),
    supportapplications: world.sameHost,
    supportaccesslocks: [lock],
    serviceaccounts: world.accounts,
    services: [world.service].flatMap((one) => one ?? []),
    rolebindings: [...world.bindings, world.makersBinding].flatMap((one) => one ?? []),
    validatingadmissionpolicybindings: [world.consentGuard].flatMap((one) => one ?? []),
    namespaces: [world.identities, world.release].flatMap((one) => one ?? []),
    clusterroles: [world.matrix?.object.spec.kubernetes].flatMap((one) =>
      one === undefined ? [] : [aClusterRole(one.clusterRole, one.rules)],
    ),
  });
  /** As the records answer: the lock stands, and who cites the person as let in read an old copy. */
  const witness: RecordWriter['restoredIn'] = async ({ cites = [] }) => {
    if (!cites.some(({ uid: cited }) => cited === bob.metadata.uid)) return undefined;
    throw new SupportAccessError('records_older', `SupportAccessLock ${lockName}: it was made`);
  };
  const late: RecordWriter['restoredIn'] = async () => {
    throw new SupportAccessError('records_older', 'a copy is late');
  };

  it.each([
    ['the records find nothing older', witness],
    ['a copy may be late', late],
  ])('takes from that person what is there, and reports it: %s', async (_title, answer) => {
    const open = credited(after(both, noon));
    expect(open.accounts).toHaveLength(2);
    await using scene = await controlling(held(open), answer);
    await scene.look(uid);
    const account = open.accounts.find(
      ({ metadata: { labels } }) => labels?.[userUidLabel] === bob.metadata.uid,
    );
    const secrets = scene.called.filter((call) => call.startsWith('delete Secret'));
    expect(new Set(secrets)).toEqual(
      new Set([`delete Secret ${account && credentialName(account.metadata)}`]),
    );
    expect(scene.drafts.map(({ type }) => type)).toContain('credential.revoked');
    expect(scene.called).toContain(`update RoleBinding`);
    expect(scene.called.at(-1)).toBe('update SupportAccessGrant');
  });

  it('gets no new credential while it is unknown what came back, also where records are taken', async () => {
    await using scene = await controlling({ ...held(after(both, noon)), supportaccesslocks: [] }, late);
    await expect(scene.look(uid)).rejects.toMatchObject({ code: 'records_older' });
    expect(scene.drafts).toEqual([]);
    expect(scene.called.filter((call) => !call.startsWith('delete'))).toEqual(['update SupportAccessGrant']);
  });
});

describe('a look at a grant that was deleted', () => {
  it('records its end once, reports nothing of it and forgets it', async () => {
    await using scene = await controlling({ supportaccessgrants: [grant] });
    await scene.deletes('supportaccessgrants', grant);
    for (const _ of [1, 2]) expect(await scene.look(uid)).toBe('gone');
    expect(scene.drafts.map(({ key }) => key)).toEqual([`grant.deleted/${uid}`]);
    expect(scene.called).toEqual([]);
  });

  it('remembers it as long as its end is not recorded', async () => {
    await using scene = await controlling({ supportaccessgrants: [grant] });
    await scene.deletes('supportaccessgrants', grant);
    scene.outcomes.push('owed');
    expect(await scene.look(uid)).toBe(noon + 5000);
    expect(await scene.look(uid)).toBe('gone');
    const key = `grant.deleted/${uid}`;
    expect(scene.drafts.map((draft) => draft.key)).toEqual([key, key]);
  });
});

describe('a grant of which only a binding is left', () => {
  const labels = { 'app.kubernetes.io/managed-by': 'support-access', 'supportaccess.dev/grant-uid': uid };
  const grantAnnotation = 'supportaccess.dev/grant';
  const left = (marks: Pick<ObjectMeta, 'annotations'>): KubeObject => {
    const binding = aBinding(`ecase/${bindingName(uid)}`, 'view');
    const ownerReferences = [{ apiVersion, kind, name: 'case-4711', uid }];
    return { ...binding, metadata: { ...binding.metadata, labels, ownerReferences, ...marks } };
  };

  it.each([
    [
      'named by the annotation',
      { annotations: { [grantAnnotation]: 'ecase/case-4711' } },
      'ecase',
      'case-4711',
    ],
    ['unknown without the annotation', {}, 'ecase', 'unknown'],
    ['unknown where the annotation is empty', { annotations: { [grantAnnotation]: '' } }, 'ecase', 'unknown'],
    ['of an unknown name', { annotations: { [grantAnnotation]: 'ecase/' } }, 'ecase', 'unknown'],
    [
      'of the namespace that it is in, whatever the annotation says',
      { annotations: { [grantAnnotation]: 'kube-system/case-4711' } },
      'ecase',
      'case-4711',
    ],
  ])('loses it and is recorded as deleted: %s', async (_title, marks, namespace, name) => {
    await using scene = await controlling({ rolebindings: [left(marks)] });
    expect(await scene.look(uid)).toBe('gone');
    expect(scene.called).toEqual([`delete RoleBinding ${bindingName(uid)}`]);
    expect(scene.drafts).toMatchObject([{ type: 'grant.deleted', grant: { uid, namespace, name } }]);
  });

  it('is not one of which a copy under the same name is somewhere, which belongs to no grant', async () => {
    const { metadata, ...rest } = left({});
    const copied = { ...rest, metadata: { ...metadata, namespace: 'elsewhere', ownerReferences: [] } };
    await using scene = await controlling({ rolebindings: [copied] });
    expect(await scene.look(uid)).toBe('gone');
    expect([scene.called, scene.drafts]).toEqual([[], []]);
  });

  it.each(['copy-of-it', 'sag-1', bindingName('another')])(
    'is not one of which a binding called %s has the labels: that one stays, and nothing is recorded',
    async (name) => {
      const foreign = left({});
      const copied = { ...foreign, metadata: { ...foreign.metadata, name } };
      await using scene = await controlling({ rolebindings: [copied] });
      expect(await scene.look(uid)).toBe('gone');
      expect([scene.called, scene.drafts]).toEqual([[], []]);
    },
  );
});
