/**
 * E2: what does looking again at 10,000 grants cost when nothing changed? The real controller on real copies of the
 * collections, half of the grants with Kubernetes rights; whatever it would write or record is counted.
 */

import type { KubeObject } from '../../../kube/objects.ts';
import { ObjectStore } from '../../../kube/watch/object-store.ts';
import { grantController } from '../../../operator/grant/controller.ts';
import { planGrant } from '../../../operator/grant/plan.ts';
import { nextStatus } from '../../../operator/grant/report.ts';
import type { GrantWorld } from '../../../operator/grant/world.ts';
import { indexersOf } from '../../../operator/watching/caches.ts';
import type { Caches, CollectionName } from '../../../operator/watching/collections.ts';
import type { ControllerContext } from '../../../operator/watching/controller.ts';
import { anApplication } from '../../kit/objects/application.ts';
import { aGrant, forUser } from '../../kit/objects/grant.ts';
import { credited } from '../../kit/objects/grant-life.ts';
import {
  aWorld,
  holding,
  identitiesNamespace,
  noon,
  readingPods,
  withRights,
} from '../../kit/objects/grant-world.ts';
import { aClusterBinding, aClusterRole, group } from '../../kit/objects/kube-objects.ts';
import { aMatrix } from '../../kit/objects/matrix.ts';
import { inNamespace, metadataOf, named, withMetadata, withSpec } from '../../kit/objects/object.ts';
import { aPolicy } from '../../kit/objects/policy.ts';
import { aUserNamed } from '../../kit/objects/user.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const grants = 10_000;
const people = 200;
const rounds = 7;
const mostMicros = 20;

export const e2: Row = {
  id: 'e2',
  title: 'Resync of 10,000 unchanged grants',
  async run(progress) {
    progress('10,000 open grants, half of them with Kubernetes rights');
    const { context, uids, writes } = anInstallation();
    const handle = grantController.start(context);
    const once = async (): Promise<number> => {
      const start = process.cpuUsage();
      for (const uid of uids) await handle(uid, neverAborted);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / uids.length;
    };
    await once(); // warm-up: compiles, and hashes each matrix
    const micros: number[] = [];
    for (let round = 0; round < rounds; round++) micros.push(await once());
    return [
      countedResult('writes and records', { value: writes(), unit: 'writes', limit: 0 }),
      cpuResult(micros),
    ];
  },
};

const neverAborted = new AbortController().signal;

function cpuResult(micros: readonly number[]): Result {
  return {
    what: 'CPU for one grant',
    value: quantile(micros, 0.5),
    unit: 'us',
    low: quantile(micros, 0.25),
    high: quantile(micros, 0.75),
    limit: mostMicros,
    detail: `${grants.toLocaleString('en')} grants, ${rounds} rounds`,
  };
}

interface Bench {
  readonly context: ControllerContext;
  readonly uids: readonly string[];
  /** Calls that would have reached the API server or the records. */
  readonly writes: () => number;
}

function anInstallation(): Bench {
  let writes = 0;
  const counting = new Proxy(
    {},
    {
      get: () => async () => {
        writes += 1;
        throw new Error('nothing may be written');
      },
    },
  );
  const worlds = Array.from({ length: grants }, (_, at) => aSettledWorld(at));
  const caches = cachesOf(worlds);
  const context: ControllerContext = {
    client: counting as ControllerContext['client'],
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
  return { context, uids: worlds.map(({ grant }) => grant.metadata.uid), writes: () => writes };
}

const rightsMatrix = aMatrix(readingPods, named('ecase-rights-1'), withMetadata({ uid: 'rights-matrix' }));
const plainMatrix = aMatrix();

/** One open grant with all that belongs to it, as it is after it was opened and reported. */
function aSettledWorld(at: number): GrantWorld {
  const namespace = `tenant-${at % 500}`;
  const name = `case-${at}`;
  const user = aUserNamed(`person-${at % people}`);
  const matrix = at % 2 === 0 ? plainMatrix : rightsMatrix;
  const grant = aGrant(
    forUser(user.metadata.name),
    withMetadata(metadataOf('SupportAccessGrant', name, namespace)),
    withSpec({ matrixRef: { name: matrix.metadata.name } }),
  );
  const application = anApplication(inNamespace(namespace));
  const fresh = { ...aWorld(...(at % 2 === 0 ? [] : [withRights()])), grant, users: [user], application };
  const hash = fresh.matrix?.hash ?? '';
  const world = { ...fresh, matrix: { object: matrix, hash } };
  const plan = planGrant(world, noon);
  const made = plan.apply.flatMap((write) => (write.act === 'create' ? [write.wanted.object] : []));
  const status = nextStatus(plan.report, { recorded: 'recorded', refused: undefined });
  return credited(holding(...made)({ ...world, grant: { ...grant, status } }));
}

/** The collections of all these worlds, with the indexes that the controller declares. */
function cachesOf(worlds: readonly GrantWorld[]): Caches {
  const everybody = aClusterBinding('system:basic-user', 'system:basic-user', group('system:authenticated'));
  const rules = rightsMatrix.spec.kubernetes?.rules ?? [];
  const held = {
    policies: [aPolicy()],
    grants: worlds.map((world) => world.grant),
    users: worlds.slice(0, people).flatMap((world) => world.users),
    matrices: [plainMatrix, rightsMatrix],
    applications: worlds.slice(0, 500).flatMap(({ application }) => application ?? []),
    locks: [],
    accounts: worlds.flatMap((world) => world.accounts),
    bindings: worlds.flatMap((world) => world.bindings),
    clusterBindings: [everybody],
    clusterRoles: [
      aClusterRole(rightsMatrix.spec.kubernetes?.clusterRole ?? '', rules),
      aClusterRole('system:basic-user', []),
    ],
  } satisfies Partial<Record<CollectionName, readonly KubeObject[]>>;
  const stores = Object.entries(held).map(([name, objects]) => [
    name,
    storeOf(name as CollectionName, objects),
  ]);
  return Object.fromEntries(stores);
}

function storeOf(name: CollectionName, objects: readonly KubeObject[]) {
  const namespaces = { releaseNamespace: 'support-access', identitiesNamespace };
  const store = new ObjectStore(indexersOf(name, namespaces, grantController.watches));
  store.replace([...objects]);
  return Object.assign(store, { onChange: () => () => undefined });
}
