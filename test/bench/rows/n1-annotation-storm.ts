/**
 * N1: what does it cost support that an editor of a namespace writes to its own disabled grant sixty times a second?
 * Requests per second and processor time, with each sort of storm and without in turns. Both sides have the same
 * processors, so beside it stands what the same costs on a ConfigMap, and who used them.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Caller, callerOf } from '../../kit/control-plane/caller.ts';
import { processorSeconds } from '../../kit/control-plane/process-identity.ts';
import type { ExampleInstallation } from '../../kit/installation/example-installation.ts';
import { anExampleInstallation } from '../../kit/installation/example-installation.ts';
import { applyGrant, ask, signedIn, untilActive } from '../../kit/people/acts.ts';
import { race } from '../../kit/people/race.ts';
import { recordsOf } from '../../kit/records/trail-reading.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';
import { elsewhere, type Storm, stormName, storms } from './n1-storms.ts';

const roundMs = 4000;
const loops = 4;
/** As many as a browser holds open to one host without trouble. */
const streamsOfEach = 4;
const browsers = 10;
const openStreams = browsers * streamsOfEach;
const patchesPerSecond = 60;
const grant = 'case-4711';

export const n1: Row = {
  id: 'n1',
  title: `${patchesPerSecond} writes a second by an editor (${storms.length} sorts, ${openStreams} streams)`,
  async run(progress) {
    progress('the installation: control plane, product, application');
    const installation = await anExampleInstallation();
    try {
      const editor = await anEditor(installation);
      await applyGrant(installation, { name: stormName, spec: { access: 'Disabled' } });
      await untilActive(installation, grant);
      const ada = await signedIn(installation, grant);
      const events = `${installation.applicationOrigin}/api/events`;
      const people = [ada];
      while (people.length < browsers) people.push(await signedIn(installation, grant));
      const streams = await Promise.all(
        people.flatMap((person) => Array.from({ length: streamsOfEach }, () => person.open(events))),
      );
      let cut = 0;
      for (const stream of streams) {
        void stream.ended.then(() => {
          cut += 1;
        });
      }
      const measure = async (storm?: Storm) =>
        measured(installation, { request: () => ask(installation, ada), editor, storm });
      await measure();
      const before = await recordsAboutStorm(installation);
      const pairs: Pair[] = [];
      for (const storm of storms) {
        pairs.push({ quiet: await measure(), storm: await measure(storm) });
        progress(`${storm.name}: ${asText(pairs[pairs.length - 1])}`);
      }
      const control = { quiet: await measure(), storm: await measure(elsewhere) };
      progress(`${elsewhere.name}: ${asText(control)}`);
      const lost = cut;
      const records = (await recordsAboutStorm(installation)) - before;
      for (const person of people) person.leave();
      return resultsOf(pairs, { lost, records, control });
    } finally {
      await installation.stop();
    }
  },
};

interface Figures {
  readonly requestsPerSecond: number;
  readonly refused: number;
  /** Seconds of processor time a second, of each process. */
  readonly processors: Readonly<Record<string, number>>;
  readonly writes: number;
}

interface Pair {
  readonly quiet: Figures;
  readonly storm: Figures;
}

async function anEditor(installation: ExampleInstallation): Promise<Caller> {
  for (const role of ['support-access-editor', 'edit']) {
    const binding = ['create', 'rolebinding', `storm-${role}`, '-n', 'ecase'];
    await installation.kubectl([...binding, `--clusterrole=${role}`, '--user=storm']);
  }
  await installation.kubectl(['create', 'configmap', stormName, '-n', 'ecase']);
  return callerOf(await installation.controlPlane.userKubeconfig('storm'));
}

async function recordsAboutStorm(installation: ExampleInstallation): Promise<number> {
  const all = await recordsOf(installation);
  return all.filter((record) => [record.target?.name, record.grant?.name].includes(stormName)).length;
}

interface Load {
  readonly request: () => ReturnType<typeof ask>;
  readonly editor: Caller;
  readonly storm: Storm | undefined;
}

