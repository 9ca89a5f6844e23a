/**
 * E2 for people: what does looking again at 10,000 people in retention cost, each named by a grant that has ended, when nothing
 * is due? The real controller on real copies; whatever it would write, delete or record is counted.
 */
import { ObjectStore } from '../../../kube/watch/object-store.ts';
import { grantController } from '../../../operator/grant/controller.ts';
import { userController } from '../../../operator/user/controller.ts';
import { planUser } from '../../../operator/user/plan.ts';
import { indexersOf } from '../../../operator/watching/caches.ts';
import type { Caches } from '../../../operator/watching/collections.ts';
import type { ControllerContext } from '../../../operator/watching/controller.ts';
import { aGrant, forUser, until } from '../../kit/objects/grant.ts';
import { identitiesNamespace, noon } from '../../kit/objects/grant-world.ts';
import { metadataOf, withMetadata, withSpec } from '../../kit/objects/object.ts';
import { aPolicy } from '../../kit/objects/policy.ts';
import { aUserNamed } from '../../kit/objects/user.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Row } from '../row.ts';

const people = 10_000;
const rounds = 7;
const mostMicros = 20;
const neverAborted = new AbortController().signal;

export const e2People: Row = {
  id: 'e2-people',
  title: 'Sweep of 10,000 people in retention',
  async run(progress) {
    progress('10,000 people, each deactivated when the last grant ended');
    const { context, uids, writes } = anInstallation();
    const handle = userController.start(context);
    const micros: number[] = [];
    // the first is the warm-up
    for (let round = 0; round <= rounds; round++) {
      const start = process.cpuUsage();
      for (const uid of uids) await handle(uid, neverAborted);
      const { user, system } = process.cpuUsage(start);
      if (round > 0) micros.push((user + system) / uids.length);
    }
    return [
      countedResult('writes and records', { value: writes(), unit: 'writes', limit: 0 }),
      {
        what: 'CPU for one person',
        value: quantile(micros, 0.5),
        unit: 'us',
        low: quantile(micros, 0.25),
        high: quantile(micros, 0.75),
        limit: mostMicros,
        detail: `${people.toLocaleString('en')} people, ${rounds} rounds`,
      },
    ];
  },
};

function anInstallation() {
  let writes = 0;
  const counted = async (): Promise<never> => {
    writes += 1;
    throw new Error('nothing may be written');
  };
  const client = new Proxy({}, { get: () => counted }) as ControllerContext['client'];
  const policy = aPolicy(withSpec({ users: { afterLastGrant: 'Deactivate' } }));
  const grants = Array.from({ length: people }, (_, at) =>
    aGrant(
      forUser(`person-${at}`),
      until('2026-12-01T11:00:00Z'),
      withMetadata(metadataOf('SupportAccessGrant', `case-${at}`, `tenant-${at % 500}`)),
    ),
  );
  const users = grants.map((grant, at) => {
    const object = aUserNamed(`person-${at}`);
    return {
      ...object,
      status: planUser({ object, gone: false, policy, grants: [grant] }, { now: noon, surely: noon }).status,
    };
  });
  const caches = Object.fromEntries(
    Object.entries({ policies: [policy], grants, users }).map(([name, objects]) => {
      const namespaces = { releaseNamespace: 'support-access', identitiesNamespace };
      const watches = [...grantController.watches, ...userController.watches];
      const store = new ObjectStore(indexersOf(name as 'users', namespaces, watches));
      store.replace([...objects]);
      return [name, Object.assign(store, { onChange: () => () => undefined })];
    }),
  ) as unknown as Caches;
  const context: ControllerContext = {
    client,
    caches,
    records: {
      write: async ({ drafts }) => {
        writes += drafts.length;
        return 'recorded';
      },
      requesterOf: () => undefined,
      restoredIn: () => Promise.resolve(undefined),
    },
    reach: { problem: () => undefined, onChange: () => undefined },
    now: () => noon + 1000,
    surely: () => noon + 1000,
    enqueue: () => undefined,
    releaseNamespace: 'support-access',
    identitiesNamespace,
  };
  return { context, uids: users.map(({ metadata }) => metadata.uid), writes: () => writes };
}
