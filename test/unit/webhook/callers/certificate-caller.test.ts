/** Whom a client certificate names before the records: real handshakes with every sort of client. */
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { connect } from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { closeServer, listen } from '../../../../process/server.ts';
import { createCertificateCaller } from '../../../../webhook/callers/certificate-caller.ts';
import type { Caller } from '../../../../webhook/callers/token-review.ts';
import { createRecordsServer } from '../../../../webhook/in-cluster/records/http/server.ts';
import { type Authority, type Credential, createAuthority } from '../../../kit/control-plane/pki.ts';

let ours: Authority;
let foreign: Authority;
let serving: Credential;

beforeAll(async () => {
  ours = await createAuthority('signs the clients of the cluster');
  foreign = await createAuthority('signs something else');
  serving = await ours.issueLoopbackServer();
});

interface Cluster {
  /** Changed by a test as the API server would publish another. */
  authorities: string;
  now: number;
}

/** A records' server that says of each request whom its certificate names, and one kept-alive client of it. */
async function aServer(cluster: Cluster) {
  const callerOf = createCertificateCaller({
    authorities: () => cluster.authorities,
    now: () => cluster.now,
  });
  const records = createRecordsServer((incoming, response) => {
    response.end(JSON.stringify(callerOf(incoming) ?? null));
  });
  records.present(serving);
  records.askFor(cluster.authorities);
  const port = await listen(records.server, { bind: '127.0.0.1', port: 0 });
  onTestFinished(() => closeServer(records.server, { graceMs: 0 }));
  const ask = (agent: Agent): Promise<Caller | null> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, agent }, (response) => {
        response.on('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString()) as Caller | null));
      })
        .on('error', reject)
        .end();
    });
  return { records, ask, port };
}

function clientWith(shown?: Credential): Agent {
  const credential = shown === undefined ? {} : { cert: shown.certificate, key: shown.key };
  const agent = new Agent({ ca: ours.certificate, keepAlive: true, maxSockets: 1, ...credential });
  onTestFinished(() => agent.destroy());
  return agent;
}

const aCluster = (): Cluster => ({ authorities: ours.certificate, now: Date.now() });

async function namedBy(shown: Credential | undefined, cluster = aCluster()): Promise<Caller | null> {
  const { ask } = await aServer(cluster);
  return ask(clientWith(shown));
}

const person = (commonName: string, ...organizations: readonly string[]) =>
  ours.issueClient({ commonName, organizations });

describe('the caller whom a client certificate names', () => {
  it('is the common name, in the groups of its organizations, as for the API server', async () => {
    expect(await namedBy(await person('grace@customer.example', 'platform-team', 'audit'))).toEqual({
      username: 'grace@customer.example',
      groups: ['platform-team', 'audit', 'system:authenticated'],
    });
    expect(await namedBy(await person('grace'))).toEqual({
      username: 'grace',
      groups: ['system:authenticated'],
    });
  });

  it('is no one without a certificate, with one of another authority, and with one for servers', async () => {
    expect(await namedBy(undefined)).toBeNull();
    expect(await namedBy(await foreign.issueClient({ commonName: 'grace' }))).toBeNull();
    expect(await namedBy(await ours.issueLoopbackServer())).toBeNull();
  });

  it.each([
    'system:serviceaccount:support-access:support-access-gateway',
    'system:node:node-1',
    'system:kube-controller-manager',
    'system:anonymous',
  ])('is no one where the certificate is that of %s, which is no person', async (name) => {
    expect(await namedBy(await person(name, 'system:masters'))).toBeNull();
  });

  it('may be system:admin, as k3s and OpenShift call their administrator', async () => {
    expect(await namedBy(await person('system:admin', 'system:masters'))).toMatchObject({
      username: 'system:admin',
      groups: ['system:masters', 'system:authenticated'],
    });
  });

  it('is no one while no authority is known, and where only the connection trusted the one that signed it', async () => {
    expect(await namedBy(await person('grace'), { ...aCluster(), authorities: '' })).toBeNull();
    // Whatever else the connection was verified by, what counts is the cluster's authority.
    const { records, ask } = await aServer(aCluster());
    records.askFor(`${ours.certificate}\n${foreign.certificate}`);
    expect(await ask(clientWith(await foreign.issueClient({ commonName: 'grace' })))).toBeNull();
  });

  it('is no one any more on a connection that is still open, once its authority is taken away', async () => {
    const cluster = aCluster();
    const { ask } = await aServer(cluster);
    const client = clientWith(await person('grace'));
    expect(await ask(client)).toMatchObject({ username: 'grace' });
    cluster.authorities = foreign.certificate;
    expect(await ask(client)).toBeNull();
  });

  it('is no one any more on a connection that is still open, once the certificate has ended', async () => {
    const cluster = aCluster();
    const { ask } = await aServer(cluster);
    const client = clientWith(await person('grace'));
    expect(await ask(client)).toMatchObject({ username: 'grace' });
    cluster.now += 8 * 24 * 3_600_000;
    expect(await ask(client)).toBeNull();
  });

  it('is known from the next connection on, once its authority is published', async () => {
    const cluster = { ...aCluster(), authorities: foreign.certificate };
    const { records, ask } = await aServer(cluster);
    const shown = await person('grace');
    expect(await ask(clientWith(shown))).toBeNull();
    cluster.authorities = `${foreign.certificate}\n${ours.certificate}`;
    records.askFor(cluster.authorities);
    expect(await ask(clientWith(shown))).toMatchObject({ username: 'grace' });
  });

  it('is no one where the client adds a certificate of the authority that it has not the key of', async () => {
    const cluster = aCluster();
    const { records, ask } = await aServer(cluster);
    records.askFor(`${ours.certificate}\n${foreign.certificate}`);
    const { certificate, key } = await foreign.issueClient({
      commonName: 'grace',
      organizations: ['system:masters'],
    });
    // A certificate is public: what its owner has shown once, others can show too, behind one of their own.
    for (const borrowed of [await person('ada'), await ours.issueLoopbackServer(), ours]) {
      const shown = { certificate: `${certificate}\n${borrowed.certificate}`, key };
      expect(await ask(clientWith(shown))).toBeNull();
    }
  });

  it('stays the one of the first handshake: there is no second', async () => {
    const { port } = await aServer(aCluster());
    const { certificate: cert, key } = await person('ada');
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca: ours.certificate,
      cert,
      key,
      maxVersion: 'TLSv1.2',
    });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    const error = await new Promise<Error | null>((resolve) => {
      socket.once('error', resolve);
      socket.renegotiate({}, resolve);
    });
    expect(String(error)).toContain('no renegotiation');
  });

  it('is no one over a connection without TLS', async () => {
    const callerOf = createCertificateCaller({ authorities: () => ours.certificate, now: Date.now });
    expect(callerOf({ socket: {} } as Parameters<typeof callerOf>[0])).toBeUndefined();
  });
});
