/** A client that sends a request byte by byte, as an attacker would: a client library would repair the target. */
import { type ConnectionOptions, connect } from 'node:tls';

export interface RawRequest {
  /** Whom the client trusts. */
  readonly ca: string;
  readonly port: number;
  readonly host: string;
  /** What stands between method and version, whatever it is. */
  readonly target: string;
  readonly method?: string;
  /** Header lines beside Host and Connection. */
  readonly lines: readonly string[];
  readonly connection?: string;
  readonly body?: string;
  /** An address of this machine. */
  readonly from: string;
}

export interface RawResponse {
  /** 0 where the other side closed without an answer. */
  readonly status: number;
  /** The head, in lower case. */
  readonly head: string;
}

/** Resolves with the head of the response, and closes. */
export async function sendRaw(request: RawRequest): Promise<RawResponse> {
  const { ca, port, host, target, method = 'GET', lines, connection = 'close', body = '', from } = request;
  const head = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}:${port}`,
    `Connection: ${connection}`,
    ...lines,
  ];
  const { promise, resolve, reject } = Promise.withResolvers<RawResponse>();
  const options: ConnectionOptions & { readonly localAddress: string } = {
    host: '127.0.0.1',
    port,
    servername: host,
    ca,
    localAddress: from,
  };
  const socket = connect(options);
  let text = '';
  const done = (): void => {
    const [answered = ''] = text.split('\r\n\r\n', 1);
    resolve({ status: Number(/^HTTP\/1\.\d (\d+)/.exec(answered)?.[1] ?? 0), head: answered.toLowerCase() });
    socket.destroy();
  };
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    if (text.includes('\r\n\r\n')) done();
  });
  socket.on('error', reject).on('close', done);
  socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
  return promise;
}
