/**
 * M2: what does each pod take, idle and with 50 people at work? As the kubelet tells it, on a real node, against what the
 * chart asks the scheduler for: a pod that takes more than it asked for is one that a full node is short of.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { eventually } from '../../kit/clock/eventually.ts';
import { type Part, parts } from '../../kit/installation/product-memory.ts';
import { NODE_NAME } from '../../kit/node/namespaces.ts';
import { startNode } from '../../kit/node/start-node.ts';
import { applyGrant, ask, signedIn, untilActive } from '../../kit/people/acts.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { buildPodImages } from '../../kit/pods/pod-images.ts';
import { type PodSite, untilAdmitted } from '../../kit/pods/pod-site.ts';
import { installRelease } from '../../kit/pods/release.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const people = 50;
const seconds = 60;
/** Each asks once in this time. */
const paceMs = 5_000;
const chartValues = fileURLToPath(new URL('../../../charts/support-access/values.yaml', import.meta.url));

interface Taken {
  readonly megabytes: number;
  /** Thousandths of a core. */
  readonly millicores: number;
}

/** By pod; a part may have several. */
type PodFigures = ReadonlyMap<
  string,
  { readonly part: Part; readonly bytes: number; readonly nanos: number }
>;

export const m2: Row = {
  id: 'm2',
  title: `Memory and CPU of each pod, idle and with ${people} sessions`,
  async run(progress) {
    progress('the images, a node, and the product on it');
    const folder = mkdtempSync(join(tmpdir(), 'support-access-bench-m2-'));
    const node = await startNode();
    try {
      const site = await installRelease(node, await buildPodImages(folder));
      await applyGrant(site, { name: 'at-work' });
      await untilActive(site, 'at-work');
      await untilAdmitted(site);
      progress(`idle for ${seconds} s`);
      const idle = await takenDuring(site, async () => delay(seconds * 1000));
      progress(`${people} people sign in`);
      const signed = await someoneFor(site);
      progress(`each asks every ${paceMs / 1000} s, for ${seconds} s`);
      const busy = await takenDuring(site, async () => everyoneAsks(site, signed));
      for (const person of signed) person.leave();
      return parts.flatMap((part) => resultsOf(part, idle[part], busy[part]));
    } finally {
      await node.stopNode();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function someoneFor(site: PodSite): Promise<Person[]> {
  const signed: Person[] = [];
  while (signed.length < people) signed.push(await signedIn(site, 'at-work'));
  return signed;
}

async function everyoneAsks(site: PodSite, signed: readonly Person[]): Promise<void> {
  const until = performance.now() + seconds * 1000;
  let refused = 0;
  await Promise.all(
    signed.map(async (person, index) => {
      await delay((index * paceMs) / people);
      while (performance.now() < until) {
        const next = delay(paceMs);
        if ((await ask(site, person)).status !== 200) refused++;
        await next;
      }
    }),
  );
  if (refused > 0) throw new Error(`${refused} requests were not answered`);
}

/** The most that any pod of a part took: CPU over the time of the work, memory at its end. */
async function takenDuring(site: PodSite, work: () => Promise<void>): Promise<Readonly<Record<Part, Taken>>> {
  const before = await podFigures(site);
  const startedAt = performance.now();
  await work();
  const after = await podFigures(site);
  const took = (performance.now() - startedAt) / 1000;
  const most = (part: Part): Taken => {
    const pods = [...after].filter(([, pod]) => pod.part === part);
    const cpu = pods.map(([name, { nanos }]) => (nanos - (before.get(name)?.nanos ?? 0)) / 1e6 / took);
    return {
      megabytes: Math.max(...pods.map(([, { bytes }]) => bytes)) / 1e6,
      millicores: Math.max(...cpu),
    };
  };
  return { operator: most('operator'), webhook: most('webhook'), gateway: most('gateway') };
}

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly {
      readonly name: string;
      readonly cpu?: { readonly time: string; readonly usageCoreNanoSeconds?: number };
      readonly memory?: { readonly workingSetBytes?: number };
    }[];
  }[];
}

/** The kubelet looks every ten seconds or so: waits until each figure is younger than the call. */
async function podFigures({ node, namespace }: PodSite): Promise<PodFigures> {
  const called = Date.now();
  return eventually(
    async () => {
      const { body } = await node.admin.send('GET', `/api/v1/nodes/${NODE_NAME}/proxy/stats/summary`);
      const found = (body as Summary).pods
        .filter(({ podRef }) => podRef.namespace === namespace)
        .flatMap(({ podRef, containers = [] }) =>
          containers.flatMap(({ name, cpu, memory }) => {
            const part = parts.find((one) => one === name);
            if (part === undefined) return [];
            if (Date.parse(cpu?.time ?? '') < called)
              throw new Error(`the figures of ${podRef.name} are old`);
            const [nanos, bytes] = [cpu?.usageCoreNanoSeconds, memory?.workingSetBytes];
            if (nanos === undefined || bytes === undefined)
              throw new Error(`the kubelet has no figures of ${podRef.name}`);
            return [[podRef.name, { part, bytes, nanos }] as const];
          }),
        );
      if (new Set(found.map(([, { part }]) => part)).size < parts.length)
        throw new Error('the kubelet does not know every part yet');
      return new Map(found);
    },
    { within: 60_000, every: 1_000 },
  );
}

/** What the chart asks the scheduler for. */
function askedFor(part: Part): Taken {
  const values = parse(readFileSync(chartValues, 'utf8')) as Record<
    Part,
    { resources: { requests: { cpu: string; memory: string } } }
  >;
  const { cpu, memory } = values[part].resources.requests;
  return {
    megabytes: Math.floor((Number.parseInt(memory, 10) * 2 ** 20) / 1e6),
    millicores: Number.parseInt(cpu, 10),
  };
}

function resultsOf(part: Part, idle: Taken, busy: Taken): Result[] {
  const limit = askedFor(part);
  return [
    countedResult(`${part}, memory`, {
      value: Math.round(busy.megabytes),
      unit: 'MB',
      limit: limit.megabytes,
      detail: `idle ${idle.megabytes.toFixed(0)} MB`,
    }),
    countedResult(`${part}, CPU`, {
      value: Math.round(busy.millicores),
      unit: 'm',
      limit: limit.millicores,
      detail: `of a core, in thousandths; idle ${idle.millicores.toFixed(1)}`,
    }),
  ];
}
