/** A TLS server whose CA is replaced while we run, as a cluster's is: connections follow what the credentials say. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../kube/clock.ts';
import type { CredentialSource } from '../../../../kube/http/credentials.ts';
import type { Credentials } from '../../../../kube/http/identity.ts';
import { createTransport, type Transport } from '../../../../kube/http/transport.ts';
import { createAuthority } from '../../../kit/control-plane/pki.ts';

let server: Server;
let transport: Transport;

afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function aSigner(name: string) {
  const authority = await createAuthority(name);
  const { certificate: cert, key } = await authority.issueLoopbackServer([]);
  return { ca: authority.certificate, serving: { cert, key } };
}

async function serve(serving: { cert: string; key: string }): Promise<URL> {
  server = createServer(serving, (_, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A source that holds `before` until a caller asks for it anew, and then finds `after`. */
function aSource(url: URL, before: Credentials, after: Credentials): CredentialSource {
  let latest = before;
  return {
    server: url,
    current: async () => latest,
    renewed: async () => {
      latest = after;
      return latest;
    },
  };
}

describe('when the server comes back with a certificate of another CA', () => {
  it('the credentials are read again and the request succeeds, also one that must not be sent twice', async () => {
    const [old, young] = await Promise.all([aSigner('old'), aSigner('young')]);
    const url = await serve(old.serving);
    const credentials = aSource(url, { tls: { ca: old.ca } }, { tls: { ca: young.ca } });
    transport = createTransport({ credentials, clock: systemClock, userAgent: 'test' });
    expect(await transport.send({ method: 'GET', path: '/' })).toMatchObject({ status: 200 });
    server.setSecureContext(young.serving);
    server.closeAllConnections();
    expect(await transport.send({ method: 'POST', path: '/', body: '{}' })).toMatchObject({ status: 200 });
    expect(await transport.send({ method: 'GET', path: '/' })).toMatchObject({ status: 200 });
  });

  it('and we are told of no other, it is not trusted', async () => {
    const [old, young] = await Promise.all([aSigner('old'), aSigner('young')]);
    const url = await serve(young.serving);
    const held: Credentials = { tls: { ca: old.ca } };
    const credentials = aSource(url, held, held);
    transport = createTransport({ credentials, clock: systemClock, userAgent: 'test' });
    const sent = transport.send({ method: 'GET', path: '/' });
    await expect(sent).rejects.toMatchObject({
      name: 'ServerUnreachable',
      code: expect.stringMatching(/CERT|SIGNATURE/),
    });
  });
});
