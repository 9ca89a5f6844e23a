/**
 * R2: how long after the API server acknowledged that access is taken back does the last byte of thirty open streams
 * arrive, while other processes leave this machine no rest? On the whole product with a real control plane.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { eventually } from '../../kit/clock/eventually.ts';
import { processorSeconds } from '../../kit/control-plane/process-identity.ts';
import type { ExampleInstallation } from '../../kit/installation/example-installation.ts';
import { anExampleInstallation } from '../../kit/installation/example-installation.ts';
import { applyGrant, signedIn, untilActive } from '../../kit/people/acts.ts';
import type { OpenStream, Person } from '../../kit/people/http-person.ts';
import { nowExact } from '../../kit/people/race.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const rounds = 6;
const browsers = 10;
const streamsOfEach = 3;
/** Beside the product and its cluster. */
const computing = 12;
/** Of processor time, after which a process certainly computes. */
const shareSeconds = 0.2;
/**
 * Computes in slices, and between two of them looks whether its parent is still there: the pipe on its input ends with the
 * parent, also where that was killed. One that stayed would take the processors from all that comes after.
 */
const compute = `
  process.stdin.on('end', () => process.exit()).on('error', () => process.exit()).resume();
  const slice = () => {
    for (const until = performance.now() + 50; performance.now() < until; );
    setImmediate(slice);
  };
  slice();
`;
const limitMs = 1000;
const grants = '/apis/supportaccess.dev/v1beta1/namespaces/ecase/supportaccessgrants';

export const r2: Row = {
  id: 'r2',
  title: `Grant disabled, ${browsers * streamsOfEach} streams over (${rounds} rounds, beside ${computing} that compute)`,
  async run(progress) {
    progress('the installation: control plane, product, application');
    const installation = await anExampleInstallation();
    try {
      const seen: Cut[] = [];
      const busyWith: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        seen.push(...(await playRound(installation, `load-${round}`, busyWith)));
        progress(`round ${round}: the slowest so far ${slowest(seen, 'afterAcknowledged')} ms`);
      }
      return [resultOf(seen, busyWith)];
    } finally {
      await installation.stop();
    }
  },
};

/** Milliseconds until the last byte of a stream. The client is as starved as all else, and may see the answer late. */
interface Cut {
  readonly afterAcknowledged: number;
  readonly afterSent: number;
}

/** How each stream of a round was cut. */
async function playRound(
  installation: ExampleInstallation,
  grant: string,
  busyWith: number[],
): Promise<Cut[]> {
  await applyGrant(installation, { name: grant });
  await untilActive(installation, grant);
  const people = [];
  // What else runs here may starve a read of the API server: nothing is measured yet.
  const patience = { within: 120_000, every: 1000 };
  for (let one = 0; one < browsers; one++)
    people.push(await eventually(() => signedIn(installation, grant), patience));
  const wanted = people.flatMap((person) => Array.from({ length: streamsOfEach }, () => person));
  const streams = await Promise.all(
    wanted.map((person) => eventually(() => anOpenStream(installation, person), patience)),
  );
  await allRun(streams);
  const busy = await aBusyMachine();
  try {
    await allRun(streams);
    busyWith.push(runnable());
    const sentAt = nowExact();
    const { status, text } = await installation.controlPlane.admin.send('PATCH', `${grants}/${grant}`, {
      contentType: 'application/merge-patch+json',
      body: { spec: { access: 'Disabled' } },
    });
    const acknowledgedAt = nowExact();
    if (status !== 200) throw new Error(`the grant was not disabled: ${status} ${text}`);
    await Promise.all(streams.map(({ ended }) => ended));
    return streams.map((stream) => {
      const lastByteAt = performance.timeOrigin + stream.lastByteAt();
      return { afterAcknowledged: Math.max(0, lastByteAt - acknowledgedAt), afterSent: lastByteAt - sentAt };
    });
  } finally {
    for (const process of busy) process.kill('SIGKILL');
    for (const person of people) person.leave();
  }
}

async function anOpenStream({ applicationOrigin }: ExampleInstallation, person: Person): Promise<OpenStream> {
  const stream = await person.open(`${applicationOrigin}/api/events`);
  if (stream.status !== 200) throw new Error(`no stream was opened: ${stream.status} ${stream.text()}`);
  return stream;
}

/** Waits until each of them has brought something from now on: one that broke off before would end in no time. */
async function allRun(streams: readonly OpenStream[]): Promise<void> {
  const before = streams.map((stream) => stream.text().length);
  await eventually(
    () => {
      const silent = streams.find((stream, at) => stream.text().length <= (before[at] ?? 0));
      if (silent !== undefined) throw new Error(`a stream is silent: ${silent.status} ${silent.text()}`);
    },
    { within: 60_000 },
  );
}

/**
 * Processes that compute without end; resolves when each of them has had its share, so that none is still starting. The
 * load average would say nothing here: it follows over minutes, and a round takes seconds.
 */
async function aBusyMachine(): Promise<readonly ChildProcess[]> {
  const busy = Array.from({ length: computing }, () =>
    spawn(process.execPath, ['-e', compute], { stdio: ['pipe', 'ignore', 'ignore'] }),
  );
  try {
    await eventually(
      () => {
        const idle = busy.filter(({ pid }) => (processorSeconds(pid ?? 0) ?? 0) < shareSeconds);
        if (idle.length > 0) throw new Error(`${idle.length} processes do not compute yet`);
        if (runnable() < computing) throw new Error(`only ${runnable()} processes want a processor`);
      },
      { within: 180_000 },
    );
  } catch (error) {
    for (const process of busy) process.kill('SIGKILL');
    throw error;
  }
  return busy;
}

/** Threads of this machine that have a processor or wait for one, at this moment. */
function runnable(): number {
  const [, said] = /^procs_running (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  if (said === undefined) throw new Error('/proc/stat does not say how many processes are runnable');
  return Number(said);
}

const slowest = (seen: readonly Cut[], from: keyof Cut): string =>
  Math.max(...seen.map((cut) => cut[from])).toFixed(0);

function resultOf(seen: readonly Cut[], busyWith: readonly number[]): Result {
  const after = seen.map(({ afterAcknowledged }) => afterAcknowledged);
  const [p50, p99] = [0.5, 0.99].map((part) => quantile(after, part).toFixed(1));
  return countedResult('last byte of an open stream', {
    value: Math.max(...after),
    unit: 'ms',
    limit: limitMs,
    detail: [
      `slowest of ${seen.length}; p50 ${p50} ms, p99 ${p99} ms`,
      `slowest from the sending of the patch ${slowest(seen, 'afterSent')} ms`,
      `runnable at the patch: ${busyWith.join(', ')}`,
    ].join('; '),
  });
}
