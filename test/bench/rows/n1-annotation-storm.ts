/**
 * N1: what does it cost support that an editor of a namespace patches an annotation of its own disabled grant sixty times a
 * second? Requests per second and the API server's processor time, with the storm and without in turns.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Caller, callerOf, mergePatch } from '../../kit/control-plane/caller.ts';
import { processorSeconds } from '../../kit/control-plane/process-identity.ts';
import type { ExampleInstallation } from '../../kit/installation/example-installation.ts';
import { anExampleInstallation } from '../../kit/installation/example-installation.ts';
import { applyGrant, ask, signedIn, untilActive } from '../../kit/people/acts.ts';
import { race } from '../../kit/people/race.ts';
import { recordsOf } from '../../kit/records/trail-reading.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const rounds = 5;
const roundMs = 4000;
const loops = 4;
/** As many as a browser holds open to one host without trouble. */
const streamsOfEach = 4;
const browsers = 10;
const openStreams = browsers * streamsOfEach;
const patchesPerSecond = 60;
const grant = 'case-4711';
const target = '/apis/supportaccess.dev/v1beta1/namespaces/ecase/supportaccessgrants/storm';

export const n1: Row = {
  id: 'n1',
  title: `${patchesPerSecond} annotations a second on a disabled grant (${rounds} rounds, ${openStreams} streams)`,
  async run(progress) {
    progress('the installation: control plane, product, application');
    const installation = await anExampleInstallation();
    try {
      const editor = await anEditor(installation);
      await applyGrant(installation, { name: 'storm', spec: { access: 'Disabled' } });
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
      const measure = async (patches: number) =>
        measured(installation, { request: () => ask(installation, ada), editor, patches });
      await measure(0);
      const before = await recordsAboutStorm(installation);
      const pairs: Pair[] = [];
      for (let round = 0; round < rounds; round++) {
        const quiet = await measure(0);
        pairs.push({ quiet, storm: await measure(patchesPerSecond) });
        progress(`${round + 1} rounds`);
      }
      const lost = cut;
      const records = (await recordsAboutStorm(installation)) - before;
      for (const person of people) person.leave();
      return resultsOf(pairs, { lost, records });
    } finally {
      await installation.stop();
    }
  },
};

interface Figures {
  readonly requestsPerSecond: number;
  readonly refused: number;
  /** Seconds of processor time a second. */
  readonly apiServer: number;
  readonly patches: number;
}

interface Pair {
  readonly quiet: Figures;
  readonly storm: Figures;
}

async function anEditor(installation: ExampleInstallation): Promise<Caller> {
  const role = '--clusterrole=support-access-editor';
  await installation.kubectl(['create', 'rolebinding', 'storm', '-n', 'ecase', role, '--user=storm']);
  return callerOf(await installation.controlPlane.userKubeconfig('storm'));
}

async function recordsAboutStorm(installation: ExampleInstallation): Promise<number> {
  const all = await recordsOf(installation);
  return all.filter((record) => [record.target?.name, record.grant?.name].includes('storm')).length;
}

interface Load {
  readonly request: () => ReturnType<typeof ask>;
  readonly editor: Caller;
  /** A second. */
  readonly patches: number;
}

async function measured({ controlPlane }: ExampleInstallation, load: Load): Promise<Figures> {
  const pid = controlPlane.pids()['kube-apiserver'];
  const running = race(Array.from({ length: loops }, () => load.request));
  const [from, cpu] = [performance.now(), processorSeconds(pid) ?? 0];
  const patches = await storm(load, roundMs);
  const seconds = (performance.now() - from) / 1000;
  const apiServer = ((processorSeconds(pid) ?? 0) - cpu) / seconds;
  const tries = [...running.tries];
  await running.stop();
  const passed = tries.filter(({ status }) => status === 200).length;
  return { requestsPerSecond: passed / seconds, refused: tries.length - passed, apiServer, patches };
}

/** Patches at a fixed rate for so long, whether or not they are answered; resolves to how many the API server took. */
async function storm({ editor, patches }: Load, ms: number): Promise<number> {
  if (patches === 0) {
    await delay(ms);
    return 0;
  }
  const sent: Promise<number>[] = [];
  const from = performance.now();
  while (performance.now() - from < ms) {
    const body = { metadata: { annotations: { note: `${from}-${sent.length}` } } };
    const answer = editor('PATCH', target, { body, contentType: mergePatch });
    sent.push(
      answer.then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await delay(Math.max(0, from + (sent.length * 1000) / patches - performance.now()));
  }
  return (await Promise.all(sent)).filter((status) => status === 200).length;
}

function resultsOf(
  pairs: readonly Pair[],
  { lost, records }: { readonly lost: number; readonly records: number },
): Result[] {
  const ratio = (what: string, limit: number, of: (pair: Pair) => number, detail: string): Result => {
    const values = pairs.map(of);
    const [low, value, high] = [0.25, 0.5, 0.75].map((part) => quantile(values, part));
    return { what, value: value ?? 0, unit: 'x', low: low ?? 0, high: high ?? 0, limit, detail };
  };
  const median = (of: (pair: Pair) => number): string => quantile(pairs.map(of), 0.5).toPrecision(3);
  const patches = pairs.reduce((sum, { storm: { patches: taken } }) => sum + taken, 0);
  const refused = pairs.reduce((sum, { storm: under }) => sum + under.refused, 0);
  return [
    ratio(
      'support requests a second, without over with',
      1.5,
      ({ quiet, storm: under }) => quiet.requestsPerSecond / under.requestsPerSecond,
      `${median(({ quiet }) => quiet.requestsPerSecond)} without, ${median((pair) => pair.storm.requestsPerSecond)} with`,
    ),
    ratio(
      'processor time of the API server, with over without',
      1.5,
      ({ quiet, storm: under }) => under.apiServer / quiet.apiServer,
      `${median(({ quiet }) => quiet.apiServer)} s/s without, ${median((pair) => pair.storm.apiServer)} s/s with`,
    ),
    countedResult('support requests refused under the storm', { value: refused, unit: 'requests', limit: 0 }),
    countedResult('streams cut', { value: lost, unit: 'requests', limit: 0, detail: `of ${openStreams}` }),
    countedResult('records that the storm left', {
      value: records,
      unit: 'writes',
      limit: 0,
      detail: `after ${patches} patches`,
    }),
  ];
}
