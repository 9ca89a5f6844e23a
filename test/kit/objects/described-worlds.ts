/**
 * Worlds of a grant from short descriptions, so that a failing one can be read: one word for each part of the world,
 * `fine` for what keeps access open.
 */

import * as fc from 'fast-check';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { lockNamesFor } from '../../../crds/rules/locks.ts';
import { planGrant } from '../../../operator/grant/plan.ts';
import type { StepResults } from '../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../operator/grant/world.ts';
import { anApplication, inVersion } from './application.ts';
import * as grants from './grant.ts';
import {
  aWorld,
  holding,
  noon,
  of,
  readingPods,
  withGrant,
  withMatrix,
  withRights,
  withUsers,
} from './grant-world.ts';
import { aClusterBinding } from './kube-objects.ts';
import { aMatrix, forVersions, withModules } from './matrix.ts';
import { beingDeleted, type Modifier, modified, named, recreated, withoutSpec, withSpec } from './object.ts';
import * as policies from './policy.ts';
import { anIdentitiesNamespace } from './release.ts';
import { aService, withServiceSpec } from './service.ts';
import { aUser, aUserNamed, deactivated, withRoles } from './user.ts';

type World = Modifier<GrantWorld>;

const policy = (...changes: readonly Modifier<SupportAccessPolicy>[]): World =>
  of({ policy: policies.aPolicy(...changes) });
const locked = (...names: string[]): World => of({ locks: new Set(names) });

const grantUid = grants.aGrant().metadata.uid;
const adaUid = aUser().metadata.uid;
const bobUid = aUserNamed('bob').metadata.uid;

/** An account of another owner under the name that the grant needs. */
const foreignAccount: World = (world) => {
  const [write] = planGrant(aWorld(withRights()), noon).apply;
  if (write?.act !== 'create') throw new Error('an account was expected');
  const { object } = write.wanted;
  return holding({ ...object, metadata: { ...object.metadata, labels: {} } })(withRights()(world));
};

const madeAnew: Modifier<GrantWorld['service'] & object> = (service) => ({
  ...service,
  metadata: { ...service.metadata, uid: 'another' },
});

