/**
 * R2: how long after the API server acknowledged that access is taken back does the last byte of thirty open streams
 * arrive, while other processes leave this machine no rest? On the whole product with a real control plane.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { eventually } from '../../kit/clock/eventually.ts';
import type { ExampleInstallation } from '../../kit/installation/example-installation.ts';
import { anExampleInstallation } from '../../kit/installation/example-installation.ts';
import { applyGrant, signedIn, untilActive } from '../../kit/people/acts.ts';
import type { OpenStream } from '../../kit/people/http-person.ts';
import { nowExact } from '../../kit/people/race.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const rounds = 6;
const browsers = 10;
const streamsOfEach = 3;
const busyLoad = 11;
const limitMs = 1000;
const grants = '/apis/supportaccess.dev/v1beta1/namespaces/ecase/supportaccessgrants';

export const r2: Row = {
  id: 'r2',
  title: `Grant disabled, ${browsers * streamsOfEach} streams over (${rounds} rounds, at a load of ${busyLoad})`,
  async run(progress) {
    progress('the installation: control plane, product, application');
    const installation = await anExampleInstallation();
    try {
      const seen: number[] = [];
      const loads: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        seen.push(...(await playRound(installation, `load-${round}`, loads)));
        progress(`round ${round}: the slowest so far ${Math.max(...seen).toFixed(0)} ms`);
      }
      return [resultOf(seen, loads)];
    } finally {
      await installation.stop();
    }
  },
};

/** The milliseconds from the acknowledgement to the last byte of each stream. */
async function playRound(
  installation: ExampleInstallation,
  grant: string,
  loads: number[],
): Promise<number[]> {
  await applyGrant(installation, { name: grant });
  await untilActive(installation, grant);
  const people = [];
  for (let one = 0; one < browsers; one++) people.push(await signedIn(installation, grant));
  const wanted = people.flatMap((person) => Array.from({ length: streamsOfEach }, () => person));
  const streams = await Promise.all(
    wanted.map((person) => person.open(`${installation.applicationOrigin}/api/events`)),
  );
  await eventually(
    () => {
      const silent = streams.find((stream) => !isRunning(stream));
      if (silent !== undefined) throw new Error(`a stream is silent: ${silent.status} ${silent.text()}`);
    },
    { within: 60_000 },
  );
  const busy = await aBusyMachine();
  try {
    loads.push(loadOfAMinute());
    const { status, text } = await installation.controlPlane.admin.send('PATCH', `${grants}/${grant}`, {
      contentType: 'application/merge-patch+json',
      body: { spec: { access: 'Disabled' } },
    });
    const acknowledgedAt = nowExact();
    if (status !== 200) throw new Error(`the grant was not disabled: ${status} ${text}`);
    await Promise.all(streams.map(({ ended }) => ended));
    return streams.map((stream) =>
      Math.max(0, performance.timeOrigin + stream.lastByteAt() - acknowledgedAt),
    );
  } finally {
    for (const process of busy) process.kill('SIGKILL');
    for (const person of people) person.leave();
  }
}

const isRunning = (stream: OpenStream): boolean => stream.text().includes('still working');

/**
 * Processes that compute without end; resolves when the average of a minute shows the load. Five more than the load lacks:
 * the average comes near the number of processes for minutes, and never reaches it.
 */
async function aBusyMachine(): Promise<readonly ChildProcess[]> {
  const lacking = Math.max(1, Math.ceil(busyLoad - loadOfAMinute())) + 5;
  const busy = Array.from({ length: lacking }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    await eventually(
      () => {
        if (loadOfAMinute() < busyLoad) throw new Error('the machine is not busy yet');
      },
      { within: 180_000 },
    );
  } catch (error) {
    for (const process of busy) process.kill('SIGKILL');
    throw error;
  }
  return busy;
}

const loadOfAMinute = (): number => loadavg()[0] ?? 0;

function resultOf(seen: readonly number[], loads: readonly number[]): Result {
  const [p50, p99] = [quantile(seen, 0.5), quantile(seen, 0.99)];
  const load = loads.map((one) => one.toFixed(1)).join(', ');
  return countedResult('last byte of an open stream', {
    value: Math.max(...seen),
    unit: 'ms',
    limit: limitMs,
    detail: `slowest of ${seen.length}; p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; load ${load}`,
  });
}
