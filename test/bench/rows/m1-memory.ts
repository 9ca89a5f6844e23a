/**
 * M1: how much memory do operator, webhook and gateway hold with 1,000 open grants? Their bundles, as the image has
 * them, on a real control plane, after each grant went through all of them and a person worked under one. They read a
 * kubeconfig here, so each holds the official client too (about 80 MB), which no pod loads.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { eventually } from '../../kit/clock/eventually.ts';
import { makeBundles } from '../../kit/installation/bundles.ts';
import type { ExampleInstallation } from '../../kit/installation/example-installation.ts';
import { anExampleInstallation } from '../../kit/installation/example-installation.ts';
import { type Part, parts, residentMegabytes } from '../../kit/installation/product-memory.ts';
import { ask, signedIn } from '../../kit/people/acts.ts';
import { race } from '../../kit/people/race.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const grants = 1000;
const requests = 1000;
const lanes = 8;
const chartValues = fileURLToPath(new URL('../../../charts/support-access/values.yaml', import.meta.url));
const collection = '/apis/supportaccess.dev/v1beta1/namespaces/ecase/supportaccessgrants';

type Megabytes = Readonly<Record<Part, number>>;

/** Two thirds of what the chart lets each of them take: the rest is for what a quiet hour does not show. */
function limitsOfChart(): Megabytes {
  const values = parse(readFileSync(chartValues, 'utf8')) as Record<
    Part,
    { resources: { limits: { memory: string } } }
  >;
  const of = (part: Part): number => {
    const [, mebibytes] = /^(\d+)Mi$/.exec(values[part].resources.limits.memory) ?? [];
    return Math.floor(((Number(mebibytes) * 2 ** 20) / 1e6) * (2 / 3));
  };
  return { operator: of('operator'), webhook: of('webhook'), gateway: of('gateway') };
}

export const m1: Row = {
  id: 'm1',
  title: 'Resident memory with 1,000 open grants',
  async run(progress) {
    progress('the installation: control plane, product from its bundles, application');
    const bundles = await makeBundles();
    const installation = await anExampleInstallation({ programs: bundles });
    const peaks = watchPeaks(installation);
    try {
      const before = residentMegabytes(installation.product);
      const opening = performance.now();
      await openGrants(installation, progress);
      const seconds = (performance.now() - opening) / 1000;
      progress(`${requests.toLocaleString('en')} requests under one of them`);
      await work(installation);
      return resultsOf({
        before,
        after: residentMegabytes(installation.product),
        peak: peaks.stop(),
        seconds,
      });
    } finally {
      peaks.stop();
      await installation.stop();
      await bundles.remove();
    }
  },
};

/** The most that each held at any of five looks a second. */
function watchPeaks(installation: ExampleInstallation): { stop(): Megabytes } {
  const peak = { ...residentMegabytes(installation.product) };
  const look = (): void => {
    const now = residentMegabytes(installation.product);
    for (const part of parts) peak[part] = Math.max(peak[part], now[part]);
  };
  const timer = setInterval(look, 200);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}

/** Writes the grants as an administrator would, and waits until the operator has opened each. */
async function openGrants(
  installation: ExampleInstallation,
  progress: (sentence: string) => void,
): Promise<void> {
  const { admin } = installation.controlPlane;
  const example = JSON.parse(await installation.example('grant.yaml')) as { metadata: object };
  let next = 1;
  const lane = async (): Promise<void> => {
    while (next < grants) {
      const body = { ...example, metadata: { ...example.metadata, name: `case-${10_000 + next++}` } };
      const { status, text } = await admin.send('POST', collection, { body, timeout: 60_000 });
      if (status !== 201) throw new Error(`a grant was not created: ${status} ${text}`);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  progress(`${grants - 1} grants written in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  await eventually(
    async () => {
      const { body } = await admin.send('GET', collection, { timeout: 60_000 });
      const { items } = body as { items: readonly { status?: { activeReason?: string } }[] };
      const open = items.filter(({ status }) => status?.activeReason === 'Open').length;
      if (open < grants) throw new Error(`${open} of ${grants} grants are open`);
    },
    { within: 300_000, every: 1000 },
  );
}

async function work(installation: ExampleInstallation): Promise<void> {
  const ada = await signedIn(installation, 'case-4711');
  const running = race(Array.from({ length: lanes }, () => async () => ask(installation, ada)));
  await running.until((tries) => tries.length >= requests);
  await running.stop();
  ada.leave();
  const refused = running.tries.filter(({ status }) => status !== 200).length;
  if (refused > 0) throw new Error(`${refused} of ${running.tries.length} requests were not answered`);
}

function resultsOf(seen: {
  readonly before: Megabytes;
  readonly after: Megabytes;
  readonly peak: Megabytes;
  readonly seconds: number;
}): Result[] {
  const { before, after, peak, seconds } = seen;
  const limits = limitsOfChart();
  const memory = parts.map((part) =>
    countedResult(part, {
      value: Math.round(after[part]),
      unit: 'MB',
      limit: limits[part],
      detail: `with one grant ${before[part].toFixed(0)} MB, at most ${peak[part].toFixed(0)} MB`,
    }),
  );
  const [first, ...rest] = memory;
  return first
    ? [{ ...first, detail: `${first.detail}; all opened in ${seconds.toFixed(0)} s` }, ...rest]
    : [];
}
