import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import type { SupportSession } from '../../../../crds/generated/support-session.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import { createControllerCaches } from '../../../../operator/controllers.ts';
import { sessionController } from '../../../../operator/session/controller.ts';
import type { ControllerContext } from '../../../../operator/watching/controller.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { FollowedServer } from '../../../kit/objects/followed-server.ts';
import { aGrant, opened } from '../../../kit/objects/grant.ts';
import { identitiesNamespace, noon } from '../../../kit/objects/grant-world.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';
import { type Modifier, withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { anIdentitiesNamespace } from '../../../kit/objects/release.ts';
import { aSession } from '../../../kit/objects/session.ts';
import { aUser } from '../../../kit/objects/user.ts';

type Grant = ReturnType<typeof aGrant>;
const closed: Modifier<Grant> = withSpec({ access: 'Disabled' });
const uid = aSession().metadata.uid;

/** The controller over a cluster with one session under this grant. */
async function aController({ grant = aGrant(opened()), recorded = 'recorded' } = {}) {
  const server = new FollowedServer({
    supportsessions: [aSession()],
    supportaccessgrants: [grant],
    supportaccesspolicies: [aPolicy()],
    supportusers: [aUser()],
    supportapplications: [anApplication()],
    supportpermissionmatrices: [aMatrix()],
    namespaces: [anIdentitiesNamespace()],
  });
  const namespaces = { releaseNamespace: 'support-access', identitiesNamespace };
  const caches = createControllerCaches({ ...namespaces, client: server.client, onProblem: () => undefined });
  for (const cache of Object.values(caches)) cache.start();
  onTestFinished(async () => {
    await Promise.all(Object.values(caches).map((cache) => cache.stop()));
  });
  await Promise.all(Object.values(caches).map((cache) => cache.synced));
  const state = { now: noon, recorded, ends: [] as unknown[], deleted: [] as string[] };
  const context = {
    ...namespaces,
    caches,
    now: () => state.now,
    enqueue: () => undefined,
    records: {
      write: ({ drafts }: { readonly drafts: readonly Omit<NewRecord, 'id'>[] }) => {
        state.ends.push(...drafts.map(({ key, outcome }) => [key, outcome?.reason]));
        return Promise.resolve(state.recorded);
      },
    },
    client: {
      delete: (_resource: unknown, { name }: { readonly name: string }) => {
        state.deleted.push(name);
        return Promise.resolve('deleted' as const);
      },
    },
  } as unknown as ControllerContext;
  const handle = sessionController.start(context);
  return { server, state, caches, look: () => handle(uid, new AbortController().signal) };
}

const lastState = aSession() as unknown as KubeObject & SupportSession;
const ended = (reason: string) => [`session.ended/${uid}`, reason];

describe('a session that the operator looks at', () => {
  it('lives, and is looked at again when time alone would end it', async () => {
    const { look, state } = await aController();
    expect(await look()).toBe(Date.parse('2026-12-01T12:20:00Z'));
    expect([state.ends, state.deleted]).toEqual([[], []]);
  });

  it('is the gateway’s to end for five seconds, then its end is recorded and it is deleted', async () => {
    const { look, state } = await aController({ grant: aGrant(opened(), closed) });
    expect(await look()).toBe(noon + 5000);
    state.now += 4999;
    await look();
    expect([state.ends, state.deleted]).toEqual([[], []]);
    state.now += 1;
    await look();
    expect([state.ends, state.deleted]).toEqual([[ended('Disabled')], ['ada-1']]);
  });

  it('is ended by time also where no gateway runs', async () => {
    const { look, state } = await aController();
    state.now = Date.parse('2026-12-01T12:20:00Z');
    await look();
    state.now += 5000;
    await look();
    expect([state.ends, state.deleted]).toEqual([[ended('SessionIdle')], ['ada-1']]);
  });

  it('that was deleted by another is told after the gateway’s turn', async () => {
    const { server, caches, look, state } = await aController();
    await server.send('supportsessions', 'DELETED', lastState);
    await expect.poll(() => caches.sessions.size).toBe(0);
    expect(await look()).toBe(noon + 5000);
    state.now += 5000;
    expect(await look()).toBe('gone');
    expect([state.ends, state.deleted]).toEqual([[ended('Deleted')], []]);
    expect(await look()).toBe('gone');
  });

  it('is deleted though its end cannot be recorded, and told as soon as it can', async () => {
    const given = { grant: aGrant(opened(), closed), recorded: 'owed' };
    const { server, caches, look, state } = await aController(given);
    await look();
    state.now += 5000;
    expect(await look()).toBe(state.now + 5000);
    expect(state.deleted).toEqual(['ada-1']);
    await server.send('supportsessions', 'DELETED', lastState);
    await expect.poll(() => caches.sessions.size).toBe(0);
    expect(await look()).toBe(state.now + 5000);
    state.recorded = 'recorded';
    expect(await look()).toBe('gone');
    expect(state.ends).toEqual([ended('Disabled'), ended('Disabled'), ended('Disabled')]);
  });
});
