/**
 * T2: can an anonymous client tell by the time of the refusal which grants there are? Asks the running product in turns for
 * a grant that exists, from an address that is not on its list, and for one that does not exist.
 */
import { Agent, request } from 'node:https';
import {
  anExampleInstallation,
  type ExampleInstallation,
} from '../../kit/installation/example-installation.ts';
import { quantile } from '../harness.ts';
import { countedResult, type Result, type Row } from '../row.ts';

const samples = 200;
const path = '/support-access/sign-in/ecase';
const grants = { existing: 'case-4711', missing: 'case-4712' } as const;

export const t2: Row = {
  id: 't2',
  title: `Refused sign-in pages of existing and of missing grants (${samples} of each, in turns)`,
  async run(progress) {
    progress('the installation: control plane, product, application');
    const installation = await anExampleInstallation();
    const agent = new Agent({ ca: installation.product.ca, keepAlive: true, maxSockets: 1 });
    try {
      const times = { existing: [] as number[], missing: [] as number[] };
      // The first requests of a process compile; they belong to neither.
      for (let round = -10; round < samples; round += 1) {
        const turns = ['existing', 'missing'] as const;
        for (const side of round % 2 === 0 ? turns : turns.toReversed()) {
          const ms = await refusedAfter(installation, agent, grants[side]);
          times[side].push(...(round < 0 ? [] : [ms]));
        }
        if (round % 50 === 49) progress(`${round + 1} of each`);
      }
      return resultsOf(times.existing, times.missing);
    } finally {
      agent.destroy();
      await installation.stop();
    }
  },
};

/** Milliseconds from the request to the last byte of its refusal. */
async function refusedAfter({ origin }: ExampleInstallation, agent: Agent, grant: string): Promise<number> {
  const url = new URL(`${origin}${path}/${grant}`);
  const began = performance.now();
  const status = await new Promise<number>((resolve, reject) => {
    const headers = { accept: 'application/json', host: url.host };
    const options = { agent, host: '127.0.0.1', localAddress: '127.0.0.9', servername: url.hostname };
    request(
      { ...options, port: url.port, path: url.pathname, headers },
      (response) => void response.resume().once('end', () => resolve(response.statusCode ?? 0)),
    )
      .once('error', reject)
      .end();
  });
  if (status !== 403) throw new Error(`${grant} was answered with ${status}`);
  return performance.now() - began;
}

function resultsOf(existing: readonly number[], missing: readonly number[]): Result[] {
  const [one, other] = [quantile(existing, 0.5), quantile(missing, 0.5)];
  return [
    countedResult('how well one sample tells them apart', {
      // 0: as well as a coin. With 200 of each it is under 0.15 in 99 of 100 runs where there is no difference.
      value: Math.abs(2 * chanceOfLonger(existing, missing) - 1),
      unit: 'x',
      limit: 0.2,
      detail: `existing takes longer in ${(100 * chanceOfLonger(existing, missing)).toFixed(0)} of 100 pairs`,
    }),
    countedResult('difference of the medians', {
      value: Math.abs(one - other),
      unit: 'ms',
      limit: 1,
      detail: `existing ${one.toFixed(2)} ms, missing ${other.toFixed(2)} ms`,
    }),
  ];
}

/** The chance that a sample of the one is larger than one of the other (Mann and Whitney). */
function chanceOfLonger(one: readonly number[], other: readonly number[]): number {
  let larger = 0;
  for (const a of one) for (const b of other) larger += a > b ? 1 : a === b ? 0.5 : 0;
  return larger / (one.length * other.length);
}
