/** Which connections are the API server's: real handshakes with every sort of client. */
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import { connect } from 'node:tls';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { closeServer, listen } from '../../../../../process/server.ts';
import {
  type ApiServerClient,
  provesCallerBy,
  tlsFor,
} from '../../../../../webhook/in-cluster/admission/client-certificate.ts';
import { type Authority, type Credential, createAuthority } from '../../../../kit/control-plane/pki.ts';

let ours: Authority;
let foreign: Authority;
let serving: Credential;

beforeAll(async () => {
  ours = await createAuthority('signs the clients of the API server');
  foreign = await createAuthority('signs something else');
  serving = await ours.issueLoopbackServer();
});

/** Whether a caller that shows this certificate is taken for the API server. */
async function isProved(client: ApiServerClient | undefined, shown?: Credential): Promise<boolean> {
  const proves = provesCallerBy(client);
  const server = createServer(tlsFor(serving, client), ({ socket }, response) =>
    response.end(String(proves(socket))),
  );
  const port = await listen(server, { bind: '127.0.0.1', port: 0 });
  onTestFinished(() => closeServer(server, { graceMs: 0 }));
  return new Promise((resolve, reject) => {
    const credential = shown === undefined ? {} : { cert: shown.certificate, key: shown.key };
    const options = { host: '127.0.0.1', port, method: 'POST', ca: ours.certificate, ...credential };
    const sent = request(options, (response) => {
      response.on('data', (chunk: Buffer) => resolve(chunk.toString() === 'true'));
    });
    sent.on('error', reject).end();
  });
}

const named = (commonName: string, authority: Authority) => authority.issueClient({ commonName });
const configured = (): ApiServerClient => ({ ca: ours.certificate, names: ['kube-apiserver'] });

it('takes a caller for the API server by its authority and its name together, and by nothing less', async () => {
  expect(await isProved(configured(), await named('kube-apiserver', ours))).toBe(true);
  expect(await isProved(configured())).toBe(false);
  expect(await isProved(configured(), await named('grace', ours))).toBe(false);
  expect(await isProved(configured(), await named('kube-apiserver', foreign))).toBe(false);
  expect(await isProved(configured(), await ours.issueLoopbackServer())).toBe(false);
});

it('takes no caller for the API server where the cluster is not configured for it', async () => {
  expect(await isProved(undefined, await named('kube-apiserver', ours))).toBe(false);
});

it('gives one handshake for each connection, so that no other certificate is shown later', async () => {
  const server = createServer(tlsFor(serving, configured()));
  const port = await listen(server, { bind: '127.0.0.1', port: 0 });
  onTestFinished(() => closeServer(server, { graceMs: 0 }));
  const { certificate: cert, key } = await named('kube-apiserver', ours);
  const socket = connect({ host: '127.0.0.1', port, ca: ours.certificate, cert, key, maxVersion: 'TLSv1.2' });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  const error = await new Promise<Error | null>((resolve) => {
    socket.once('error', resolve);
    socket.renegotiate({}, resolve);
  });
  expect(String(error)).toContain('no renegotiation');
});
