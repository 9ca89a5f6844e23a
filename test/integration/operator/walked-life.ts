/** A walk over every step of the life of a grant, on a real API server, with the operator as its own process. */
import { expect, it } from 'vitest';
import { kinds } from '../../../crds/kinds.ts';
import { grantSteps, type StepName } from '../../../crds/rules/grant-life.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import {
  type GrantSetting,
  grantOf,
  lock,
  putApplication,
  putGrant,
  putMatrix,
  putPolicy,
  putUser,
  unlock,
  untilActive,
} from '../../kit/installation/grant-setting.ts';

interface Walk {
  readonly aSetting: () => Promise<GrantSetting>;
  readonly typesOf: (grantUid: string) => Promise<string[]>;
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const hour = () => inSeconds(3600);

interface Act {
  readonly act: (one: GrantSetting) => Promise<unknown>;
  /** Without it, the grant is gone. */
  readonly reason?: string;
}

const application = ({ namespace }: GrantSetting) => ({ namespace, name: 'ecase' });

/** How each step is made: a new one does not compile without. */
const acts: Readonly<Record<StepName, Act>> = {
  'new to Prepared': { act: async (one) => putGrant(one, { access: 'Disabled' }), reason: 'Disabled' },
  'Prepared to Open': { act: async (one) => putGrant(one, { expirationTime: hour() }), reason: 'Open' },
  'Open to Revoked': { act: async (one) => putGrant(one, { access: 'Disabled' }), reason: 'Disabled' },
  'Revoked to Open': { act: async (one) => putGrant(one), reason: 'Open' },
  'Open to Suspended': {
    act: async ({ admin, namespace }) => lock(admin, `ns.${namespace}`),
    reason: 'Locked',
  },
  'Suspended to Open': {
    act: async ({ admin, namespace }) => unlock(admin, `ns.${namespace}`),
    reason: 'Open',
  },
  'Open to Closed': {
    act: async (one) => one.admin.delete(kinds.SupportApplication, application(one)),
    reason: 'NoApplication',
  },
  'Closed to Open': {
    act: async (one) => {
      await putApplication(one);
      await untilActive(one, 'ApplicationChanged');
      await putGrant(one, { consent: 2 });
    },
    reason: 'Open',
  },
  'Open to Expired': {
    act: async (one) => putGrant(one, { consent: 2, expirationTime: inSeconds(1) }),
    reason: 'Expired',
  },
  'Expired to Open': {
    act: async (one) => putGrant(one, { consent: 2, expirationTime: hour() }),
    reason: 'Open',
  },
  'Open to Deleted': { act: async ({ admin, grantRef }) => admin.delete(kinds.SupportAccessGrant, grantRef) },
};

/** Declares its test. */
export function everyStepIsWalked({ aSetting, typesOf }: Walk): void {
  it('walks over every step that the page about it has, each told by its record', async () => {
    const one = await aSetting();
    await Promise.all([putPolicy(one), putUser(one), putMatrix(one), putApplication(one)]);
    let uid = '';
    for (const { from, to, record } of grantSteps) {
      const { act, reason } = acts[`${from} to ${to}` as StepName];
      const before = uid === '' ? [] : await typesOf(uid);
      await act(one);
      if (reason !== undefined) await untilActive(one, reason);
      if (uid === '') uid = (await grantOf(one)).metadata.uid;
      await eventually(async () =>
        expect((await typesOf(uid)).slice(before.length), `${from} to ${to}`).toContain(record),
      );
    }
  });
}
