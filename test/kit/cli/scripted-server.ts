/** A server that responds to the plugin as a test says, or not at all: what an API server does on its bad days. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Server, writeKubeconfig } from '../control-plane/kubeconfig.ts';
import { createAuthority } from '../control-plane/pki.ts';

/** A status, a body and headers; 'lost' ends the connection without an answer, 'silent' keeps it and says nothing. */
export type Reply =
  | readonly [status: number, body: object, headers?: Readonly<Record<string, string | string[]>>]
  | 'lost'
  | 'silent';

/** `POST /apis/...` as it came, without its query; `parsed` is its body. */
export type Script = (call: string, parsed: unknown) => Reply;

export interface ScriptedServer {
  /** The options with which the plugin reaches it. */
  readonly options: readonly string[];
  /** What was asked so far. */
  readonly calls: readonly string[];
  /** The headers of each call. */
  readonly headers: readonly IncomingHttpHeaders[];
  /** Where it is, for a kubeconfig of the test's own. */
  readonly reached: Server;
}

/** Starts it for one test. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const calls: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const authority = await createAuthority('script');
  const { certificate, key } = await authority.issueLoopbackServer();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    void bodyOf(request).then((body) => {
      const call = `${request.method ?? ''} ${new URL(request.url ?? '', 'http://x').pathname}`;
      calls.push(call);
      headers.push(request.headers);
      give(script(call, body === '' ? undefined : JSON.parse(body)), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'plugin-'));
  writeFileSync(join(folder, 'token'), 'none');
  const reached = { url: `https://127.0.0.1:${port}`, ca: authority.certificate };
  const kubeconfig = writeKubeconfig(join(folder, 'config'), reached, { tokenFile: join(folder, 'token') });
  return { options: ['--kubeconfig', kubeconfig, '-n', 'ecase'], calls, headers, reached };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function give(answer: Reply, response: ServerResponse): void {
  if (answer === 'silent') return;
  if (answer === 'lost') {
    response.destroy();
    return;
  }
  const [status, body, headers = {}] = answer;
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** An error as an API server words it; with a name where an object is not there. */
export function failure(code: number, message: string, name?: string): Reply {
  const details = name === undefined ? {} : { details: { name } };
  return [code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message, ...details }];
}
