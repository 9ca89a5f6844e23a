/** Bytes as they are over TLS, for what no HTTP client would send. */
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';

/** Sends these very bytes and returns all that comes back until the other side closes or falls silent. */
export function overTls(options: ConnectionOptions, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(options, () => socket.write(bytes));
    socket.setTimeout(400, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    socket.on('close', () => resolve(text));
  });
}

/** The same on a connection that begins with what comes before TLS, in these pieces. */
export async function overTlsAfter(
  pieces: readonly (Buffer | string)[],
  { port, ...options }: ConnectionOptions & { readonly port: number },
  bytes: string,
): Promise<string> {
  const plain = connectPlain(port, '127.0.0.1');
  plain.setNoDelay(true);
  await once(plain, 'connect');
  for (const piece of pieces) {
    plain.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return overTls({ ...options, socket: plain }, bytes);
}
