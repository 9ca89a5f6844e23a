/**
 * A connection to a port of a pod through the API server, as `kubectl port-forward` makes it, with no port of this machine
 * between: who else is signed in here cannot use it. Spoken is `v4.channel.k8s.io`, which each kubelet knows.
 */
import { Duplex } from 'node:stream';
import type { WebSocket } from 'undici';
import { ServerUnreachable } from '../errors.ts';
import { accepted } from '../http/request-parts.ts';
import type { Transport } from '../http/transport.ts';
import type { ObjectRef } from '../objects.ts';
import { Pods, resourcePath } from '../resources.ts';

const protocol = 'v4.channel.k8s.io';

/** Connects. Throws `KubeError` where the caller may not, or there is no such pod. */
export async function portForward(transport: Transport, pod: ObjectRef, port: number): Promise<Duplex> {
  const path = `${resourcePath(Pods, { ...pod, subresource: 'portforward' })}?ports=${port}`;
  try {
    return new ForwardedPort(await transport.openSocket({ path, protocol }));
  } catch (error) {
    if (!(error instanceof ServerUnreachable) || error.code !== 'NO_WEBSOCKET') throw error;
    // A WebSocket that does not open says nothing. Asked without one, the server says what is missing.
    const request = { method: 'GET', path };
    const response = await transport.send(request);
    // A request that may pass lacks only its upgrade, and is told so.
    if (response.status !== 400) accepted(request, response);
    throw error;
  }
}

/** The two channels of a port: what is said, and why it ended. */
const channels = { data: 0, error: 1 } as const;
/** The first message of each channel repeats the port, in two bytes. */
const portBytes = 2;

class ForwardedPort extends Duplex {
  readonly #socket: WebSocket;
  readonly #begun = new Set<number>();

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(Buffer.from(data as ArrayBuffer)));
    socket.addEventListener('error', () => this.destroy(new Error('the forwarded port broke off')));
    socket.addEventListener('close', () => this.push(null));
  }

  #take(message: Buffer): void {
    const channel = message[0] ?? channels.error;
    const content = message.subarray(1 + (this.#begun.has(channel) ? 0 : portBytes));
    this.#begun.add(channel);
    if (content.length === 0 || this.destroyed) return;
    if (channel === channels.data) this.push(content);
    else this.destroy(new Error(`the port of the pod cannot be reached: ${content.toString('utf8')}`));
  }

  override _read(): void {
    // What arrives is pushed as it comes; a response has an end, and its reader reads it.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#socket.send(Buffer.concat([Buffer.from([channels.data]), chunk]));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.close();
    done(error);
  }
}
