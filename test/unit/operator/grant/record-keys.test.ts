/** By which key is the record of an opening, or of an end, known? One for each, also where two operators make it. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planGrant } from '../../../../operator/grant/plan.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { disabled } from '../../../kit/objects/grant.ts';
import { after } from '../../../kit/objects/grant-life.ts';
import { aWorld, locked, noon, of, withGrant, withUsers } from '../../../kit/objects/grant-world.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aUser } from '../../../kit/objects/user.ts';

const keysOf = (world: GrantWorld, now: number): string[] =>
  planGrant(world, now).record.drafts.flatMap(({ type, key }) =>
    /^grant\.(activated|closed|expired|revoked|suspended)$/.test(type) ? [`${type} ${key}`] : [],
  );

/** What one operator may not see, or see already, that the other does not. */
const views = {
  'no Service': of({ service: undefined }),
  'no policy': of({ policy: undefined }),
  'a lock': locked('all'),
  'no person': withUsers(),
} as const;

describe('the record of an opening', () => {
  it.each(Object.entries(views))(
    'is the same after another operator reported the grant closed that it had not seen open: %s',
    (_, view) => {
      const first = after(view(aWorld()), noon);
      const [key] = keysOf(aWorld(), noon);
      expect(key).toMatch(/^grant.activated /);
      expect(keysOf({ ...aWorld(), grant: first.grant }, noon + 1000)).toEqual([key]);
    },
  );

  it('and that of each end have a key of their own, however many there are in one second', () => {
    const changes = [
      withGrant(disabled()),
      withGrant(withSpec({ access: 'Enabled' })),
      of({ policy: undefined }),
      of({ policy: aPolicy() }),
      withUsers(),
      withUsers(aUser()),
      locked('all'),
      locked(),
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...changes), { minLength: 2, maxLength: 30 }), (life) => {
        let world = aWorld();
        const keys: string[] = [];
        for (const change of life) {
          world = change(world);
          keys.push(...keysOf(world, noon));
          world = after(world, noon);
        }
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});
