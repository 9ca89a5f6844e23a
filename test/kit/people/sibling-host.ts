/**
 * A web server under a host beside the application's: of the same site, so that a browser sends the session's cookie
 * with what its page wants sent.
 */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '../control-plane/pki.ts';

export interface SiblingHost {
  readonly origin: string;
  /** PEM of its own certificate. */
  readonly certificate: string;
  close(): void;
}

/** Its page has a form that runs a job at `target`, a link to read there, and an image from there. */
export async function aSiblingHost(target: URL): Promise<SiblingHost> {
  const authority = await createAuthority('a sibling host');
  const host = `evil.${target.hostname}`;
  const { certificate, key } = await authority.issueLoopbackServer([host]);
  const server = createServer({ cert: certificate, key }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>Win a prize</title>
<form method="post" action="${target.origin}/scheduled-jobs/1/run"><button>Win</button></form>
<a href="${target.origin}/email-log">Read</a><img src="${target.origin}/email-log.txt">`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { certificate, origin: `https://${host}:${port}`, close: () => void server.close() };
}
