/**
 * Access that was taken back stays taken back: each way of taking it back and giving it anew at once, while the person in
 * the session keeps still, with everything alive, with the operator dead and with the gateway dead.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../kit/clock/eventually.ts';
import { anExampleInstallation, type ExampleInstallation } from '../kit/installation/example-installation.ts';
import { applyGrant, ask, signedIn, untilActive } from '../kit/people/acts.ts';
import { aLock, uidOf } from '../kit/people/customer.ts';
import type { Person } from '../kit/people/http-person.ts';

let installation: ExampleInstallation;

beforeAll(async () => {
  installation = await anExampleInstallation();
});

afterAll(async () => installation?.stop());

const api = '/apis/supportaccess.dev/v1beta1';
const both = [{ name: 'ada' }, { name: 'charles' }];

async function sent(method: string, path: string, body?: unknown): Promise<void> {
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const { admin } = installation.controlPlane;
  const { status, text } = await admin.send(method, path, body === undefined ? {} : { body, contentType });
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
}

const specOf = async (path: string, spec: object): Promise<void> => sent('PATCH', path, { spec });
const grantPath = (grant: string): string => `${api}/namespaces/ecase/supportaccessgrants/${grant}`;
const later = (): string => new Date(Date.now() + 3_600_000).toISOString();

/** Created and lifted: three writes. */
async function lockedForAMoment(name: string): Promise<void> {
  const locks = `${api}/supportaccesslocks`;
  await sent('POST', locks, JSON.parse(aLock(name)));
  const annotations = { 'supportaccess.dev/unlock-reason': 'a false alarm' };
  await sent('PATCH', `${locks}/${name}`, { metadata: { annotations } });
  await sent('DELETE', `${locks}/${name}`);
}

const offAndOn = (pathOf: (grant: string) => string) => async (grant: string) => {
  for (const access of ['Disabled', 'Enabled']) await specOf(pathOf(grant), { access });
};

/** What concerns one grant alone: each has a grant of its own, so that all are tried together. */
const waysOfOneGrant: Readonly<Record<string, (grant: string) => Promise<void>>> = {
  disabled: offAndOn(grantPath),
  locked: async (grant) =>
    lockedForAMoment(`grant.${await uidOf(installation, ['-n', 'ecase', 'sag', grant])}`),
  shortened: async (grant) => {
    await specOf(grantPath(grant), { expirationTime: new Date(Date.now() - 1000).toISOString() });
    await specOf(grantPath(grant), { expirationTime: later() });
  },
  removed: async (grant) => {
    await specOf(grantPath(grant), { userRefs: [{ name: 'charles' }] });
    await specOf(grantPath(grant), { userRefs: both });
  },
  consented: async (grant) => {
    const { body } = await installation.controlPlane.admin.send('GET', grantPath(grant));
    const { consent = 1 } = (body as { spec: { consent?: number } }).spec;
    await specOf(grantPath(grant), { consent: consent + 1 });
  },
};

/** What concerns every grant: tried one after the other. */
const waysOfAll: Readonly<Record<string, (grant: string) => Promise<void>>> = {
  'switched-off': offAndOn(() => `${api}/supportaccesspolicies/default`),
  'locked-all': async () => lockedForAMoment('all'),
  'person-disabled': offAndOn(() => `${api}/supportusers/ada`),
};

/** A new grant of this name for both people, open, and Ada signed in under it. */
async function sessionUnder(grant: string): Promise<Person> {
  await applyGrant(installation, { name: grant, spec: { userRefs: both, expirationTime: later() } });
  await untilActive(installation, grant);
  const ada = await signedIn(installation, grant);
  expect((await ask(installation, ada)).status).toBe(200);
  return ada;
}

/** Ada's old session is over, and she comes in by signing in again. */
async function overAndAnew(grant: string, ada: Person): Promise<void> {
  await eventually(
    async () => {
      const { status } = await ask(installation, ada);
      if (status !== 401) throw new Error(`${grant}: the session of before has ${status}`);
    },
    { within: 30_000 },
  );
  ada.leave();
  await eventually(
    async () => {
      const again = await signedIn(installation, grant);
      expect((await ask(installation, again)).status, grant).toBe(200);
      again.leave();
    },
    { within: 30_000 },
  );
}

/** Takes back in each way and gives anew, with a part of the product dead meanwhile, or with none. */
async function tryAll(
  suffix: string,
  without: (during: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const single = Object.entries(waysOfOneGrant).map(([name, take]) => ({ grant: `${name}-${suffix}`, take }));
  const sessions = new Map<string, Person>();
  for (const { grant } of single) sessions.set(grant, await sessionUnder(grant));
  await without(async () => {
    for (const { grant, take } of single) await take(grant);
  });
  for (const [grant, ada] of sessions) await overAndAnew(grant, ada);
  for (const [name, take] of Object.entries(waysOfAll)) {
    const grant = `${name}-${suffix}`;
    const ada = await sessionUnder(grant);
    await without(async () => take(grant));
    await overAndAnew(grant, ada);
  }
}

describe('CC-1 what was taken back stays taken back, in every way, for a session that keeps still', () => {
  it('CC-1 also when it is given anew within milliseconds', async () => {
    await tryAll('alive', async (during) => during());
  }, 240_000);

  it('CC-1 also when the operator is dead meanwhile', async () => {
    const { operator } = installation.product;
    await tryAll('no-operator', async (during) => {
      await operator.process().kill();
      await during();
      await operator.start();
    });
  }, 240_000);

  it('CC-1 also when the gateway is dead meanwhile', async () => {
    const { gateway } = installation.product;
    await tryAll('no-gateway', async (during) => {
      await gateway.process().kill();
      await during();
      await gateway.start();
    });
  }, 240_000);
});