/** The parts of a world, in the order in which they are applied. */
const parts = {
  policy: {
    fine: policy(),
    none: of({ policy: undefined }),
    'of another name': policy(named('other')),
    'being deleted': policy(beingDeleted()),
    disabled: policy(policies.switchedOff()),
    'without access': policy(withoutSpec('access')),
    'allowing less time': policy(policies.withDuration({ maxSeconds: 3600 })),
    'without addresses': policy(policies.allowing()),
    'without addresses, wanting none': policy(policies.allowing(), policies.notRequiringAddresses()),
  },
  addresses: {
    fine: (world) => world,
    none: withGrant(grants.fromAddresses()),
    'none anywhere': (world) =>
      of({ policy: world.policy && policies.allowing()(world.policy) })(
        withGrant(grants.fromAddresses())(world),
      ),
  },
  access: {
    fine: (world) => world,
    disabled: withGrant(grants.disabled()),
    'not set': withGrant(withoutSpec('access')),
  },
  times: {
    fine: (world) => world,
    'without a start': withGrant(grants.withoutStart()),
    'later start': withGrant(grants.from('2026-12-02T08:00:00Z')),
    'earlier end': withGrant(grants.until('2026-12-01T09:00:00Z')),
    unreadable: withGrant(grants.until('soon')),
  },
  references: {
    fine: (world) => world,
    'two people': withGrant(grants.forUser('ada', 'bob')),
    'no application': withGrant(grants.withoutApplication()),
    'a role': withGrant(grants.requiringRoles('ecase-tier2')),
    'another role': withGrant(grants.requiringRoles('other')),
  },
  people: {
    fine: withUsers(aUser()),
    both: withUsers(aUser(), aUserNamed('bob')),
    'only Bob': withUsers(aUserNamed('bob')),
    none: withUsers(),
    'Ada disabled': withUsers(aUser(deactivated())),
    'Ada disabled, Bob not': withUsers(aUser(deactivated()), aUserNamed('bob')),
    'Ada without access': withUsers(aUser(withoutSpec('access'))),
    'Ada made anew': withUsers(aUser(recreated())),
    'Ada made anew, and Bob': withUsers(aUser(recreated()), aUserNamed('bob')),
    'Ada without roles': withUsers(aUser(withRoles())),
  },
  application: {
    fine: of({ application: anApplication() }),
    none: of({ application: undefined }),
    'being deleted': of({ application: anApplication(beingDeleted()) }),
    old: of({ application: anApplication(inVersion('25.1')) }),
  },
  backend: {
    fine: (world) => world,
    'made anew': of({ application: anApplication(recreated()) }),
    'under another host': of({ application: anApplication(withSpec({ host: 'other.apps.example.com' })) }),
    'without a Service': of({ service: undefined }),
    'with another Service': of({ service: aService(madeAnew) }),
    'of other pods': of({ service: aService(withServiceSpec({ selector: { app: 'other' } })) }),
    'under a host of another namespace': of({ holder: 'production' }),
    'with a slice made by hand': of({ handMadeSlices: ['ecase-mine'] }),
    headless: of({ service: aService(withServiceSpec({ clusterIPs: ['None'] })) }),
  },
  installation: {
    fine: (world) => world,
    'made anew': of({ identities: anIdentitiesNamespace({ uid: 'another' }) }),
    'being taken away': of({
      identities: anIdentitiesNamespace({ deletionTimestamp: '2026-12-01T11:59:00Z' }),
    }),
    'without its guard': of({ consentGuard: undefined }),
  },
  matrix: {
    fine: withMatrix(aMatrix()),
    none: of({ matrix: undefined }),
    'being deleted': withMatrix(aMatrix(beingDeleted())),
    'made anew': withMatrix(aMatrix(recreated())),
    'of other content': withMatrix(aMatrix(withModules({ name: 'Payroll', access: 'Read' }))),
    'for other versions': withMatrix(aMatrix(forVersions('>=27'))),
    'with rights': of({ matrix: withRights()(aWorld()).matrix, clusterRole: 'Exact' }),
  },
  pins: {
    fine: (world) => world,
    'of this world': (world) =>
      withGrant(
        grants.opened({
          users: world.users,
          matrix: world.matrix?.object ?? aMatrix(),
          application: world.application ?? anApplication(),
          service: world.service ?? aService(),
        }),
      )(world),
    'of before': withGrant(grants.opened()),
    'of both, before': withGrant(grants.opened({ users: [aUser(), aUserNamed('bob')] })),
    'with rights, before': withGrant(grants.opened({ matrix: aMatrix(readingPods) })),
    'of another consent': withGrant(grants.opened({ consent: 2 })),
    'reported closed': withGrant(grants.opened({ activeReason: 'ExcessRights' })),
  },
  consent: {
    fine: (world) => world,
    'not set': withGrant(withoutSpec('consent')),
    raised: withGrant(grants.withConsent(2)),
  },
  locks: {
    fine: locked(),
    all: locked('all'),
    namespace: locked('ns.ecase'),
    grant: locked(`grant.${grantUid}`),
    Ada: locked(`user.${adaUid}`),
    both: locked(`user.${adaUid}`, `user.${bobUid}`),
    'another namespace': locked('ns.other'),
  },
  rights: {
    fine: (world) => world,
    'role missing': of({ clusterRole: 'Missing' }),
    'role differs': of({ clusterRole: 'Different' }),
    excess: of({ excessRights: [aClusterBinding('x', 'view')] }),
    'name taken': foreignAccount,
  },
  life: {
    fine: (world) => world,
    'being deleted': withGrant(beingDeleted()),
    gone: of({ gone: true }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, World>>>>;

const steps = {
  fine: {},
  refused: { refused: { reason: 'ApplyFailed', message: 'RoleBinding x: forbidden' } },
  owed: { recorded: 'owed' },
} as const satisfies Readonly<Record<string, Partial<StepResults>>>;

/** One word for each part. */
export type WorldDescription = { readonly [Part in keyof typeof parts]: string } & {
  readonly steps: string;
  /** After noon. */
  readonly later: number;
};

/** The world in which nothing keeps access closed. */
export const fineWorld: WorldDescription = {
  ...(Object.fromEntries(Object.keys(parts).map((part) => [part, 'fine'])) as {
    [Part in keyof typeof parts]: string;
  }),
  steps: 'fine',
  later: 0,
};

/** `fine` far more often than any other word, so that later parts are reached. */
function oneOf(words: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  const others = Object.keys(words).filter((word) => word !== 'fine');
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant('fine') },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  );
}

export const describedWorlds: fc.Arbitrary<WorldDescription> = fc.record({
  ...(Object.fromEntries(Object.entries(parts).map(([part, words]) => [part, oneOf(words)])) as {
    [Part in keyof typeof parts]: fc.Arbitrary<string>;
  }),
  steps: oneOf(steps),
  later: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    fc.integer({ min: -20 * 3_600_000, max: 60 * 3_600_000 }),
  ),
});

/** The world of a description, the moment at which it is looked at, and what became of the plan's steps. */
export function aDescribedWorld(description: WorldDescription): {
  readonly world: GrantWorld;
  readonly now: number;
  readonly results: Partial<StepResults>;
} {
  const modifiers = Object.entries(parts).map(([part, words]) => {
    const modify = (words as Readonly<Record<string, World>>)[description[part as keyof typeof parts]];
    if (modify === undefined) throw new Error(`no world has such a ${part}`);
    return modify;
  });
  const world = asObserved(modified(aWorld(), modifiers));
  const now = noon + description.later;
  const plan = planGrant(world, now);
  // what opens is never owed, and only what opens can be refused
  if (description.steps === 'owed' && !plan.record.mustBeDurable) return { world, now, results: steps.owed };
  if (description.steps === 'refused' && plan.report.decision.open)
    return { world, now, results: steps.refused };
  return { world, now, results: {} };
}

/** With those objects only that the grant names: nothing else is looked up. */
function asObserved(world: GrantWorld): GrantWorld {
  const { userRefs, applicationRef } = world.grant.spec;
  return {
    ...world,
    users: world.users.filter(({ metadata }) => userRefs.some(({ name }) => name === metadata.name)),
    application: applicationRef && world.application,
    service: applicationRef && world.application && world.service,
    sameHost: world.application === undefined ? [] : [world.application],
  };
}

/** Whether a lock of this name stops the grant for everyone. */
export function isGrantLock(name: string, { grant }: GrantWorld): boolean {
  const { namespace = '', uid } = grant.metadata;
  return lockNamesFor({ namespace, grantUid: uid }).includes(name);
}
