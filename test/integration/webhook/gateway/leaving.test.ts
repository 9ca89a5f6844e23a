/** What the clients of server-sent events see when their gateway stops: a stream that ended, and another gateway. */

import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher, EventSource } from 'undici';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../kit/clock/eventually.ts';
import { aGatewayInProcess, type GatewayInProcess } from '../../../kit/installation/gateway-in-process.ts';
import { hiddenAddress } from '../../../kit/masking/hidden.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let installation: GatewayInProcess;
/** The ids with which clients of events connected. */
const connected: (string | undefined)[] = [];

beforeAll(async () => {
  let next = 0;
  installation = await aGatewayInProcess(await dedicatedControlPlane(), (request, response) => {
    connected.push(request.headers['last-event-id']?.toString());
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 100\n\n');
    const timer = setInterval(() => {
      next += 1;
      // The rest of the last one is always still to come: only what ends with an empty line is an event.
      response.write(`id: ${next}\ndata: ${next} of ada@x.com\n`);
      setTimeout(() => response.write('\n'), 10);
    }, 20);
    response.once('close', () => clearInterval(timer));
  });
});

afterAll(() => installation.stop());

const onLoopback: LookupFunction = (_host, { all }, found) => {
  if (all) found(null, [{ address: '127.0.0.1', family: 4 }]);
  else found(null, '127.0.0.1', 4);
};

/** Ada's browser, as far as events go; `port` says where a balancer sends a new connection. */
async function eventsOf(url: string, port: () => number) {
  const ada = await installation.withSession();
  const cookie = ada.cookies.headerFor(new URL(url)) ?? '';
  const connect = buildConnector({ ca: installation.ca, lookup: onLoopback });
  const agent = new Agent({
    connect: (options, done) => connect({ ...options, port: String(port()) }, done),
  });
  const dispatcher = agent.compose((dispatch) => (options: Dispatcher.DispatchOptions, handler) => {
    const headers = { ...(options.headers as Record<string, string>), cookie, accept: 'text/event-stream' };
    return dispatch({ ...options, headers }, handler);
  });
  const source = new EventSource(url, { node: { dispatcher } });
  onTestFinished(async () => {
    source.close();
    await agent.close();
  });
  const seen: number[] = [];
  const broken: number[] = [];
  source.addEventListener('message', ({ data }) => {
    expect(data).toMatch(new RegExp(`of ${hiddenAddress.source}`));
    seen.push(Number.parseInt(String(data), 10));
  });
  source.addEventListener('error', () => broken.push(source.readyState));
  return { seen, broken };
}

it('a client of events goes on at another gateway, with the id of the last event that it had', async () => {
  const url = `${installation.application}/static/stream`;
  const leaving = await installation.another();
  const staying = await installation.another();
  let balanced = leaving;
  const { seen, broken } = await eventsOf(url, () => balanced.port);
  await eventually(() => expect(seen.length).toBeGreaterThan(5));
  expect(connected).toEqual([undefined]);

  balanced = staying;
  const from = performance.now();
  await leaving.stop();
  // Without the twelve seconds that what has an end of its own is given.
  expect(performance.now() - from).toBeLessThan(6000);
  await eventually(() => expect(connected).toHaveLength(2));
  const had = seen.indexOf(Number(connected[1]));
  expect(had).toBeGreaterThan(4);
  await eventually(() => expect(seen.length).toBeGreaterThan(had + 5));
  expect(seen).toEqual([...new Set(seen)].sort((one, other) => one - other));
  expect([...new Set(broken)]).toEqual([EventSource.CONNECTING]);
});

it('the stream ends as HTTP ends a response, and the records say why', async () => {
  const ada = await installation.withSession();
  // The first test asked other gateways: this one may not have seen the application yet.
  const stream = await eventually(async () => {
    const opened = await ada.open(`${installation.application}/static/stream`);
    expect(opened.status).toBe(200);
    return opened;
  });
  await eventually(() => expect(stream.text()).toMatch(hiddenAddress));
  await installation.gateway.stop();
  await stream.ended;
  expect(stream.isWhole()).toBe(true);
  const lines = await installation.store.read({ after: 0, limit: 10_000 });
  expect(lines.some((line) => line.includes('"GatewayStopped"'))).toBe(true);
});
