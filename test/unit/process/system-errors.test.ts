/** Meets every error of the system that a person may read: for real, where a test can cause it. */
import { lookup } from 'node:dns/promises';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer as createTlsServer } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { errorWithCauses } from '../../../process/redaction.ts';
import { listen } from '../../../process/server.ts';
import { systemErrorInWords, systemErrors } from '../../../process/system-errors.ts';
import { type Authority, createAuthority } from '../../kit/control-plane/pki.ts';
import { refusalComplaints } from '../../kit/messages/good-message.ts';

const folder = mkdtempSync(join(tmpdir(), 'support-access-errors-'));
const opened: Server[] = [];

afterAll(() => {
  for (const server of opened) server.close();
  rmSync(folder, { recursive: true });
});

async function listening(server: Server): Promise<number> {
  opened.push(server);
  return listen(server, { bind: '127.0.0.1', port: 0 });
}

const day = 86_400_000;
const yesterday = { notBefore: new Date(Date.now() - 2 * day), notAfter: new Date(Date.now() - day) };
const tomorrow = { notBefore: new Date(Date.now() + day), notAfter: new Date(Date.now() + 2 * day) };

interface Meeting {
  /** Whether the client trusts the server's authority. */
  readonly isTrusted?: boolean;
  readonly dates?: typeof tomorrow;
  readonly servername?: string;
}

/** A TLS connection to a server with such a certificate; rejects with what the client says. */
async function meet({ isTrusted = true, dates, servername = 'localhost' }: Meeting): Promise<unknown> {
  const authority: Authority = await createAuthority('errors');
  const { certificate: cert, key } = await authority.issueLoopbackServer([], dates);
  return tls({ cert, key }, isTrusted ? authority.certificate : undefined, servername);
}

async function tls(
  pair: { readonly cert: string; readonly key: string },
  ca: string | undefined,
  servername = 'localhost',
): Promise<unknown> {
  const port = await listening(createTlsServer(pair, (socket) => socket.on('error', () => undefined)));
  return dial(port, { ca, servername });
}

function dial(port: number, options: { readonly ca?: string | undefined; readonly servername: string }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ...options }, () => resolve(undefined));
    socket.on('error', reject);
  });
}

async function selfSigned(): Promise<unknown> {
  const { certificate: cert, key } = await createAuthority('localhost');
  return tls({ cert, key }, undefined);
}

async function takenPort(): Promise<unknown> {
  const port = await listening(createServer());
  return listen(createServer(), { bind: '127.0.0.1', port });
}

async function plainServer(): Promise<unknown> {
  const port = await listening(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  return dial(port, { servername: 'localhost' });
}

async function refusedPort(): Promise<unknown> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return dial(port, { servername: 'localhost' });
}

async function cutConnection(): Promise<unknown> {
  const port = await listening(createServer((socket) => socket.resetAndDestroy()));
  return dial(port, { servername: 'localhost' });
}

const file = (): string => {
  writeFileSync(join(folder, 'file'), 'x');
  return join(folder, 'file');
};

/** What causes each, and what the message has to name. */
const faults: Readonly<Record<string, { readonly cause: () => unknown; readonly field?: string }>> = {
  ENOENT: { cause: () => readFileSync('/nowhere/token'), field: '/nowhere/token' },
  ENOTDIR: { cause: () => readFileSync(join(file(), 'x')), field: folder },
  EISDIR: { cause: () => openSync(folder, 'w'), field: folder },
  ENOSPC: { cause: () => writeFileSync('/dev/full', 'x') },
  EADDRINUSE: { cause: takenPort, field: 'port ' },
  EADDRNOTAVAIL: {
    cause: () => listen(createServer(), { bind: '203.0.113.7', port: 0 }),
    field: '203.0.113.7',
  },
  ECONNREFUSED: { cause: refusedPort, field: '127.0.0.1, port ' },
  ECONNRESET: { cause: cutConnection },
  INVALID_PURPOSE: { cause: selfSigned },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { cause: () => meet({ isTrusted: false }) },
  CERT_HAS_EXPIRED: { cause: () => meet({ dates: yesterday }) },
  CERT_NOT_YET_VALID: { cause: () => meet({ dates: tomorrow }) },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    cause: () => meet({ servername: 'other.example' }),
    field: 'other.example',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: { cause: plainServer },
};

/** What depends on the machine, its user or its network: made as Node makes them. */
const made: Readonly<Record<string, { readonly field?: string } & Readonly<Record<string, unknown>>>> = {
  EACCES: { path: '/secret', field: '/secret' },
  EPERM: { path: '/secret', field: '/secret' },
  EROFS: { path: '/data/records.db', field: '/data/records.db' },
  EDQUOT: {},
  EMFILE: {},
  ENOTFOUND: { hostname: 'records.svc', field: 'records.svc' },
  EAI_AGAIN: { hostname: 'records.svc', field: 'records.svc' },
  EPIPE: {},
  UND_ERR_SOCKET: {},
  ETIMEDOUT: { address: '10.0.0.1', port: 443, field: '10.0.0.1, port 443' },
  UND_ERR_CONNECT_TIMEOUT: {},
  EHOSTUNREACH: { address: '10.0.0.1', port: 443, field: '10.0.0.1, port 443' },
  ENETUNREACH: { address: '10.0.0.1', port: 443, field: '10.0.0.1, port 443' },
  DEPTH_ZERO_SELF_SIGNED_CERT: {},
  SELF_SIGNED_CERT_IN_CHAIN: {},
  UNABLE_TO_GET_ISSUER_CERT: {},
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {},
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {},
};

async function thrownBy(cause: () => unknown): Promise<unknown> {
  try {
    await cause();
  } catch (error) {
    return error;
  }
  return expect.unreachable('nothing was thrown');
}

function expectGood(error: unknown, field: string | undefined): void {
  const text = errorWithCauses(new Error('The start cannot go on', { cause: error }));
  // The rule is that it must be there; that stands in the sentence of the program that needed it.
  const complaints = refusalComplaints({ text, ...(field === undefined ? {} : { field }) });
  expect(complaints.filter((complaint) => complaint !== 'does not say the rule')).toEqual([]);
}

describe('every error of the system that is told', () => {
  it('is caused or made here', () => {
    expect([...Object.keys(faults), ...Object.keys(made)].toSorted()).toEqual(
      Object.keys(systemErrors).toSorted(),
    );
  });

  it.each(Object.entries(faults))('says in words: %s', async (code, { cause, field }) => {
    const error = await thrownBy(cause);
    expect(error).toMatchObject({ code });
    expectGood(error, field);
  });

  it.each(Object.entries(made))('says in words: %s', (code, { field, ...properties }) => {
    expectGood(Object.assign(new Error(`${code}: as Node says it`), { code, ...properties }), field);
  });

  it('says of a port below 1024 that this process may not listen there', () => {
    const error = Object.assign(new Error('listen EACCES'), { code: 'EACCES', port: 443 });
    expectGood(error, 'port 443');
  });

  it('is found under attempts on several addresses of one name', () => {
    const one = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      address: '::1',
      port: 1,
    });
    expect(systemErrorInWords(new AggregateError([one], ''))).toContain('::1, port 1');
  });

  it('is not made of what is none', () => {
    for (const other of [
      new Error('x'),
      'x',
      undefined,
      Object.assign(new Error('x'), { code: 'constructor' }),
    ])
      expect(systemErrorInWords(other)).toBeUndefined();
  });
});

it('an unknown host is said in words, whatever the resolver says of it', async () => {
  const error = await thrownBy(() => lookup('records.invalid'));
  expectGood(error, 'records.invalid');
});
