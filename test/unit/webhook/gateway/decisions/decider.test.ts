import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../../crds/kinds.ts';
import { lockOnAll, lockOnGrant, lockOnUser } from '../../../../../crds/rules/locks.ts';
import { KubeError, saysAbsent } from '../../../../../kube/errors.ts';
import { createDecider } from '../../../../../webhook/gateway/decisions/decider.ts';
import type { DecisionRequest } from '../../../../../webhook/gateway/decisions/decision.ts';
import { FreshReader } from '../../../../../webhook/gateway/decisions/fresh-reader.ts';
import { WorldReader } from '../../../../../webhook/gateway/decisions/world-reader.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { aGrant, opened } from '../../../../kit/objects/grant.ts';
import { knownObjects, notFound } from '../../../../kit/objects/known-objects.ts';
import { aMatrix } from '../../../../kit/objects/matrix.ts';
import { metadataOf, uidOf, withMetadata } from '../../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../../kit/objects/policy.ts';
import { watched } from '../../../../kit/objects/release.ts';
import { aService } from '../../../../kit/objects/service.ts';
import { aSession } from '../../../../kit/objects/session.ts';
import { aUser, aUserNamed } from '../../../../kit/objects/user.ts';

const grantUid = uidOf('SupportAccessGrant', 'case-4711', 'ecase');
const application = anApplication();
const route = application.spec.routes[0];
const request: DecisionRequest = {
  entryPoint: 'application',
  grant: { namespace: 'ecase', name: 'case-4711' },
  origin: { peer: '203.0.113.7', forwardedFor: [] },
  session: { session: { namespace: 'ecase', name: 'ada-1' }, grant: 'case-4711', secret: 'of-the-browser' },
  request: {
    method: route?.methods[0] ?? 'GET',
    path: (route?.path ?? '/').replaceAll(/\{\w+\}|\*/g, 'x'),
    host: application.spec.host,
    application: { namespace: 'ecase', name: application.metadata.name },
  },
};

function aDecider(timeoutMs = 1000) {
  const objects = knownObjects(
    aPolicy(),
    aGrant(opened()),
    aUser(),
    application,
    aMatrix(),
    aService(),
    aSession(),
  );
  const errors: unknown[] = [];
  const reader = new FreshReader({ client: objects.client, timeoutMs, onGet: () => undefined });
  const decider = createDecider({
    world: new WorldReader(reader, watched()),
    now: () => noon,
    timeoutMs,
    recentMs: 60_000,
    againTimeoutMs: timeoutMs,
    told: () => () => [],
    sealIsValid: () => true,
    secretMatches: () => true,
    onDecided: (_, { error }) => errors.push(error),
  });
  return { objects, decider, errors };
}

const aLock = (name: string) => ({
  apiVersion: 'supportaccess.dev/v1beta1',
  kind: 'SupportAccessLock',
  metadata: metadataOf('SupportAccessLock', name),
  spec: { reason: 'stop' },
});

describe('the decider', () => {
  it('allows what the objects allow, and says which route was meant and from where', async () => {
    const { decider } = aDecider();
    const decided = await decider.decide(request);
    expect(decided.decision).toMatchObject({ allow: true });
    expect(decided.route?.name).toBe(route?.name);
    expect(decided.source.ip).toBe('203.0.113.7');
  });

  it.each([lockOnAll, 'ns.ecase', lockOnGrant(grantUid), lockOnUser(uidOf('SupportUser', 'ada'))])(
    'refuses as soon as the lock %s is there',
    async (name) => {
      const { decider, objects } = aDecider();
      expect((await decider.decide(request)).decision.allow).toBe(true);
      objects.put(aLock(name));
      expect((await decider.decide(request)).decision).toMatchObject({ allow: false, reason: 'Locked' });
    },
  );

  it('reads every object once per decision, side by side, and an unchanged matrix by its metadata only', async () => {
    const { decider, objects } = aDecider();
    await decider.decide(request);
    objects.gets.length = 0;
    await decider.decide(request);
    expect(objects.gets).toHaveLength(11);
    expect(new Set(objects.gets).size).toBe(11);
    expect(objects.gets.filter((get) => get.startsWith('SupportPermissionMatrix'))).toEqual([
      `SupportPermissionMatrix ${aMatrix().metadata.name} (metadata)`,
    ]);
  });

  it('shares reads between requests that came before they began', async () => {
    const { decider, objects } = aDecider();
    await decider.decide(request);
    objects.gets.length = 0;
    const all = await Promise.all(Array.from({ length: 50 }, () => decider.decide(request)));
    expect(all.every(({ decision }) => decision.allow)).toBe(true);
    expect(objects.gets.length).toBeLessThanOrEqual(22);
  });

  it('compiles the matrix again when its resource version is another one', async () => {
    const { decider, objects } = aDecider();
    await decider.decide(request);
    objects.put(aMatrix(withMetadata({ resourceVersion: '2' })));
    objects.gets.length = 0;
    await decider.decide(request);
    expect(objects.gets).toContain(`SupportPermissionMatrix ${aMatrix().metadata.name}`);
  });

  it('refuses when a lock cannot be read: plain 404s, errors and silence are no "absent"', async () => {
    const { decider, objects, errors } = aDecider(50);
    const plain = new KubeError({ method: 'GET', path: '/x', status: 404, body: '404 page not found' });
    for (const answer of [
      () => Promise.reject(plain),
      () => Promise.reject(notFound(kinds.SupportAccessLock, 'another')),
      () => Promise.reject(notFound(kinds.SupportUser, lockOnAll)),
      () => Promise.reject(new Error('reset')),
      () => new Promise(() => undefined),
    ]) {
      objects.answer('SupportAccessLock', lockOnAll, answer);
      const { decision } = await decider.decide(request);
      expect(decision).toMatchObject({ allow: false, reason: 'StateUnavailable' });
    }
    expect(errors.every((error) => error instanceof Error)).toBe(true);
  });

  it('refuses another host than the application’s, and another application on that host', async () => {
    const { decider } = aDecider();
    const asked = request.request;
    if (asked === undefined) throw new Error('the request of this test has a route');
    const elsewhere = await decider.decide({ ...request, request: { ...asked, host: 'other.example.com' } });
    expect(elsewhere.decision.allow).toBe(false);
    const taken = { ...asked, application: { namespace: 'ecase', name: 'other' } };
    expect((await decider.decide({ ...request, request: taken })).decision.allow).toBe(false);
  });

  it('refuses a host that a namesake of the application keeps in another namespace', async () => {
    const { decider } = aDecider();
    const asked = request.request;
    if (asked === undefined) throw new Error('the request of this test has a route');
    const kept = { ...asked, application: { ...asked.application, namespace: 'production' } };
    const { decision } = await decider.decide({ ...request, request: kept });
    expect(decision).toMatchObject({ allow: false, reason: 'NoApplication' });
  });
});

