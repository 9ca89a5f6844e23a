/**
 * A small HTTP server says on demand what a real API server says rarely: 429, 503, a token refused, silence in the
 * middle of an answer. What the real one can be made to say is proved in the integration suite.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../kube/clock.ts';
import { ServerUnreachable } from '../../../../kube/errors.ts';
import type { CredentialSource } from '../../../../kube/http/credentials.ts';
import type { Credentials } from '../../../../kube/http/identity.ts';
import { createTransport } from '../../../../kube/http/transport.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, turn: number) => void;

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map(async (close) => close()));
});

async function aScene(answer: Answer, source?: Partial<CredentialSource>, deadlineMs?: number) {
  const seen: IncomingMessage[] = [];
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    seen.push(request);
    sockets.add(request.socket);
    answer(request, response, seen.length);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const held: Credentials = { authorization: 'Bearer first', tls: {} };
  const credentials: CredentialSource = {
    server: new URL(`http://127.0.0.1:${port}/prefix/`),
    current: async () => held,
    renewed: async (doubted) => doubted,
    ...source,
  };
  const transport = createTransport({ credentials, clock: systemClock, userAgent: 'test', deadlineMs });
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await transport.close();
  });
  return { transport, seen, sockets, server };
}

function say(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end('{}');
}

describe('a request', () => {
  it('goes below the prefix of the server, with our name and credentials', async () => {
    const { transport, seen } = await aScene((_, response) => say(response, 200));
    await transport.send({ method: 'GET', path: '/api/v1/pods?limit=1' });
    expect(seen[0]?.url).toBe('/prefix/api/v1/pods?limit=1');
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer first', 'user-agent': 'test' });
  });

  it('sends a repeated header as several, as Impersonate-Group needs', async () => {
    const { transport, seen } = await aScene((_, response) => say(response, 200));
    await transport.send({ method: 'GET', path: '/', headers: { 'impersonate-group': ['a', 'b,c'] } });
    const raw = seen[0]?.rawHeaders ?? [];
    expect(raw.filter((_, at) => raw[at - 1]?.toLowerCase() === 'impersonate-group')).toEqual(['a', 'b,c']);
  });

  it('shares few connections among many', async () => {
    const { transport, sockets } = await aScene((_, response) => say(response, 200));
    const requests = Array.from({ length: 300 }, () => transport.send({ method: 'GET', path: '/' }));
    await Promise.all(requests);
    expect(sockets.size).toBeLessThanOrEqual(32);
    const before = sockets.size;
    for (let times = 0; times < 20; times += 1) await transport.send({ method: 'GET', path: '/' });
    expect(sockets.size).toBe(before);
  });

  it.each(['leases', 'prompt'] as const)(
    'on the connections for %s does not wait behind a burst of others',
    async (pool) => {
      const held: ServerResponse[] = [];
      const { transport } = await aScene((request, response) => {
        if (request.url?.endsWith('/lease')) say(response, 200);
        else held.push(response);
      });
      const burst = Array.from({ length: 100 }, () => transport.send({ method: 'GET', path: '/slow' }));
      const lease = await transport.send({ method: 'PUT', path: '/lease', pool, deadlineMs: 5000 });
      expect(lease.status).toBe(200);
      expect(held.length).toBeLessThanOrEqual(32);
      const answerAll = setInterval(() => {
        for (const response of held.splice(0)) say(response, 200);
      }, 5);
      await Promise.all(burst);
      clearInterval(answerAll);
    },
  );
});

describe('a server that is busy', () => {
  it('is asked again after the time that it named', async () => {
    const { transport, seen } = await aScene((_, response, turn) => {
      if (turn === 1) say(response, 429, { 'retry-after': '1' });
      else say(response, 200);
    });
    const startedAt = performance.now();
    const answer = await transport.send({ method: 'POST', path: '/', body: '{}' });
    expect(answer.status).toBe(200);
    expect(seen).toHaveLength(2);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it('is believed at once when the wait does not fit into the deadline', async () => {
    const { transport, seen } = await aScene((_, response) => say(response, 429, { 'retry-after': '60' }));
    expect(await transport.send({ method: 'GET', path: '/', deadlineMs: 5000 })).toMatchObject({
      status: 429,
    });
    expect(seen).toHaveLength(1);
  });

  it('that may have acted is not asked twice to create', async () => {
    const { transport, seen } = await aScene((_, response) => say(response, 503, { 'retry-after': '0' }));
    expect(await transport.send({ method: 'POST', path: '/', body: '{}' })).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1);
    expect(await transport.send({ method: 'GET', path: '/' })).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(11);
  });
});

describe('a connection that breaks', () => {
  it('is replaced once for a request that may be repeated', async () => {
    const { transport, seen } = await aScene((request, response, turn) => {
      if (turn === 1) request.socket.destroy();
      else say(response, 200);
    });
    expect(await transport.send({ method: 'GET', path: '/' })).toMatchObject({ status: 200 });
    expect(seen).toHaveLength(2);
  });

  it('is reported for one that may not', async () => {
    const { transport, seen } = await aScene((request) => request.socket.destroy());
    const sent = transport.send({ method: 'POST', path: '/things?secret=1', body: '{}' });
    await expect(sent).rejects.toBeInstanceOf(ServerUnreachable);
    await expect(sent).rejects.toThrow('POST /things: no response');
    expect(seen).toHaveLength(1);
  });
});

describe('a token that the server no longer takes', () => {
  function renewing() {
    let latest: Credentials = { authorization: 'Bearer first', tls: {} };
    let renewals = 0;
    const renewed = async (doubted: Credentials) => {
      if (doubted !== latest) return latest;
      renewals += 1;
      latest = { authorization: 'Bearer second', tls: {} };
      return latest;
    };
    return { source: { current: async () => latest, renewed }, renewals: () => renewals };
  }

  const onlySecond: Answer = (request, response) =>
    say(response, request.headers.authorization === 'Bearer second' ? 200 : 401);

  it('is read again at once, once, also when many requests notice together', async () => {
    const { source, renewals } = renewing();
    const { transport } = await aScene(onlySecond, source);
    const requests = Array.from({ length: 50 }, () =>
      transport.send({ method: 'POST', path: '/', body: '{}' }),
    );
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(renewals()).toBe(1);
  });

  it('is reported when there is no other', async () => {
    const { transport, seen } = await aScene((_, response) => say(response, 401));
    expect(await transport.send({ method: 'GET', path: '/' })).toMatchObject({ status: 401 });
    expect(seen).toHaveLength(1);
  });

  it('is read again for a stream too', async () => {
    const { transport } = await aScene(onlySecond, renewing().source);
    const { status, body } = await transport.open({ method: 'GET', path: '/' });
    body.destroy();
    expect(status).toBe(200);
  });
});

describe('a deadline', () => {
  it('ends a request that is never answered, and one that is answered halfway', async () => {
    for (const half of [false, true]) {
      const { transport } = await aScene((_, response) => {
        if (half) response.writeHead(200, { 'content-length': '100' }).write('{');
      });
      const sent = transport.send({ method: 'GET', path: '/', deadlineMs: 150 });
      await expect(sent).rejects.toMatchObject({ name: 'ServerUnreachable', code: 'DEADLINE' });
    }
  });

  it('is that of the call, else of the settings, and only then what is usual for such a call', async () => {
    const { transport } = await aScene(() => undefined, {}, 150);
    for (const wish of [{ usualDeadlineMs: 60_000 }, {}, { deadlineMs: 100, usualDeadlineMs: 60_000 }]) {
      const sent = transport.send({ method: 'GET', path: '/', ...wish });
      await expect(sent).rejects.toMatchObject({ code: 'DEADLINE' });
    }
  });

  it('ends a request that still waits for a connection, and that request is never sent', async () => {
    const held: ServerResponse[] = [];
    const { transport, seen } = await aScene((_, response) => held.push(response));
    const burst = Array.from({ length: 32 }, async () => transport.send({ method: 'GET', path: '/held' }));
    const late = transport.send({ method: 'POST', path: '/late', body: '{}', deadlineMs: 150 });
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE' });
    for (const response of held) say(response, 200);
    await Promise.all(burst);
    await transport.send({ method: 'GET', path: '/held', deadlineMs: 50 }).catch(() => undefined);
    expect(seen.map(({ url }) => url)).not.toContain('/prefix/late');
  });

  it('includes the waits that the server asks for', async () => {
    const { transport } = await aScene((_, response) => say(response, 429, { 'retry-after': '1' }));
    const startedAt = performance.now();
    await transport.send({ method: 'GET', path: '/', deadlineMs: 2000 });
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('what is abandoned', () => {
  it.each<[string, Answer]>([
    ['a request without an answer', () => undefined],
    [
      'a request answered halfway',
      (_, response) => response.writeHead(200, { 'content-length': '9' }).write('{'),
    ],
    [
      'the wait before a request is tried again',
      (_, response) => say(response, 429, { 'retry-after': '20' }),
    ],
  ])('ends at once: %s; and nothing is sent any more', async (_, answer) => {
    const asked = Promise.withResolvers<void>();
    const { transport, seen } = await aScene((request, response, turn) => {
      answer(request, response, turn);
      asked.resolve();
    });
    const sent = transport.send({ method: 'GET', path: '/' });
    await asked.promise;
    const ended = expect(sent).rejects.toMatchObject({ name: 'ServerUnreachable', code: 'ABANDONED' });
    await transport.abandon();
    await ended;
    await expect(transport.send({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'ABANDONED' });
    expect(seen).toHaveLength(1);
  });

  it('ends a stream, with an error for who reads it', async () => {
    const { transport } = await aScene((_, response) => response.writeHead(200).write('begun'));
    const { body } = await transport.open({ method: 'GET', path: '/' });
    const read = async () => {
      for await (const _ of body) await transport.abandon();
    };
    await expect(read()).rejects.toThrow();
  });
});

describe('the signal of the caller', () => {
  it('ends a request with its own reason', async () => {
    const { transport } = await aScene(() => undefined);
    const caller = new AbortController();
    const sent = transport.send({ method: 'GET', path: '/', signal: caller.signal });
    const reason = new Error('no longer wanted');
    caller.abort(reason);
    await expect(sent).rejects.toBe(reason);
    await expect(transport.send({ method: 'GET', path: '/', signal: caller.signal })).rejects.toBe(reason);
  });

  it('ends a stream that nobody reads yet, without ending the process', async () => {
    const { transport } = await aScene((_, response) => response.writeHead(200).write('begun'));
    const caller = new AbortController();
    const { body } = await transport.open({ method: 'GET', path: '/', signal: caller.signal });
    caller.abort(new Error('no longer wanted'));
    expect(body.destroyed).toBe(true);
  });

  it('ends a stream in the middle of reading', async () => {
    const { transport } = await aScene((_, response) => response.writeHead(200).write('begun'));
    const caller = new AbortController();
    const { body } = await transport.open({ method: 'GET', path: '/', signal: caller.signal });
    const reason = new Error('no longer wanted');
    const read = async () => {
      for await (const _ of body) caller.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
  });
});
