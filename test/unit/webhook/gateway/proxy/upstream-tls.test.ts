/** TLS with an application, with real certificates: what is trusted, and what is said of what is not. */
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Upstream } from '../../../../../webhook/gateway/proxy/resolve-service.ts';
import { type Authority, createAuthority } from '../../../../kit/control-plane/pki.ts';
import { aGateway, open, responseTo } from './proxied.ts';

const serverName = 'ecase.ecase.svc';
let authority: Authority;
let other: Authority;

beforeAll(async () => {
  [authority, other] = await Promise.all([createAuthority('theirs'), createAuthority('another')]);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const seen: string[] = [];

async function anApplication({ names = [serverName], dates }: Certified = {}) {
  const { certificate, key } = await authority.issueServer(names[0] ?? '', { names, addresses: [] }, dates);
  return createServer({ cert: certificate, key }, (incoming, response) => {
    seen.push(incoming.url ?? '');
    response.end('secret');
  });
}

interface Certified {
  readonly names?: readonly string[];
  readonly dates?: { readonly notBefore: Date; readonly notAfter: Date };
}

const trusting = (change: Partial<Upstream> = {}): Partial<Upstream> => ({
  tls: true,
  serverName,
  ca: [authority.certificate],
  ...change,
});

const day = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * day);

async function refusedBy(upstream: Parameters<typeof aGateway>[1], by: Partial<Upstream> = trusting()) {
  seen.length = 0;
  const { ask, forwarded } = await aGateway(open, upstream, by);
  const { head, body } = await responseTo(ask({ path: '/secret' }));
  expect({ status: head.statusCode, body, seen }).toEqual({ status: 502, body: '', seen: [] });
  const said = await forwarded;
  expect(said).toMatchObject({ outcome: { upstream: 'refused', reason: 'ServiceUnreachable' } });
  return said.fault;
}

describe('TLS with an application', () => {
  it('stands with a certificate of the authority that is named, for the name that is named', async () => {
    const { ask } = await aGateway(open, await anApplication({ names: ['a', serverName] }), trusting());
    expect((await responseTo(ask())).body).toBe('secret');
  });

  it('does not stand with one of another authority, and the fault says what to do', async () => {
    const fault = await refusedBy(await anApplication(), trusting({ ca: [other.certificate] }));
    expect(fault).toMatch(
      /^TLS with ecase\.ecase\.svc at port \d+ failed: its certificate is of no authority that is trusted here \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\); name the authority that signed it in spec\.tls\.caRef of the application\.$/,
    );
  });

  it('does not stand with one of an authority that is not public where none is named', async () => {
    const { ca: _none, ...publicOnly } = trusting();
    expect(await refusedBy(await anApplication(), publicOnly)).toContain(
      'of no authority that is trusted here',
    );
  });

  it('does not stand either where the environment says that nothing is to be verified', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await refusedBy(await anApplication(), trusting({ ca: [other.certificate] }))).toContain('UNABLE');
  });

  it.each([
    ['for another name', { names: ['other.ecase.svc'] }, 'its certificate is for other names'],
    ['that has expired', { dates: { notBefore: inDays(-3), notAfter: inDays(-1) } }, 'has expired'],
    ['that begins tomorrow', { dates: { notBefore: inDays(1), notAfter: inDays(3) } }, 'is not valid yet'],
  ])('does not stand with a certificate %s', async (_, certified, says) => {
    expect(await refusedBy(await anApplication(certified))).toContain(says);
  });

  it('does not stand with what speaks no TLS, or hangs up', async () => {
    const plain = createPlainServer((_, response) => response.end('secret'));
    expect(await refusedBy(plain)).toContain('it does not speak TLS');
    const closing = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    expect(await refusedBy(closing as never)).toContain('the connection ended before it stood');
  });

  it('is not blamed for what ends after it stood', async () => {
    const ending = await anApplication();
    ending.removeAllListeners('request').on('request', (incoming) => incoming.socket.destroy());
    const { ask, forwarded } = await aGateway(open, ending, trusting());
    expect((await responseTo(ask())).head.statusCode).toBe(502);
    expect(await forwarded).not.toHaveProperty('fault');
  });
});
