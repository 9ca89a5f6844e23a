/** What clients without a session can do to the records, to the people behind their address, and to the API server. */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../../../crds/audit/record.ts';
import { kinds } from '../../../../crds/kinds.ts';
import {
  authnRequestCookie,
  newAuthnRequestState,
} from '../../../../webhook/gateway/sign-in/authn-request-state.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import { aGatewayInProcess, type GatewayInProcess } from '../../../kit/installation/gateway-in-process.ts';
import { supportHost } from '../../../kit/installation/installation.ts';
import { aPerson } from '../../../kit/people/http-person.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let installation: GatewayInProcess;
let ticks = 0;

beforeAll(async () => {
  installation = await aGatewayInProcess(await dedicatedControlPlane(), (incoming, response) => {
    if (incoming.url === '/static/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => response.write(`data: ${(ticks += 1)}\n\n`), 20);
      response.once('close', () => clearInterval(timer));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  // Who does not come from here is refused for the address.
  await installation.admin.mergePatch(kinds.SupportAccessGrant, grantRef, {
    patch: { spec: { allowedCIDRs: ['127.0.0.1/32'] } },
  });
});

afterAll(() => installation.stop());

const grantRef = { namespace: 'ecase', name: 'case-4711' };
const asProgram = { accept: 'application/json' };
const signIn = (grant: string): string => `/support-access/sign-in/ecase/${grant}`;

interface Flood {
  readonly from: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends so many requests over sixteen connections from one address; resolves to their statuses. */
async function flood(count: number, { from, path, method = 'GET', headers = {} }: Flood): Promise<number[]> {
  const agent = new Agent({ ca: installation.ca, keepAlive: true, maxSockets: 16 });
  const url = new URL(installation.support);
  const one = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = {
        agent,
        host: '127.0.0.1',
        port: url.port,
        servername: supportHost,
        localAddress: from,
      };
      request(
        { ...options, method, path, headers: { ...asProgram, host: url.host, ...headers } },
        (response) => {
          response.resume().once('end', () => resolve(response.statusCode ?? 0));
        },
      )
        .on('error', reject)
        .end();
    });
  const statuses = await Promise.all(Array.from({ length: count }, one));
  agent.destroy();
  return statuses;
}

async function recorded(): Promise<StoredRecord[]> {
  const lines = await installation.store.read({ after: 0, limit: 100_000 });
  return lines.map((line) => JSON.parse(line) as StoredRecord);
}

describe('a flood of requests without any credential', () => {
  it('EC-6 does not hide a refused address: it stands in the records with its address and grant', async () => {
    const paths = ['127.0.0.21', '127.0.0.22', '127.0.0.9'].map((from) =>
      flood(700, { from, path: '/support-access/whoami', headers: { authorization: 'Basic eDp5' } }),
    );
    const statuses = (await Promise.all(paths)).flat();
    expect(statuses.filter((status) => status === 403)).toHaveLength(2100);
    const visitor = aPerson({ ca: installation.ca, from: '127.0.0.9' });
    const page = await visitor.visit(`${installation.support}${signIn('case-4711')}`, {
      headers: asProgram,
      stay: true,
    });
    visitor.leave();
    expect(page.status).toBe(403);
    const { grant } = await installation.read();
    await eventually(async () => {
      const rejected = (await recorded()).filter(({ type }) => type === 'signin.ip_rejected');
      expect(rejected).toMatchObject([
        {
          source: { ip: '127.0.0.9' },
          grant: { ...grantRef, uid: grant.metadata.uid },
          decision: { reason: 'AddressNotAllowed' },
        },
      ]);
    });
    const alone = (await recorded()).filter(({ type }) => type === 'signin.failed');
    expect(alone).toHaveLength(3 * 60);
  });
});

describe('a sign-in page that is asked for too often', () => {
  it('refuses the address, but not the browser that is on its way back from the identity provider', async () => {
    const from = '127.0.0.30';
    const acs = { from, path: '/support-access/saml/acs', method: 'POST' };
    const tooMany = (statuses: readonly number[]) => statuses.filter((status) => status === 429).length;
    for (let round = 0; tooMany(await flood(300, acs)) < 10; round += 1)
      if (round === 20) throw new Error('6,000 requests were not too many');
    const state = newAuthnRequestState(grantRef, Date.now());
    const cookie = authnRequestCookie(state, [installation.keys.keyFor('sign-in-cookie')]);
    const foreign = authnRequestCookie(state, [randomBytes(32)]);
    const post = async (line: string): Promise<number> => {
      const person = aPerson({ ca: installation.ca, from });
      const headers = { ...asProgram, cookie: line.split(';')[0] ?? '', 'sec-fetch-site': 'cross-site' };
      const page = await person.visit(`${installation.support}/support-access/saml/acs`, {
        method: 'POST',
        headers,
        body: 'x',
        stay: true,
      });
      person.leave();
      return page.status;
    };
    const [others, statuses, ofForeign] = await Promise.all([
      flood(300, acs),
      Promise.all([cookie, cookie, cookie].map(post)),
      Promise.all(Array.from({ length: 20 }, () => post(foreign))),
    ]);
    expect(statuses).toEqual([403, 403, 403]);
    expect(tooMany([...others, ...ofForeign])).toBeGreaterThan(0);
  });
});

describe('520 connections that say nothing', () => {
  it('cost the people behind the same address neither their streams nor a new connection', async () => {
    const ada = await installation.withSession();
    const stream = await ada.open(`${installation.application}/static/stream`);
    await eventually(() => expect(stream.text()).toContain('data: '));
    const { port } = new URL(installation.support);
    const silent: Socket[] = [];
    let reset = 0;
    for (let number = 0; number < 520; number += 1) {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
      socket.once('close', () => (reset += 1));
      silent.push(socket);
    }
    await eventually(() => expect(reset).toBeGreaterThanOrEqual(200), { within: 40_000 });
    const ask = (person: typeof ada) =>
      person.visit(`${installation.application}/jobs`, { headers: asProgram, stay: true });
    expect((await ask(ada)).status).toBe(200);
    const grace = await installation.withSession();
    expect((await ask(grace)).status).toBe(200);
    const before = ticks;
    await eventually(() => expect(ticks).toBeGreaterThan(before + 5));
    expect(stream.text()).toContain(`data: ${before}\n`);
    for (const socket of silent) socket.destroy();
    stream.close();
    for (const person of [ada, grace]) person.leave();
  });
});
