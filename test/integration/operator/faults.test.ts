/** Bad days of the operator: killed between any two of its acts, two of them, no API server, no records. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { kinds } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { Secrets } from '../../../kube/resources.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import {
  counts,
  type GrantSetting,
  grantOf,
  lock,
  ownedBy,
  putAll,
  putApplication,
  putGrant,
  putMatrix,
  putPolicy,
  putUser,
  unlock,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { identitiesNamespace } from '../../kit/installation/install.ts';
import { leadInProcess, Mortality } from '../../kit/installation/operator-in-process.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';
import { HeldOpening } from './held-opening.ts';

const operated = useOperatedInstallation({ running: false });
const aSetting = async () => operated.aSetting();

async function ready(one: GrantSetting): Promise<void> {
  await Promise.all([putPolicy(one), putUser(one), putMatrix(one), putApplication(one)]);
}

/** A copy that no Service has come to yet. */
const withoutServices = (inner: KubeClient): KubeClient =>
  new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (resource: { readonly plural?: string }, ...given: unknown[]) => {
        const answer: unknown = await Reflect.apply(member, target, [resource, ...given]);
        return name === 'list' && resource.plural === 'services'
          ? { ...(answer as object), items: [] }
          : answer;
      };
    },
  });

const once = (types: readonly string[], type: string): number => types.filter((one) => one === type).length;

describe('an operator that dies after any of its acts', () => {
  // Opening takes about twelve acts with those of the rest of the operator; later numbers die in what comes after.
  it.each(Array.from({ length: 16 }, (_, acts) => acts))(
    'number %i while opening leaves what the next one completes',
    async (acts) => {
      const one = await aSetting();
      await ready(one);
      await putGrant(one);
      const mortality = new Mortality(acts);
      const dying = await leadInProcess(operated.installation, mortality.between);
      await Promise.race([mortality.died, untilActive(one, 'Open').catch(() => undefined)]);
      await dying.stop();
      const next = await leadInProcess(operated.installation);
      const { metadata } = await untilActive(one, 'Open');
      expect(await counts(one.admin, metadata.uid)).toEqual([1, 1, 1]);
      await next.stop();
      const types = await operated.typesOf(metadata.uid);
      for (const type of ['grant.created', 'grant.activated']) expect(once(types, type), type).toBe(1);
      await one.admin.delete(kinds.SupportAccessGrant, one.grantRef);
    },
  );

  it.each(Array.from({ length: 8 }, (_, acts) => acts))(
    'number %i while closing leaves what the next one completes',
    async (acts) => {
      const one = await aSetting();
      const first = await leadInProcess(operated.installation);
      const { metadata } = await putAll(one);
      await first.stop();
      await lock(one.admin, `grant.${metadata.uid}`);
      const mortality = new Mortality(acts);
      const dying = await leadInProcess(operated.installation, mortality.between);
      await Promise.race([mortality.died, untilActive(one, 'Locked').catch(() => undefined)]);
      await dying.stop();
      const next = await leadInProcess(operated.installation);
      await untilActive(one, 'Locked');
      expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]);
      await next.stop();
      const types = await operated.typesOf(metadata.uid);
      expect(once(types, 'grant.suspended')).toBe(1);
      await unlock(one.admin, `grant.${metadata.uid}`);
      await one.admin.delete(kinds.SupportAccessGrant, one.grantRef);
    },
  );
});

describe('an operator that starts anew', () => {
  it('finds a credential that was deleted meanwhile, and makes another', async () => {
    const one = await aSetting();
    const first = await leadInProcess(operated.installation);
    const { metadata } = await putAll(one);
    await first.stop();
    const [secret] = (await ownedBy(one.admin, metadata.uid)).secrets;
    await one.admin.delete(Secrets, { namespace: identitiesNamespace, name: secret!.metadata.name });
    const next = await leadInProcess(operated.installation);
    await eventually(async () => {
      const [now] = (await ownedBy(one.admin, metadata.uid)).secrets;
      expect(now?.metadata.uid).not.toBe(secret?.metadata.uid);
      expect(await counts(one.admin, metadata.uid)).toEqual([1, 1, 1]);
    });
    await next.stop();
  });

  it('sweeps what a grant left that was deleted meanwhile, and tells it', async () => {
    const one = await aSetting();
    const first = await leadInProcess(operated.installation);
    const { metadata } = await putAll(one);
    await first.stop();
    await one.admin.delete(kinds.SupportAccessGrant, one.grantRef);
    const next = await leadInProcess(operated.installation);
    await eventually(async () => expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]));
    await next.stop();
    const types = await operated.typesOf(metadata.uid);
    expect(types).toContain('credential.revoked');
    expect(types).toContain('grant.deleted');
  });
});

