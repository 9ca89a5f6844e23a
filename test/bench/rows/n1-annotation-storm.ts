/**
 * N1: what does it cost support that an editor of a namespace writes to its own disabled grant sixty times a second?
 * Requests per second and processor time, with each sort of storm and without in turns. Both sides have the same
 * processors, so beside each storm stands what as many writes of a kind without anything of ours cost, and who used them.
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
import { aBareKind, bareStorm } from './n1-bare-kind.ts';
import { type Storm, stormName, storms } from './n1-storms.ts';

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
      await aBareKind(installation, editor);
      const before = await recordsAboutStorm(installation);
      const rounds: Round[] = [];
      for (const storm of storms) {
        const [quiet, under, bare] = [await measure(), await measure(storm), await measure(bareStorm)];
        rounds.push({ quiet, storm: under, bare });
        progress(`${storm.name}: ${asText(rounds[rounds.length - 1])}`);
      }
      const lost = cut;
      const records = (await recordsAboutStorm(installation)) - before;
      for (const person of people) person.leave();
      return resultsOf(rounds, { lost, records });
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

/** The same processors, one after the other: without a storm, with it, and with one on the bare kind. */
interface Round {
  readonly quiet: Figures;
  readonly storm: Figures;
  readonly bare: Figures;
}

async function anEditor(installation: ExampleInstallation): Promise<Caller> {
  for (const role of ['support-access-editor', 'edit']) {
    const binding = ['create', 'rolebinding', `storm-${role}`, '-n', 'ecase'];
    await installation.kubectl([...binding, `--clusterrole=${role}`, '--user=storm']);
  }
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

const slower = (from: Figures, to: Figures): number => from.requestsPerSecond / to.requestsPerSecond;

function asText(round: Round | undefined): string {
  if (round === undefined) return '';
  const { quiet, storm, bare } = round;
  const [without, under, floor] = [quiet, storm, bare].map((one) => one.requestsPerSecond.toFixed(0));
  const cost = [storm, bare].map((one) => (apiServer(one) / apiServer(quiet)).toFixed(2));
  return `${without} requests a second without, ${under} with, ${floor} with the bare kind; API server ${cost.join(' x, ')} x; ${storm.refused} refused`;
}

function resultsOf(
  rounds: readonly Round[],
  { lost, records }: { readonly lost: number; readonly records: number },
): Result[] {
  const median = (of: (round: Round) => number): number => quantile(rounds.map(of), 0.5);
  // The sorts differ by nature, so the median is judged: the mildest of them says nothing about the others.
  const ratio = (what: string, limit: number, of: (round: Round) => number, detail: string): Result => {
    const [least, most] = [0, 1].map((part) => quantile(rounds.map(of), part).toPrecision(3));
    const spread = `${least} to ${most} over the sorts; ${detail}`;
    return countedResult(what, { value: median(of), unit: 'x', limit, detail: spread });
  };
  const writes = rounds.reduce((sum, { storm: under }) => sum + under.writes, 0);
  const first = rounds[0]?.storm.processors ?? {};
  const used = Object.entries(first).map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`);
  const refused = rounds.reduce((sum, { storm: under }) => sum + under.refused, 0);
  const floor = median(({ quiet, bare }) => slower(quiet, bare)).toPrecision(3);
  const cost = median(({ quiet, bare }) => apiServer(bare) / apiServer(quiet)).toPrecision(3);
  const [without, under] = [
    median(({ quiet }) => quiet.requestsPerSecond),
    median(({ storm }) => storm.requestsPerSecond),
  ].map((one) => one.toPrecision(3));
  return [
    ratio(
      'support requests a second, without over with',
      1.5,
      ({ quiet, storm }) => slower(quiet, storm),
      `${without} without, ${under} with; floor on this machine, by the bare kind: ${floor}`,
    ),
    ratio(
      'the same, bare kind over ours',
      1.25,
      ({ bare, storm }) => slower(bare, storm),
      'what the storm costs because the kind is ours',
    ),
    ratio(
      'processor time of the API server, with over without',
      1.5,
      ({ quiet, storm }) => apiServer(storm) / apiServer(quiet),
      `bare kind: ${cost}; s/s under annotations: ${used.join(', ')}`,
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
