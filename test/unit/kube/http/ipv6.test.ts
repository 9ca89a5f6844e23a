import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { createKubeClient } from '../../../../kube/api/create-client.ts';
import { Namespaces } from '../../../../kube/resources.ts';
import { listen } from '../../../../process/server.ts';
import { openConnection } from '../../../../trail/connection.ts';
import { createAuthority } from '../../../kit/control-plane/pki.ts';

afterEach(() => vi.unstubAllEnvs());

async function aServer(serve: (path: string) => object) {
  const authority = await createAuthority('of a cluster without IPv4');
  const { certificate, key } = await authority.issueLoopbackServer();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(serve(request.url ?? '')));
  });
  const port = await listen(server, { bind: '::1', port: 0 });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port, ca: authority.certificate };
}

it('a pod finds an API server that has an IPv6 address alone, and checks its certificate by it', async () => {
  const { port, ca } = await aServer((path) => ({ kind: 'Namespace', metadata: { name: path } }));
  const folder = mkdtempSync(join(tmpdir(), 'account-'));
  writeFileSync(join(folder, 'token'), 'token');
  writeFileSync(join(folder, 'ca.crt'), ca);
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '::1');
  vi.stubEnv('KUBERNETES_SERVICE_PORT', String(port));
  const client = await createKubeClient({ inCluster: true, serviceAccountFolder: folder });
  onTestFinished(() => client.close());
  expect(client.server).toBe(`https://[::1]:${port}`);
  const { metadata } = await client.get(Namespaces, { name: 'kube-system' });
  expect(metadata.name).toBe('/api/v1/namespaces/kube-system');
});

it('records are reached at an IPv6 address in brackets', async () => {
  const { port, ca } = await aServer(() => ({ seq: 1 }));
  const url = `https://[::1]:${port}`;
  const connection = openConnection({ url, ca: () => ca, token: async () => 'token' });
  onTestFinished(() => connection.close());
  const call = { method: 'GET', path: '/v1/head', signal: AbortSignal.timeout(5000) } as const;
  expect(await connection.call(call)).toMatchObject({ status: 200, text: '{"seq":1}' });
});
