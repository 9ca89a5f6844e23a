/**
 * A kubelet that does one thing: forward a port, as real ones do it by WebSocket (`v4.channel.k8s.io`). For control planes
 * without a node; the API server in front is the real one, with its rights and its proxy.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ControlPlane } from './control-plane.ts';
import { createAuthority } from './pki.ts';

export interface ForwardingKubelet {
  /** Where the ports of its pods lead: changed by a test as another pod would answer. */
  target: number;
  /** Ports that were asked for, in order. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Starts it and registers its node. Pods of `spec.nodeName: forwards` are reached through it. */
export async function startForwardingKubelet(cp: ControlPlane, target: number): Promise<ForwardingKubelet> {
  const authority = await createAuthority('kubelet of a test');
  const { certificate, key } = await authority.issueLoopbackServer();
  const asked: string[] = [];
  const server = createServer({ cert: certificate, key });
  const kubelet = {
    target,
    asked,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    asked.push(request.url ?? '');
    accept(request, socket);
    forward(
      socket,
      kubelet.target,
      Number(new URL(request.url ?? '', 'https://kubelet').searchParams.get('port')),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await register(cp, (server.address() as AddressInfo).port);
  return kubelet;
}

async function register(cp: ControlPlane, port: number): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'forwards' } };
  await cp.kubectl(['apply', '-f', '-'], { input: JSON.stringify(node) });
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  await cp.kubectl([
    'patch',
    'node',
    'forwards',
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({ status }),
  ]);
}

/** RFC 6455, 4.2.2. */
function accept({ headers }: IncomingMessage, socket: Duplex): void {
  const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const proof = createHash('sha1').update(`${headers['sec-websocket-key']}${magic}`).digest('base64');
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${proof}`,
      `Sec-WebSocket-Protocol: ${headers['sec-websocket-protocol']}`,
      '\r\n',
    ].join('\r\n'),
  );
}

function forward(socket: Duplex, target: number, port: number): void {
  const number = Buffer.from([port % 256, Math.floor(port / 256)]);
  for (const channel of [0, 1]) socket.write(frameOf(Buffer.concat([Buffer.from([channel]), number])));
  const pod = connect({ host: '127.0.0.1', port: target });
  pod.on('data', (chunk) => socket.write(frameOf(Buffer.concat([Buffer.from([0]), chunk]))));
  pod.on('error', (error) =>
    socket.write(frameOf(Buffer.concat([Buffer.from([1]), Buffer.from(error.message)]))),
  );
  pod.on('close', () => socket.end());
  socket.on('error', () => pod.destroy());
  socket.on('close', () => pod.destroy());
  let read = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    for (let message = messageIn(read); message !== undefined; message = messageIn(read)) {
      read = read.subarray(message.length);
      if (message.opcode === 8) pod.end();
      else pod.write(message.payload.subarray(1));
    }
  });
}

/** One unmasked binary frame, as servers send them. */
function frameOf(payload: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x82;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** The first whole frame, unmasked; clients mask theirs. */
function messageIn(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  const short = (bytes[1] ?? 0) & 0x7f;
  const headLength = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < headLength + 4) return undefined;
  const size =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const length = headLength + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(headLength, headLength + 4);
  const payload = Buffer.from(
    bytes.subarray(headLength + 4, length).map((byte, at) => byte ^ (mask[at % 4] ?? 0)),
  );
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload, length };
}
