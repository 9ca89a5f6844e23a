/**
 * An API server that answers late, or not at all: requests wait for it, up to a limit, and open streams do not. The gateway
 * reaches the real one through a proxy that holds what it says.
 */
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kinds } from '../../../../crds/kinds.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import { startTcpFaultProxy, type TcpFaultProxy } from '../../../kit/control-plane/tcp-fault-proxy.ts';
import { aGatewayInProcess, type GatewayInProcess } from '../../../kit/installation/gateway-in-process.ts';
import type { Person } from '../../../kit/people/http-person.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let proxy: TcpFaultProxy;
let installation: GatewayInProcess;
let ada: Person;

beforeAll(async () => {
  const controlPlane = await dedicatedControlPlane();
  proxy = await startTcpFaultProxy(controlPlane);
  const application: RequestListener = (request, response) => {
    if (request.url !== '/static/stream') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => response.write(`data: ${Date.now()}\n\n`), 20);
    response.once('close', () => clearInterval(timer));
  };
  installation = await aGatewayInProcess(controlPlane, application, { proxy });
});

afterAll(async () => {
  await proxy.pass();
  await installation.stop();
  await proxy.stop();
});

beforeEach(async () => {
  await proxy.pass();
  ada = await installation.withSession();
  await eventually(async () => expect((await ask()).status).toBe(200));
});

async function ask(headers?: Readonly<Record<string, string>>) {
  const from = performance.now();
  const page = await ada.visit(`${installation.application}/jobs`, {
    ...(headers && { headers }),
    stay: true,
  });
  return { status: page.status, body: page.body, tookMs: performance.now() - from };
}

const asBrowser = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

async function aStream() {
  const stream = await ada.open(`${installation.application}/static/stream`);
  expect(stream.status).toBe(200);
  await eventually(() => expect(stream.text()).toContain('data: '));
  return stream;
}

describe('a request whose reads', () => {
  it('take one and a half to three seconds is answered', async () => {
    // Half of it on the way there; a new connection takes twice as long, for its handshake.
    proxy.delay(750);
    const { status, tookMs } = await ask();
    expect(status).toBe(200);
    expect(tookMs).toBeGreaterThan(1499);
    expect(tookMs).toBeLessThan(5000);
  });

  it('are never answered gets 503 within the limit, and a page that says what to do', async () => {
    proxy.silence();
    const { status, body, tookMs } = await ask(asBrowser);
    expect(status).toBe(503);
    expect(body).toContain('Not available at the moment');
    expect(body).toContain('Try again in a minute');
    expect(tookMs).toBeGreaterThan(4900);
    expect(tookMs).toBeLessThan(6500);
  });
});

describe('an open stream', () => {
  it('lives on where reads take half a second, and is cut within a second of a lock all the same', async () => {
    const stream = await aStream();
    proxy.delay(200);
    const long = stream.text().length;
    const from = performance.now();
    await eventually(() => {
      expect(performance.now() - from).toBeGreaterThan(2500);
      expect(stream.text().length).toBeGreaterThan(long);
    });
    const { grant } = await installation.read();
    const lock = { metadata: { name: `grant.${grant.metadata.uid}` }, spec: { reason: 'stop' } };
    await installation.admin.create(kinds.SupportAccessLock, lock);
    const acknowledgedAt = performance.now();
    await stream.ended;
    expect(stream.lastByteAt() - acknowledgedAt).toBeLessThan(1000);
    await installation.reopen();
  });

  it('is cut when it could not be judged for a second, and does not wait as long as a request', async () => {
    const stream = await aStream();
    proxy.silence();
    const from = performance.now();
    await stream.ended;
    // A round every 700 ms, and a second for its reads.
    expect(stream.lastByteAt() - from).toBeLessThan(2000);
  });
});

it('a request that is sent on connections which died silently is answered on new ones', async () => {
  expect(proxy.lose()).toBeGreaterThan(10);
  const { status, tookMs } = await ask();
  expect(status).toBe(200);
  expect(tookMs).toBeLessThan(5000);
  // The watches find out within half a minute by themselves.
  proxy.cut();
});
