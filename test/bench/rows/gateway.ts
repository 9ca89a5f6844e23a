/**
 * What does a request to an application cost behind the gateway, with readings of its own and with one that serves for a
 * second? On the whole product with a real control plane. The unit U is a batch of ten parallel bare GETs of the same API
 * server by the same client in the same rounds: no figure of one machine says anything about another.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { processorSeconds } from '../../kit/control-plane/process-identity.ts';
import {
  anExampleInstallation,
  type ExampleInstallation,
} from '../../kit/installation/example-installation.ts';
import { asProgram, signedIn, untilActive } from '../../kit/people/acts.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const rounds = 9;
const ofEach = 60;
const warmUp = 150;
const grant = 'case-4711';
const bareGets = 10;

export const gateway: Row = {
  id: 'gateway',
  title: `A lone request of 300 bytes behind the gateway (${rounds} rounds of ${ofEach}), in U of ten bare GETs`,
  async run(progress) {
    progress('the installation: control plane, product, application');
    const installation = await anExampleInstallation();
    try {
      await untilActive(installation, grant);
      const ada = await signedIn(installation, grant);
      progress('each request with a reading of its own');
      const strict = await measured(installation, ada);
      const freshness = { spec: { freshness: { maxStalenessSeconds: 1 } } };
      await installation.kubectl([
        'patch',
        '-n',
        'ecase',
        'sapp',
        'ecase',
        '--type=merge',
        '-p',
        JSON.stringify(freshness),
      ]);
      progress('one reading for a second');
      const stale = await measured(installation, ada);
      return [
        ...resultsOf('', strict, { p50: 1.5, cpu: 1.8, gets: 10 }),
        ...resultsOf(', a second', stale, { p50: 1, cpu: 1.8, gets: 1 }),
      ];
    } finally {
      await installation.stop();
    }
  },
};

interface Measured {
  /** Of the rounds' medians, milliseconds. */
  readonly request: readonly number[];
  readonly unit: readonly number[];
  /** Processor time of one, milliseconds: the gateway's, and this client's for a U. */
  readonly requestCpu: number;
  readonly unitCpu: number;
  /** Requests to the API server that one request took. */
  readonly gets: number;
}

async function measured(installation: ExampleInstallation, ada: Person): Promise<Measured> {
  const { controlPlane, product, applicationOrigin } = installation;
  const { pid } = product.gateway.process();
  const one = async (): Promise<void> => {
    const { status } = await ada.visit(`${applicationOrigin}/api/jobs`, { headers: asProgram, stay: true });
    if (status !== 200) throw new Error(`the request was answered with ${status}`);
  };
  const unit = async (): Promise<void> => {
    const path = '/apis/supportaccess.dev/v1beta1/supportaccesspolicies/default';
    const answers = await Promise.all(
      Array.from({ length: bareGets }, () => controlPlane.admin.send('GET', path)),
    );
    if (answers.some(({ status }) => status !== 200)) throw new Error('a bare GET was refused');
  };
  await timed(one, warmUp);
  await timed(unit, warmUp);
  const request: number[] = [];
  const units: number[] = [];
  let requestCpu = 0;
  let unitCpu = 0;
  const before = await getsOf(installation);
  for (let round = 0; round < rounds; round++) {
    const began = processorSeconds(pid) ?? 0;
    request.push(quantile(await timed(one, ofEach), 0.5));
    requestCpu += (processorSeconds(pid) ?? 0) - began;
    const start = process.cpuUsage();
    units.push(quantile(await timed(unit, ofEach), 0.5));
    const { user, system } = process.cpuUsage(start);
    unitCpu += (user + system) / 1e6;
  }
  const total = rounds * ofEach;
  const gets = ((await getsOf(installation)) - before) / total;
  return {
    request,
    unit: units,
    requestCpu: (1000 * requestCpu) / total,
    unitCpu: (1000 * unitCpu) / total,
    gets,
  };
}

/** How long each took, one after the other, milliseconds. */
async function timed(act: () => Promise<void>, times: number): Promise<number[]> {
  const took: number[] = [];
  for (let each = 0; each < times; each++) {
    const began = performance.now();
    await act();
    took.push(performance.now() - began);
  }
  // What the last one left to do is not the next side's.
  await delay(20);
  return took;
}

async function getsOf({ product }: ExampleInstallation): Promise<number> {
  const page = await (await fetch(new URL('/metrics', product.gateway.process().readyUrl))).text();
  return Number(/^supportaccess_decision_gets_total (\d+)$/m.exec(page)?.[1] ?? Number.NaN);
}

interface Limits {
  readonly p50: number;
  readonly cpu: number;
  readonly gets: number;
}

function resultsOf(
  how: string,
  { request, unit, requestCpu, unitCpu, gets }: Measured,
  limits: Limits,
): Result[] {
  const ratios = request.map((ms, round) => ms / (unit[round] ?? Number.NaN));
  return [
    {
      what: `p50${how}`,
      value: quantile(ratios, 0.5),
      unit: 'x',
      low: quantile(ratios, 0.25),
      high: quantile(ratios, 0.75),
      limit: limits.p50,
      detail: `${quantile(request, 0.5).toFixed(1)} ms, U ${quantile(unit, 0.5).toFixed(1)} ms`,
    },
    countedResult(`processor of the gateway${how}`, {
      value: requestCpu / unitCpu,
      unit: 'x',
      limit: limits.cpu,
      detail: `${requestCpu.toFixed(2)} ms, the client's for a U ${unitCpu.toFixed(2)} ms`,
    }),
    countedResult(`GETs of the API server${how}`, { value: gets, unit: 'requests', limit: limits.gets }),
  ];
}
