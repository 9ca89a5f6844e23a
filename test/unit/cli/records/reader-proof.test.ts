/** Reading for longer than a token lasts: another is asked for in time, whatever the clocks of the machine do. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { authenticated, type Proof } from '../../../../cli/records/reader-proof.ts';
import { readerAccount } from '../../../../crds/names.ts';
import { createKubeClient } from '../../../../kube/api/create-client.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

const ada = 'ada@example.com';
const minute = 60_000;

/** Ada, connected to the records by tokens t1, t2, ... of her account, as long as `allows` lets her have one. */
async function connected(allows: () => boolean = () => true) {
  let made = 0;
  const { options, calls } = await scriptedServer((asked): Reply => {
    if (asked.includes('selfsubjectreviews')) return [201, { status: { userInfo: { username: ada } } }];
    if (!asked.endsWith(`/serviceaccounts/${readerAccount.of(ada)}/token`))
      return failure(404, 'none', 'none');
    if (!allows()) return failure(403, 'not for you');
    made += 1;
    return [201, { status: { token: `t${made}` } }];
  });
  const client = await createKubeClient({ kubeconfigPath: options[1] });
  onTestFinished(() => client.close());
  const clock = aStepClock();
  const shown: string[] = [];
  const connect = ({ token }: Proof) => ({
    call: async () => {
      shown.push((await token?.()) ?? 'none');
      return { status: 200, text: '' };
    },
    close: () => Promise.resolve(),
  });
  const connection = await authenticated({ client, namespace: 'support-access', connect, clock });
  const read = async (): Promise<string> => {
    await connection.call({ method: 'GET', path: '/v1/records', signal: AbortSignal.timeout(10_000) });
    return shown.at(-1) ?? '';
  };
  const asked = (): number => calls.filter((each) => each.endsWith('/token')).length;
  return { clock, read, asked };
}

describe('the token of a reader account', () => {
  it('is good for ten minutes, and asked for anew after eight', async () => {
    const { clock, read, asked } = await connected();
    expect([await read(), asked()]).toEqual(['t1', 1]);
    await clock.step(8 * minute);
    expect([await read(), asked()]).toEqual(['t1', 1]);
    await clock.step(1);
    expect([await read(), await read(), asked()]).toEqual(['t2', 't2', 2]);
    await clock.step(8 * minute + 1);
    expect(await read()).toBe('t3');
  });

  it('is asked for anew after the machine has slept, and where its clock is set back', async () => {
    const { clock, read } = await connected();
    clock.setWall(clock.now() + 60 * minute);
    expect(await read()).toBe('t2');
    clock.setWall(clock.now() - 120 * minute);
    expect(await read()).toBe('t2');
    await clock.step(8 * minute + 1);
    expect(await read()).toBe('t3');
  });

  it('ends the reading where the person may not have another', async () => {
    let isReader = true;
    const { clock, read } = await connected(() => isReader);
    expect(await read()).toBe('t1');
    isReader = false;
    await clock.step(9 * minute);
    await expect(read()).rejects.toMatchObject({ status: 403 });
  });
});

it('a server that opens no WebSocket to a pod is told, with the other way to the records', async () => {
  const { options } = await scriptedServer((asked): Reply => {
    if (asked.includes('selfsubjectreviews')) return [201, { status: { userInfo: { username: ada } } }];
    if (asked.endsWith('/token')) return [201, { status: { token: 't1' } }];
    // As an API server says it of a request that lacks only its upgrade.
    return failure(400, 'Upgrade request required');
  });
  const client = await createKubeClient({ kubeconfigPath: options[1] });
  onTestFinished(() => client.close());
  const connect = () => ({
    call: async () => {
      await client.portForward({ namespace: 'support-access', name: 'webhook' }, 8445);
      return { status: 200, text: '' };
    },
    close: () => Promise.resolve(),
  });
  const proving = { client, namespace: 'support-access', connect, clock: aStepClock() };
  await expect(authenticated(proving)).rejects.toThrow(
    'opens no WebSocket to a pod. Forward the port with kubectl port-forward, and give --url',
  );
});