describe('two operators at once', () => {
  it('end in the same state as one', async () => {
    const both = [await leadInProcess(operated.installation), await leadInProcess(operated.installation)];
    const settings = await Promise.all(Array.from({ length: 5 }, aSetting));
    await Promise.all(settings.map((one) => putAll(one)));
    for (const one of settings) {
      const { metadata } = await grantOf(one);
      await eventually(async () => expect(await counts(one.admin, metadata.uid)).toEqual([1, 1, 1]));
      const opened = once(await operated.typesOf(metadata.uid), 'grant.activated');
      // One of the two may be told late of a person or a Service, close for want of it, and open anew: no opening is told twice.
      const { status } = await grantOf(one);
      expect(opened).toBeOneOf(Array.from({ length: 1 + (status?.closings ?? 0) }, (_, ends) => ends + 1));
      await putGrant(one, { access: 'Disabled' });
    }
    for (const one of settings) {
      const { metadata } = await untilActive(one, 'Disabled');
      await eventually(async () => expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]));
    }
    await Promise.all(both.map((one) => one.stop()));
  });

  it('record an opening once, also where one reports it closed from a stale copy before the other reports it', async () => {
    const one = await aSetting();
    const held = new HeldOpening(one);
    const first = await leadInProcess(operated.installation, held.between);
    await ready(one);
    await putGrant(one);
    // The status is never Open before the report is let go: this bounds the wait, and says what the status was.
    await Promise.race([held.recorded, untilActive(one, 'Open')]);
    const stale = await leadInProcess(operated.installation, { client: withoutServices });
    const { metadata } = await untilActive(one, 'NoService');
    await stale.stop();
    held.release();
    await untilActive(one, 'Open');
    expect(once(await operated.typesOf(metadata.uid), 'grant.activated')).toBe(1);
    await putGrant(one, { access: 'Disabled' });
    await untilActive(one, 'Disabled');
    await putGrant(one);
    await untilActive(one, 'Open');
    expect(once(await operated.typesOf(metadata.uid), 'grant.activated')).toBe(2);
    await first.stop();
  });
});

describe('an operator whose records are away', () => {
  afterEach(() => operated.installation.records.setAway(false));

  it('opens nothing, closes at once, and tells the end when they are back', async () => {
    const operator = await leadInProcess(operated.installation);
    const [open, waiting] = [await aSetting(), await aSetting()];
    const { metadata } = await putAll(open);
    operated.installation.records.setAway(true);
    await ready(waiting);
    await putGrant(waiting);
    await putGrant(open, { access: 'Disabled' });
    await eventually(async () => expect(await counts(open.admin, metadata.uid)).toEqual([0, 0, 0]));
    const closed = await untilActive(open, 'Disabled');
    expect(closed.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Recorded', status: 'False' }),
    );
    expect((await grantOf(waiting)).status?.activeReason).not.toBe('Open');
    expect(await counts(open.admin, (await grantOf(waiting)).metadata.uid)).toEqual([0, 0, 0]);
    const told = {
      type: 'RecordsUnavailable',
      status: 'True',
      message: expect.stringContaining('503') as string,
    };
    await eventually(
      async () => {
        const policy = await open.admin.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, {
          name: policyName,
        });
        for (const { status } of [policy, await grantOf(waiting)])
          expect(status?.conditions).toContainEqual(expect.objectContaining(told));
      },
      { within: 20_000 },
    );
    operated.installation.records.setAway(false);
    const backAt = performance.now();
    await untilActive(waiting, 'Open', 30_000);
    process.stderr.write(`opened ${Math.round(performance.now() - backAt)} ms after the records were back\n`);
    await eventually(
      async () => {
        const policy = await open.admin.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, {
          name: policyName,
        });
        for (const { status } of [policy, await grantOf(waiting)])
          expect(status?.conditions?.map(({ type }) => type)).not.toContain('RecordsUnavailable');
      },
      { within: 20_000 },
    );
    await eventually(
      async () => expect(once(await operated.typesOf(metadata.uid), 'grant.revoked')).toBe(1),
      {
        within: 20_000,
      },
    );
    await eventually(async () => {
      const conditions = (await grantOf(open)).status?.conditions ?? [];
      expect(conditions.map(({ type }) => type)).not.toContain('Recorded');
    });
    await operator.stop();
  });
});

describe('the operator’s process', () => {
  it('killed with -9 while it works is replaced by another, which ends the same', async () => {
    const first = await operated.installation.startOperator();
    const settings = await Promise.all(Array.from({ length: 4 }, aSetting));
    const opening = Promise.all(settings.map((one) => putAll(one).catch(() => undefined)));
    await eventually(async () => expect((await grantOf(settings[0]!)).metadata.uid).toBeTypeOf('string'));
    await first.kill();
    const second = await operated.installation.startOperator();
    await opening;
    for (const one of settings) {
      // The first one's lease stands for ten seconds.
      const { metadata } = await untilActive(one, 'Open', 40_000);
      await eventually(async () => expect(await counts(one.admin, metadata.uid)).toEqual([1, 1, 1]));
    }
    await second.stop();
    expect((await second.ended).code).toBe(0);
  });

  it('goes on when the API server was away in the middle, across the end of a grant', async () => {
    const operator = await operated.installation.startOperator();
    const one = await aSetting();
    const end = Date.now() + 6000;
    const { metadata } = await putAll(one, { expirationTime: new Date(end).toISOString() });
    await operated.controlPlane.killApiServer();
    await eventually(() => expect(Date.now()).toBeGreaterThan(end));
    await operated.controlPlane.startApiServer();
    await untilActive(one, 'Expired', 40_000);
    await eventually(async () => expect(await counts(one.admin, metadata.uid)).toEqual([0, 0, 0]));
    // Also where the API server takes longer to come back than the lease lasts.
    expect(operator.isRunning()).toBe(true);
    await operator.stop();
  });
});
