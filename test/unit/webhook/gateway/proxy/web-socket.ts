/** A WebSocket through the engine: Node's own client, and an application that writes frames. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { assignmentRule } from '../../../../../crds/rules/request/assignment.ts';
import { applicationPolicy } from '../../../../../webhook/gateway/handlers/application/policy.ts';
import type { ProxyPolicy } from '../../../../../webhook/gateway/proxy/policy.ts';
import { frameOf, opcodes } from '../../../../../webhook/gateway/proxy/websocket/frames.ts';
import { MessageReader, type Received } from '../../../../../webhook/gateway/proxy/websocket/messages.ts';
import { aUser } from '../../../../kit/objects/user.ts';
import { aGateway } from './proxied.ts';

export const masked: ProxyPolicy = { ...applicationPolicy, webSockets: true };
export const unmasked: ProxyPolicy = { ...masked, masker: undefined };

export interface Spoken {
  readonly socket: Socket;
  readonly request: IncomingMessage;
  readonly received: Received[];
  readonly say: (opcode: number, payload: string | Buffer) => void;
}

/** An application that answers each message by `onMessage`, and the handshake with these lines besides. */
export function anApplication(
  onMessage: (spoken: Spoken, received: Received) => void,
  { lines = [], accept }: { readonly lines?: readonly string[]; readonly accept?: string } = {},
) {
  const server = createServer((_, response) => response.writeHead(404).end('no WebSocket here'));
  return server.on('upgrade', (incoming: IncomingMessage, socket: Socket) => {
    const key = `${incoming.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const fitting = createHash('sha1').update(key).digest('base64');
    const head = [
      'HTTP/1.1 101 Switching Protocols',
      'Connection: Upgrade',
      'Upgrade: websocket',
      `Sec-WebSocket-Accept: ${accept ?? fitting}`,
      ...lines,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.on('error', () => undefined);
    const reader = new MessageReader({ masked: true });
    const spoken: Spoken = {
      socket,
      request: incoming,
      received: [],
      say: (opcode, payload) => void socket.write(frameOf(opcode, Buffer.from(payload as string), 'server')),
    };
    socket.on('data', (chunk: Buffer) => {
      for (const received of reader.push(chunk)) {
        spoken.received.push(received);
        onMessage(spoken, received);
      }
    });
  });
}

export const textIn = (received: Received): string =>
  received.kind === 'message' ? received.payload.toString() : '';
export const answering = (text: string | Buffer, opcode: number = opcodes.text) =>
  anApplication((spoken) => spoken.say(opcode, text));

/** What the client says first, in which protocols, and the fields by which the application assigns. */
interface Said {
  readonly first?: string | Uint8Array<ArrayBuffer>;
  readonly protocols?: string[];
  readonly fields?: readonly string[];
}

/** A client that says "go" when it is open, with all that it is told until it is closed. */
export async function aClient(
  policy: ProxyPolicy,
  application: ReturnType<typeof createServer>,
  { first = 'go', protocols = [], fields = [] }: Said = {},
) {
  const assignments = () => assignmentRule(fields, () => [aUser()]);
  const gateway = await aGateway(policy, application, {}, { assignments });
  const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/live`, protocols);
  client.binaryType = 'arraybuffer';
  const told: (string | ArrayBuffer)[] = [];
  const open = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  client.addEventListener('open', () => {
    client.send(first);
    open.resolve();
  });
  client.addEventListener('message', ({ data }) => {
    told.push(data as string | ArrayBuffer);
    heard.resolve();
  });
  client.addEventListener('error', () => open.reject(new Error('not opened')));
  client.addEventListener('close', ({ code, reason }) => closed.resolve({ code, reason }));
  open.promise.catch(() => undefined);
  const messages = (): number => gateway.told.messages;
  return {
    ...gateway,
    messages,
    client,
    told,
    open: open.promise,
    heard: heard.promise,
    closed: closed.promise,
  };
}
