import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { expect, it, onTestFinished, vi } from 'vitest';
import { drainable } from '../../../process/drain.ts';
import { listen } from '../../../process/server.ts';
import { eventually } from '../../kit/clock/eventually.ts';

interface Answer {
  readonly status: number;
  readonly connection: string | undefined;
  readonly text: string;
}

async function aDrained(serve: (response: ServerResponse) => void) {
  const server: Server = createServer((_, response) => serve(response));
  server.keepAliveTimeout = 120_000;
  const drained = drainable(server);
  const port = await listen(server, { bind: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const ask = async (own: Agent = agent): Promise<Answer> => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ port, host: '127.0.0.1', agent: own }, resolve).on('error', reject).end();
    });
    const text = Buffer.concat(await answer.toArray()).toString();
    return { status: answer.statusCode ?? 0, connection: answer.headers.connection, text };
  };
  /** Resolves when it takes no new connections any more. */
  const untilDeaf = () => eventually(() => expect(server.listening).toBe(false));
  return { drained, agent, ask, untilDeaf };
}

/** Stands still until the test moves it, so that a slow machine is no other one. */
function held(what: 'setTimeout' | 'performance'): void {
  vi.useFakeTimers({ toFake: [what] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

it('while it drains, a server takes new and kept connections, and asks each to come back on another', async () => {
  const { drained, ask } = await aDrained((response) => response.end('ok'));
  expect((await ask()).connection).toBe('keep-alive');
  held('setTimeout');
  const closed = drained.drain({ acceptMs: 300, graceMs: 5000, onLate: () => expect.unreachable() });
  expect(await ask()).toEqual({ status: 200, connection: 'close', text: 'ok' });
  expect(await ask(new Agent({ keepAlive: true }))).toEqual({ status: 200, connection: 'close', text: 'ok' });
  vi.advanceTimersByTime(300);
  await closed;
  await expect(ask()).rejects.toThrow('ECONNREFUSED');
});

it('a response that had begun before is told to close with its head, and is finished', async () => {
  const arrived = Promise.withResolvers<ServerResponse>();
  const { drained, ask, untilDeaf } = await aDrained((response) => arrived.resolve(response));
  const answer = ask();
  const response = await arrived.promise;
  const closed = drained.drain({ acceptMs: 0, graceMs: 5000, onLate: () => expect.unreachable() });
  await untilDeaf();
  response.end('late');
  expect(await answer).toEqual({ status: 200, connection: 'close', text: 'late' });
  await closed;
});

it('a connection that was answered just now may ask once more after the last new connection', async () => {
  const arrived = Promise.withResolvers<ServerResponse>();
  let asked = 0;
  held('performance');
  const { drained, ask, untilDeaf } = await aDrained((response) => {
    asked += 1;
    if (asked === 1) arrived.resolve(response);
    else response.end('second');
  });
  const first = ask();
  const response = await arrived.promise;
  response.writeHead(200, { 'content-length': 5 });
  response.flushHeaders();
  const closed = drained.drain({ acceptMs: 0, graceMs: 5000, onLate: () => expect.unreachable() });
  await untilDeaf();
  response.end('first');
  expect((await first).connection).toBe('keep-alive');
  expect(await ask()).toEqual({ status: 200, connection: 'close', text: 'second' });
  await closed;
});

it('an idle connection is closed in good order, and one that is never finished is cut after its time', async () => {
  const arrived = Promise.withResolvers<void>();
  let late = 0;
  const { drained, ask } = await aDrained((response) => {
    response.write('begun');
    arrived.resolve();
  });
  const answer = expect(ask()).rejects.toThrow('aborted');
  await arrived.promise;
  const onLate = (): void => {
    late += 1;
  };
  await drained.drain({ acceptMs: 0, graceMs: 100, onLate });
  await answer;
  expect(late).toBe(1);
});

it('tells in the moment in which it takes no new connection any more, and not before', async () => {
  const { drained, ask } = await aDrained((response) => response.end('ok'));
  const told = Promise.withResolvers<unknown>();
  const onClosed = (): void => told.resolve(ask(new Agent()).catch((error: Error) => error));
  let isTold = false;
  void told.promise.then(() => {
    isTold = true;
  });
  const closed = drained.drain({
    acceptMs: 200,
    graceMs: 5000,
    onLate: () => expect.unreachable(),
    onClosed,
  });
  expect((await ask()).status).toBe(200);
  expect(isTold).toBe(false);
  await closed;
  expect(String(await told.promise)).toContain('ECONNREFUSED');
});
