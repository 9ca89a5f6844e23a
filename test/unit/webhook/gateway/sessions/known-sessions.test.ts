import { expect, it } from 'vitest';
import { knownSessions } from '../../../../../webhook/gateway/sessions/known-sessions.ts';
import type { SessionStore } from '../../../../../webhook/gateway/sessions/session-store.ts';
import { aGrant } from '../../../../kit/objects/grant.ts';
import { aPolicy } from '../../../../kit/objects/policy.ts';
import { aSession } from '../../../../kit/objects/session.ts';
import { aUser } from '../../../../kit/objects/user.ts';

it('a session is known when the watch holds it, or when it was just written here', async () => {
  const written = aSession();
  const ref = { namespace: written.metadata.namespace ?? '', name: written.metadata.name };
  const made = { session: written, proof: { session: ref, grant: 'case-4711', secret: 'new' } };
  const store = { create: () => Promise.resolve(made) } as Partial<SessionStore> as SessionStore;
  const seen = new Set(['s-seen']);
  const known = knownSessions(store, ({ name }) => seen.has(name));
  expect([known.knows({ ...ref, name: 's-seen' }), known.knows(ref)]).toEqual([true, false]);
  const person = { grant: aGrant(), user: aUser(), boundAddress: '203.0.113.7' };
  expect(await known.sessions.create(person, aPolicy())).toBe(made);
  expect([known.knows(ref), known.knows({ ...ref, namespace: 'other' })]).toEqual([true, false]);
});
