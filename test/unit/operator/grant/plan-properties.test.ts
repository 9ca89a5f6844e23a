/** Whatever people do in whatever order: laws of the plan over generated lives of a grant. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialName } from '../../../../crds/identities.ts';
import { planGrant } from '../../../../operator/grant/plan.ts';
import { nextStatus } from '../../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../../operator/grant/world.ts';
import { isOfGrant } from '../../../../operator/outputs/marks.ts';
import { disabled, forUser, withConsent } from '../../../kit/objects/grant.ts';
import { after, credited } from '../../../kit/objects/grant-life.ts';
import {
  aWorld,
  locked,
  noon,
  of,
  withGrant,
  withRights,
  withUsers,
} from '../../../kit/objects/grant-world.ts';
import { aClusterBinding } from '../../../kit/objects/kube-objects.ts';
import { type Modifier, recreated, withMetadata, withSpec } from '../../../kit/objects/object.ts';
import { aPolicy, switchedOff } from '../../../kit/objects/policy.ts';
import { aUser, aUserNamed, deactivated } from '../../../kit/objects/user.ts';

const bumped: Modifier<GrantWorld> = (world) =>
  withGrant(withMetadata({ generation: (world.grant.metadata.generation ?? 0) + 1 }))(world);

/** What may happen to a grant's world between two looks. */
const happenings: Readonly<Record<string, Modifier<GrantWorld>>> = {
  nothing: (world) => world,
  disable: (world) => bumped(withGrant(disabled())(world)),
  enable: (world) => bumped(withGrant(withSpec({ access: 'Enabled' }))(world)),
  consent: (world) => bumped(withGrant(withConsent((world.grant.spec.consent ?? 1) + 1))(world)),
  nameBob: (world) => bumped(withGrant(forUser('ada', 'bob'))(world)),
  nameAda: (world) => bumped(withGrant(forUser('ada'))(world)),
  both: withUsers(aUser(), aUserNamed('bob')),
  ada: withUsers(aUser()),
  anotherAda: withUsers(aUser(recreated()), aUserNamed('bob')),
  inactive: withUsers(aUser(deactivated()), aUserNamed('bob')),
  nobody: withUsers(),
  lock: locked('all'),
  lockAda: locked(`user.${aUser().metadata.uid}`),
  unlock: locked(),
  off: of({ policy: aPolicy(switchedOff()) }),
  on: of({ policy: aPolicy() }),
  noPolicy: of({ policy: undefined }),
  noMatrix: of({ matrix: undefined }),
  matrix: withRights(),
  excess: of({ excessRights: [aClusterBinding('x', 'view')] }),
  noExcess: of({ excessRights: [] }),
  accountsGone: of({ accounts: [] }),
  bindingGone: of({ bindings: [] }),
  bindingChanged: (world) => of({ bindings: world.bindings.map((one) => ({ ...one, subjects: [] })) })(world),
};

const lives = fc.array(
  fc.record({
    what: fc.constantFrom(...Object.keys(happenings)),
    later: fc.integer({ min: 0, max: 40 * 3_600_000 }),
    recorded: fc.constantFrom('recorded' as const, 'owed' as const),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Plays a life and shows each world with the moment at which it is planned. */
function play(
  life: readonly { what: string; later: number; recorded: 'recorded' | 'owed' }[],
  look: (world: GrantWorld, now: number) => void,
): void {
  let world = aWorld(withRights());
  let now = noon;
  for (const { what, later, recorded } of life) {
    now += later;
    world = happenings[what]?.(world) ?? world;
    look(world, now);
    const owed = recorded === 'owed' && !planGrant(world, now).record.mustBeDurable;
    world = credited(after(world, now, { recorded: owed ? 'owed' : 'recorded', refused: undefined }));
  }
}

const always = (look: (world: GrantWorld, now: number) => void) =>
  fc.assert(
    fc.property(lives, (life) => play(life, look)),
    { numRuns: 400 },
  );

describe('over any life of a grant', () => {
  it('nothing is made or renewed without a record that must be durable first', () => {
    always((world, now) => {
      const plan = planGrant(world, now);
      const makes = plan.apply.some(({ act }) => act !== 'remove');
      if (makes) expect(plan.record.mustBeDurable).toBe(true);
    });
  });

  it('a closed grant keeps no credential, no right and makes nothing', () => {
    always((world, now) => {
      const plan = planGrant(world, now);
      if (plan.report.decision.open) return;
      expect(plan.apply.filter(({ act }) => act !== 'remove')).toEqual([]);
      const leaving = new Set(plan.remove.map(({ name }) => name));
      for (const { metadata } of [...world.bindings, ...world.accounts])
        if (isOfGrant(metadata, world.grant.metadata.uid)) expect(leaving).toContain(metadata.name);
    });
  });

  it('what is taken away is the grant’s own, by UID', () => {
    always((world, now) => {
      const own = new Set([...world.accounts, ...world.bindings].map(({ metadata }) => metadata.name));
      const credentials = new Set(world.accounts.map(({ metadata }) => credentialName(metadata)));
      for (const one of planGrant(world, now).remove) {
        expect('ownerUid' in one ? credentials : own).toContain(one.name);
        expect('ownerUid' in one ? one.ownerUid : one.uid).toBeTypeOf('string');
      }
    });
  });

  it('a second look at what it led to does nothing', () => {
    always((world, now) => {
      const settled = credited(after(world, now));
      const plan = planGrant(settled, now);
      expect(plan.remove).toEqual([]);
      expect(plan.apply.filter(({ act }) => act !== 'remove')).toEqual([]);
      expect(nextStatus(plan.report, { recorded: 'recorded', refused: undefined })).toStrictEqual(
        settled.grant.status,
      );
    });
  });

  it('it is Active only inside its window, and looks again at the window’s end', () => {
    always((world, now) => {
      const plan = planGrant(world, now);
      const until = Date.parse(world.grant.spec.expirationTime);
      if (!plan.report.decision.open) return;
      expect(now).toBeLessThan(until);
      expect(plan.lookAgainAt).toBeLessThanOrEqual(until);
    });
  });

  it('only people who were pinned are let in', () => {
    always((world, now) => {
      const { decision, pins } = planGrant(world, now).report;
      if (!decision.open) return;
      for (const { metadata } of decision.people)
        expect(pins?.users).toContainEqual({ name: metadata.name, uid: metadata.uid });
    });
  });

  it('an end that was reported open has its record or owes it', () => {
    always((world, now) => {
      const wasOpen = world.grant.status?.activeReason === 'Open';
      const { report, record } = planGrant(world, now);
      if (!wasOpen || report.decision.open) return;
      expect(record.drafts.map(({ type }) => type)).toContainEqual(
        expect.stringMatching(/^grant\.(expired|revoked|suspended|closed)$/),
      );
    });
  });
});
