/**
 * The leading operator inside the test's own process, so that it can die between any two of its calls. Same parts as
 * operator/main.ts puts together, without lease and health; signs in as the operator's ServiceAccount.
 */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { KubeClient } from '../../../kube/api/client.ts';
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { systemClock } from '../../../kube/clock.ts';
import { createControllerCaches, runControllers } from '../../../operator/controllers.ts';
import { followRecords } from '../../../operator/observers/records-reach.ts';
import { createRecordWriter } from '../../../operator/writes/write-records.ts';
import { createTrail } from '../../../trail/client.ts';
import { tokenFromFile } from '../../../trail/connection.ts';
import { createInstanceLease } from '../../../trail/instance-lease.ts';
import type { Trail } from '../../../trail/trail.ts';
import { identitiesNamespace } from './install.ts';
import type { OperatedInstallation } from './operated-installation.ts';

export interface LeadingOperator {
  stop(): Promise<void>;
}

/** What may be put between the operator and the world. */
export interface Between {
  readonly client?: (client: KubeClient) => KubeClient;
  readonly trail?: (trail: Trail) => Trail;
}

/** Resolves when it leads. */
export async function leadInProcess(
  installation: OperatedInstallation,
  between: Between = {},
): Promise<LeadingOperator> {
  const { releaseNamespace } = installation;
  const { kubeconfig } = await installation.account('operator');
  const { tokenFile } = await installation.recordsToken('operator');
  const real = await createKubeClient({ kubeconfigPath: kubeconfig });
  const client = between.client?.(real) ?? real;
  const onProblem = () => undefined;
  const caches = createControllerCaches({ client, releaseNamespace, identitiesNamespace, onProblem });
  const all = Object.values(caches);
  for (const cache of all) cache.start();
  await Promise.all(all.map((cache) => cache.synced));
  const connection = {
    url: installation.records.url,
    ca: () => installation.records.ca,
    token: tokenFromFile(tokenFile),
  };
  const sent = createTrail({ ...connection, writer: 'operator' });
  const lease = createInstanceLease({ ...connection, instance: randomUUID() });
  const reach = followRecords(lease, systemClock, () => undefined);
  const now = () => Date.now();
  const records = createRecordWriter(
    {
      ...(between.trail?.(sent) ?? sent),
      requestersOf: (...asked) => sent.requestersOf(...asked),
      checkWorld: (...asked) => sent.checkWorld(...asked),
    },
    now,
  );
  const stopping = new AbortController();
  const clocks = { now, surely: now };
  const context = { client, caches, records, reach, ...clocks, releaseNamespace, identitiesNamespace };
  const ended = runControllers(context, { log: pino({ level: 'silent' }) }, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await ended;
      await Promise.all(all.map((cache) => cache.stop()));
      reach.stop();
      await Promise.all([sent.close(0), lease.close()]);
      await real.close();
    },
  };
}

/** A life that ends after so many writes and appended batches: from then on nothing of it reaches the world. */
export class Mortality {
  #left: number;
  #died = Promise.withResolvers<void>();

  constructor(acts: number) {
    this.#left = acts;
  }

  /** Resolves when it died. */
  get died(): Promise<void> {
    return this.#died.promise;
  }

  get between(): Between {
    return {
      client: (client) =>
        this.#mortal(client, ['create', 'apply', 'mergePatch', 'update', 'delete', 'createSubresource']),
      trail: (trail) => this.#mortal(trail, ['append']),
    };
  }

  #mortal<T extends object>(inner: T, acts: readonly string[]): T {
    return new Proxy(inner, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function' || !acts.includes(String(name))) return member;
        return async (...args: unknown[]) => {
          if (this.#left <= 0) {
            this.#died.resolve();
            throw new Error('this operator is dead');
          }
          this.#left -= 1;
          return (await Reflect.apply(member, target, args)) as unknown;
        };
      },
    });
  }
}
