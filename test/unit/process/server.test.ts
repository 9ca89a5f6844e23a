import { Agent, createServer, get, type ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { closeServer, listen } from '../../../process/server.ts';

it('a server closes as soon as it has answered, also when the connection is meant to stay', async () => {
  const arrived = Promise.withResolvers<ServerResponse>();
  const server = createServer((_, response) => arrived.resolve(response));
  server.keepAliveTimeout = 120_000;
  const port = await listen(server, { bind: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true });
  const answered = new Promise<string>((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });
  const response = await arrived.promise;
  // The head is out before the server closes, so that it promises a connection that stays.
  response.writeHead(200, { 'content-length': 4 });
  response.write('do');
  const from = performance.now();
  const closed = closeServer(server);
  response.end('ne');
  expect(await answered).toBe('done');
  await closed;
  expect(performance.now() - from).toBeLessThan(3000);
  agent.destroy();
});

it.each(['::', undefined])('a server bound to %s is reached by both families of addresses', async (bind) => {
  const server = createServer((_, response) => response.end());
  const port = await listen(server, { bind, port: 0 });
  const reached = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      get({ port, host, agent: false }, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      );
    });
  expect(await Promise.all(['127.0.0.1', '::1'].map(reached))).toEqual([200, 200]);
  await closeServer(server);
});
