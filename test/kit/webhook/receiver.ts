/** A receiver of webhooks over real TLS on loopback, which keeps what it gets and answers as the test says. */
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createAuthority } from '../control-plane/pki.ts';

export interface ReceivedCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebhookReceiver {
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly received: readonly ReceivedCall[];
  /** What it answers from now on. */
  answer: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** Sends its answer byte by byte and never ends. */
    readonly drips?: boolean;
  };
  close(): Promise<void>;
}

/** Starts one whose certificate is for these names and for loopback. */
export async function startWebhookReceiver(...names: readonly string[]): Promise<WebhookReceiver> {
  const authority = await createAuthority('webhooks of a test');
  const { certificate: cert, key } = await authority.issueLoopbackServer(names);
  const received: ReceivedCall[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    void text(request).then((body) => {
      const headers = request.headers as Record<string, string>;
      received.push({ path: request.url ?? '', headers, body });
      response.writeHead(receiver.answer.status, receiver.answer.headers);
      if (receiver.answer.drips === true) drip(response);
      else response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const receiver: WebhookReceiver = {
    port: (server.address() as AddressInfo).port,
    ca: authority.certificate,
    received,
    answer: { status: 204 },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

function drip(response: ServerResponse): void {
  const dripping = setInterval(() => response.write('.'), 20);
  response.once('close', () => clearInterval(dripping));
}
