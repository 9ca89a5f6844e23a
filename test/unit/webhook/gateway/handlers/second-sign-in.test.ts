/** Who signs in again: what becomes of the session that the browser had, and of those of the same person elsewhere. */
import { describe, expect, it } from 'vitest';
import { createNearMisses } from '../../../../../webhook/gateway/sign-in/near-misses.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { aSession } from '../../../../kit/objects/session.ts';
import { aUser } from '../../../../kit/objects/user.ts';
import { aGateway, type Gateway, session, signedIn, withIdp } from './sign-in-scene.ts';

withIdp();

describe('a second sign-in', () => {
  const hasEarlier = ({ deps }: Gateway): string[] => {
    const ended: string[] = [];
    const { name, namespace = '' } = session.metadata;
    const earlier = { session: { namespace, name }, grant: session.spec.grantRef.name, secret: 'old' };
    Object.assign(deps.sessions, {
      mark: { for: () => 'mark', readFrom: () => earlier },
      end: (_session: unknown, { reason }: { reason: string }) => Promise.resolve(void ended.push(reason)),
    });
    return ended;
  };

  it('CC-2 ends the session that the same browser had before', async () => {
    const gateway = aGateway();
    const ended = hasEarlier(gateway);
    const response = await signedIn(gateway);
    expect([response.status, ended]).toEqual([303, ['SignedInAgain']]);
    expect(response.headers.getSetCookie().slice(0, 2)).toEqual(['session-cookie', 'mark']);
  });

  it('ends no other session than the very one that the browser had', async () => {
    const gateway = aGateway();
    const ended = hasEarlier(gateway);
    Object.assign(gateway.deps.sessions, { isOf: () => false });
    await signedIn(gateway);
    expect(ended).toEqual([]);
  });

  it('that comes a second time leads a signed-in browser into the session that it has', async () => {
    const gateway = aGateway('again');
    const went: unknown[] = [];
    const { refuse } = gateway.deps;
    Object.assign(gateway.deps, {
      refuse: (exchange: never, refusal: Parameters<typeof refuse>[1]) => {
        went.push(refusal.goTo);
        return refuse(exchange, refusal);
      },
    });
    await signedIn(gateway);
    hasEarlier(gateway);
    await signedIn(gateway);
    expect(went).toEqual([undefined, '/support-access/']);
    expect(gateway.records.map(({ type }) => type)).toEqual(['signin.failed', 'signin.failed']);
  });

  it('CC-2 ends the oldest sessions of the person beyond what the policy allows at once, and no others', async () => {
    const gateway = aGateway();
    const ended: string[] = [];
    const others = ['08:00', '11:00', '09:00', '10:00', '07:00'].map((time) => {
      const one = aSession();
      const at = `2026-12-01T${time}:00Z`;
      return { ...one, metadata: { ...one.metadata, uid: time }, spec: { ...one.spec, signInTime: at } };
    });
    Object.assign(gateway.deps, { sessionsOf: () => [...others, session] });
    Object.assign(gateway.deps.sessions, {
      end: ({ metadata }: typeof session, { reason }: { reason: string }) =>
        Promise.resolve(void ended.push(`${metadata.uid} ${reason}`)),
    });
    await signedIn(gateway);
    expect(ended).toEqual(['07:00 TooManySessions']);
  });
});

describe('EC-16 a person who is named almost as on file', () => {
  it('is noted until the sign-in succeeds', async () => {
    const gateway = aGateway();
    const names = createNearMisses();
    Object.assign(gateway.deps, { nearMisses: names });
    gateway.objects.put(aUser(withSpec({ nameID: 'Ada@vendor.example' })));
    await signedIn(gateway);
    expect([gateway.created, names.all()]).toEqual([[], ['ada']]);
    gateway.objects.put(aUser());
    await signedIn(gateway);
    expect([gateway.created.length, names.all()]).toEqual([1, []]);
  });
});
