/**
 * Access is taken away while a person signs in, at any moment of it: before and after each read, between the decisions, while the
 * session is written or recorded. Whatever the moment, no request passes afterwards.
 */
import { describe, expect, it } from 'vitest';
import { valid } from '../../../../../saml/result.ts';
import { randomFrom } from '../../../../../tools/mutation/draw.ts';
import { completeSignIn } from '../../../../../webhook/gateway/handlers/sign-in.ts';
import { anExchange } from '../../../../kit/objects/exchange.ts';
import { aGrant, opened } from '../../../../kit/objects/grant.ts';
import { withSpec } from '../../../../kit/objects/object.ts';
import { switchedOff } from '../../../../kit/objects/policy.ts';
import { aUser } from '../../../../kit/objects/user.ts';
import { aGateway, type Gateway, grant, policy, session, withIdp } from './sign-in-scene.ts';

withIdp();

const seed = 20_261_201;
const interleavings = 10_000;

/** Ways to take access away, each a write that the API server has taken. */
const ways: readonly ((gateway: Gateway) => void)[] = [
  ({ objects }) => objects.put(switchedOff()(policy())),
  ({ objects }) => objects.put(withSpec({ access: 'Disabled' })(aGrant(opened()))),
  ({ objects }) => objects.remove('SupportAccessGrant', grant.name),
  ({ objects }) => objects.put(withSpec({ access: 'Disabled' })(aUser())),
  ({ objects }) => objects.remove('SupportUser', 'ada'),
  ({ objects }) => objects.remove('SupportSession', session.metadata.name),
];

/** One sign-in in which the `moment`-th step of any kind is followed by the write. Steps are reads, the session and the records. */
async function interleaved(way: (gateway: Gateway) => void, moment: number) {
  const gateway = aGateway();
  let steps = 0;
  let disabledAt: number | undefined;
  const step = (): void => {
    steps += 1;
    if (steps !== moment) return;
    way(gateway);
    disabledAt = steps;
  };
  const { client } = gateway.objects;
  const get = client.get.bind(client);
  Object.assign(client, {
    get: async (...ask: Parameters<typeof get>) => {
      const found = get(...ask);
      step();
      return found;
    },
  });
  const { decider } = gateway;
  const { sessions, trail } = gateway.deps;
  const create = sessions.create.bind(sessions);
  let writtenAt = Number.POSITIVE_INFINITY;
  Object.assign(sessions, {
    create: async (...person: Parameters<typeof create>) => {
      const made = await create(...person);
      step();
      writtenAt = steps;
      return made;
    },
  });
  const append = trail.append.bind(trail);
  Object.assign(trail, {
    append: async (...more: Parameters<typeof append>) => {
      const receipts = await append(...more);
      step();
      return receipts;
    },
  });
  // The SAML response is good; what is asked here is what becomes of it.
  Object.assign(gateway.deps, {
    signIn: {
      complete: () => {
        const world = decider.readSignInWorld(grant);
        return Promise.resolve({ result: valid({ grant, user: aUser(), world }), grant, details: {} });
      },
    },
  });
  const exchange = anExchange({
    url: '/support-access/saml/acs',
    host: 'support.example.com',
    method: 'POST',
  });
  await completeSignIn(gateway.deps, exchange);
  const granted = exchange.response.statusCode === 303;
  const { name, namespace = '' } = session.metadata;
  const proof = { session: { namespace, name }, grant: session.spec.grantRef.name, secret: 'new' };
  const { origin } = exchange;
  const next = await decider.decide({ entryPoint: 'session', grant, session: proof, origin });
  return { granted, disabledAt, writtenAt, passes: next.decision.allow };
}

describe('EC-9 access that is taken away while a person signs in', () => {
  it('lets no request pass, in any of ten thousand interleavings, and gives no cookie where it came before the session', async () => {
    const random = randomFrom(seed);
    const outcomes = { granted: 0, refused: 0, untouched: 0 };
    for (let at = 0; at < interleavings; at += 1) {
      const way = ways[at % ways.length]!;
      const moment = 1 + Math.floor(random() * 26);
      const { granted, disabledAt, writtenAt, passes } = await interleaved(way, moment);
      if (disabledAt === undefined) {
        outcomes.untouched += 1;
        continue;
      }
      expect(passes, `way ${at % ways.length} at step ${moment}`).toBe(false);
      if (disabledAt <= writtenAt) expect(granted, `way ${at % ways.length} at step ${moment}`).toBe(false);
      outcomes[granted ? 'granted' : 'refused'] += 1;
    }
    // Both ends are met: before the last look of the sign-in it is refused, and after it the next request is.
    expect(outcomes.refused).toBeGreaterThan(5000);
    expect(outcomes.granted).toBeGreaterThan(0);
  }, 120_000);
});
