/**
 * A process that wants to lead, for the lease tests: says every few milliseconds whether it leads, on a clock that all
 * processes of a machine share. It is paused and killed by the test.
 */
import { createKubeClient } from '../../../kube/api/create-client.ts';
import { createLeaseElector } from '../../../kube/lease/lease.ts';

const [kubeconfigPath, namespace = '', name = '', identity = ''] = process.argv.slice(2);
const client = await createKubeClient({ kubeconfigPath });
const durations = { leaseMs: 3000, renewMs: 2000, retryMs: 300 };
const elector = createLeaseElector({ client, namespace, name, identity, durations });
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort(new Error('stopped')));

function say(what: string): void {
  const at = Number(process.hrtime.bigint() / 1_000_000n);
  process.stdout.write(`${JSON.stringify({ at, what })}\n`);
}

const ticking = setInterval(() => say(elector.isLeading() ? 'leading' : 'following'), 20);

async function lead(signal: AbortSignal): Promise<void> {
  say('begin');
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      say(`aborted: ${(signal.reason as Error).name}`);
      resolve();
    });
  });
}

const end = await elector.run({ lead, signal: stop.signal });
clearInterval(ticking);
say(`end: ${end}`);
await client.close();