describe('the world of a sign-in', () => {
  const { grant, origin } = request;

  it('has the people whom the grant names and who exist, and judges the one who was found', async () => {
    const { decider } = aDecider();
    const world = decider.readSignInWorld(grant);
    const [ada, ...more] = await world.people();
    if (ada === undefined || more.length > 0) throw new Error('the grant of this test names one person');
    const decided = await world.decide({ user: ada, origin });
    expect(decided.decision.allow).toBe(true);
    expect(decided.world.user).toBe(ada);
  });

  it('has nobody when the grant names nobody who exists, and refuses somebody whom it does not name', async () => {
    const { decider, objects } = aDecider();
    objects.remove('SupportUser', 'ada');
    const world = decider.readSignInWorld(grant);
    expect(await world.people()).toEqual([]);
    const { decision } = await world.decide({ user: aUserNamed('eve'), origin });
    expect(decision).toMatchObject({ allow: false });
  });

  it('is read once: each object by one GET, whatever the steps ask for', async () => {
    const { decider, objects } = aDecider();
    await decider.decide(request);
    objects.gets.length = 0;
    const world = decider.readSignInWorld(grant);
    await world.policy();
    const [ada = aUser()] = await world.people();
    await world.decide({ user: ada, origin });
    expect(objects.gets).toHaveLength(10);
    expect(new Set(objects.gets).size).toBe(10);
  });

  it('is read after it was asked for, not when the gateway read something before', async () => {
    const { decider, objects } = aDecider();
    const before = decider.readSignInWorld(grant);
    const [ada = aUser()] = await before.people();
    expect((await before.decide({ user: ada, origin })).decision.allow).toBe(true);
    objects.put(aPolicy(switchedOff()));
    const after = await decider.readSignInWorld(grant).decide({ user: ada, origin });
    expect(after.decision).toMatchObject({ allow: false, reason: 'PolicyDisabled' });
  });

  it('lets no one in when a step cannot be read', async () => {
    const { decider, objects, errors } = aDecider();
    objects.answer('SupportAccessLock', lockOnAll, () => Promise.reject(new Error('reset')));
    const world = decider.readSignInWorld(grant);
    const { decision } = await world.decide({ user: aUser(), origin });
    expect(decision).toMatchObject({ allow: false, reason: 'StateUnavailable' });
    expect(errors.at(-1)).toBeInstanceOf(Error);
    objects.answer('SupportAccessPolicy', 'default', () => Promise.reject(new Error('reset')));
    await expect(decider.readSignInWorld(grant).policy()).rejects.toThrow('reset');
  });
});

describe('the answer "there is none"', () => {
  it('is believed only of the very object that was asked for', () => {
    const lock = kinds.SupportAccessLock;
    expect(saysAbsent(notFound(lock, 'all'), lock, 'all')).toBe(true);
    expect(saysAbsent(notFound(lock, 'all'), lock, 'ns.ecase')).toBe(false);
    expect(saysAbsent(notFound(kinds.SupportUser, 'all'), lock, 'all')).toBe(false);
    expect(saysAbsent(new Error('not found'), lock, 'all')).toBe(false);
  });
});

describe('an anonymous client that asks for a sign-in', () => {
  it('is offered one where the grant is open, its application and Service read like for all others', async () => {
    const { decider } = aDecider();
    const { entryPoint, grant, origin } = { ...request, entryPoint: 'anonymous' as const };
    const { decision } = await decider.decide({ entryPoint, grant, origin });
    expect(decision).toMatchObject({ allow: true });
  });

  /** What is read, in its order, by a client that is not the first. */
  async function readsFor(name: string, prepare: (objects: ReturnType<typeof knownObjects>) => void) {
    const { objects, decider } = aDecider();
    prepare(objects);
    const ask = () =>
      decider.decide({
        entryPoint: 'anonymous',
        grant: { namespace: 'ecase', name },
        origin: request.origin,
      });
    // What was compiled before is kept; the first client after a start reads it once more.
    await ask();
    objects.gets.length = 0;
    const { decision } = await ask();
    expect(decision.allow).toBe(false);
    return objects.gets.map((get) => get.split(' ')[0] + (get.endsWith('(metadata)') ? ' (metadata)' : ''));
  }

  it('costs the same reads in the same order for a grant that exists and for one that does not', async () => {
    const closed = (objects: ReturnType<typeof knownObjects>) => objects.put(switchedOff()(aPolicy()));
    const existing = await readsFor('case-4711', closed);
    const missing = await readsFor('case-4712', closed);
    expect(missing).toEqual(existing);
    expect(existing).toHaveLength(8);
  });
});