/** Of the programs and of this process, which plays the people, their browsers and the editor. */
function processorsOf({ controlPlane, product }: ExampleInstallation): Record<string, number> {
  const { gateway, webhook, operator } = product;
  const pids = {
    ...controlPlane.pids(),
    gateway: gateway.process().pid,
    webhook: webhook.process().pid,
    operator: operator.process().pid,
    bench: process.pid,
  };
  return mapped(pids, (pid) => processorSeconds(pid) ?? 0);
}

const mapped = (values: Readonly<Record<string, number>>, to: (value: number, name: string) => number) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value, name)]));

async function measured(installation: ExampleInstallation, load: Load): Promise<Figures> {
  const running = race(Array.from({ length: loops }, () => load.request));
  const [from, before] = [performance.now(), processorsOf(installation)];
  const writes = await blow(load, roundMs);
  const seconds = (performance.now() - from) / 1000;
  const used = mapped(processorsOf(installation), (now, name) => (now - (before[name] ?? 0)) / seconds);
  const tries = [...running.tries];
  await running.stop();
  const passed = tries.filter(({ status }) => status === 200).length;
  return { requestsPerSecond: passed / seconds, refused: tries.length - passed, processors: used, writes };
}

/** Writes at a fixed rate for so long, whether or not they are answered; resolves to how many the API server answered. */
async function blow({ editor, storm }: Load, ms: number): Promise<number> {
  if (storm === undefined) {
    await delay(ms);
    return 0;
  }
  const perSecond = patchesPerSecond / (storm.requests ?? 1);
  const sent: Promise<number>[] = [];
  const from = performance.now();
  while (performance.now() - from < ms) {
    const answer = storm.write(editor, `${Math.round(from)}-${sent.length}`);
    sent.push(
      answer.then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await delay(Math.max(0, from + (sent.length * 1000) / perSecond - performance.now()));
  }
  return (await Promise.all(sent)).filter((status) => status > 0).length;
}

const apiServer = ({ processors }: Figures): number => processors['kube-apiserver'] ?? Number.NaN;

function asText(pair: Pair | undefined): string {
  if (pair === undefined) return '';
  const { quiet, storm } = pair;
  const [without, under] = [quiet.requestsPerSecond, storm.requestsPerSecond].map((one) => one.toFixed(0));
  const cost = (apiServer(storm) / apiServer(quiet)).toFixed(2);
  return `${without} requests a second without, ${under} with; API server ${cost} x; ${storm.refused} refused`;
}

function resultsOf(
  pairs: readonly Pair[],
  { lost, records, control }: { readonly lost: number; readonly records: number; readonly control: Pair },
): Result[] {
  const ratio = (what: string, limit: number, of: (pair: Pair) => number, detail: string): Result => {
    const values = pairs.map(of);
    const [low, value, high] = [0.25, 0.5, 0.75].map((part) => quantile(values, part));
    return { what, value: value ?? 0, unit: 'x', low: low ?? 0, high: high ?? 0, limit, detail };
  };
  const median = (of: (pair: Pair) => number): string => quantile(pairs.map(of), 0.5).toPrecision(3);
  const writes = pairs.reduce((sum, { storm: under }) => sum + under.writes, 0);
  const first = pairs[0]?.storm.processors ?? {};
  const used = Object.entries(first).map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`);
  const refused = pairs.reduce((sum, { storm: under }) => sum + under.refused, 0);
  return [
    ratio(
      'support requests a second, without over with',
      1.5,
      ({ quiet, storm: under }) => quiet.requestsPerSecond / under.requestsPerSecond,
      `${median(({ quiet }) => quiet.requestsPerSecond)} without, ${median((pair) => pair.storm.requestsPerSecond)} with; ${elsewhere.name}: ${asText(control)}`,
    ),
    ratio(
      'processor time of the API server, with over without',
      1.5,
      ({ quiet, storm: under }) => apiServer(under) / apiServer(quiet),
      `s/s under annotations: ${used.join(', ')}`,
    ),
    countedResult('support requests refused under the storm', { value: refused, unit: 'requests', limit: 0 }),
    countedResult('streams cut', { value: lost, unit: 'requests', limit: 0, detail: `of ${openStreams}` }),
    countedResult('records that the storm left', {
      value: records,
      unit: 'writes',
      limit: 0,
      detail: `after ${writes} writes`,
    }),
  ];
}
