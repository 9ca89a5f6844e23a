/**
 * Which address does a balancer report that passes TLS through? The PROXY protocol, version 1 and 2: one header before all
 * else on the connection (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt). Asked for by the policy's word and of
 * its trusted hops alone: whether one is there is never guessed, as a client could write one too.
 */
import type { Socket } from 'node:net';
import { type Address, formatAddress, parseAddress } from '../../../crds/rules/address/address.ts';

/** What the first bytes of a connection are. */
export type ProxyHeader =
  /** Not all of it is there yet. */
  | { readonly state: 'partial' }
  | { readonly state: 'none' }
  /** The address is not known where the hop reports none: a check of its own, or no TCP. */
  | { readonly state: 'whole'; readonly length: number; readonly source: string | undefined };

const none: ProxyHeader = { state: 'none' };
const partial: ProxyHeader = { state: 'partial' };

const wordOfV1 = Buffer.from('PROXY ');
/** With its line end. */
const longestV1 = 107;
const signatureOfV2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const fixedPartOfV2 = 16;
/** Balancers add their own data behind the addresses, some hundred bytes of it. */
const longestV2 = 4096;

/** Reads the header at the beginning of these bytes. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (beginsWith(bytes, signatureOfV2)) return readV2(bytes);
  return beginsWith(bytes, wordOfV1) ? readV1(bytes) : none;
}

/** Whether the bytes, as far as they are there, are those. */
function beginsWith(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function readV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, longestV1).indexOf('\r\n');
  if (end < 0) return bytes.length < longestV1 ? partial : none;
  const line = bytes.subarray(0, end).toString('latin1');
  const length = end + 2;
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return { state: 'whole', length, source: undefined };
  const [, family = '', source = '', destination = ''] =
    /^PROXY TCP([46]) (\S+) (\S+) (?:0|[1-9]\d{0,4}) (?:0|[1-9]\d{0,4})$/.exec(line) ?? [];
  const [from, to] = [addressOf(family, source), addressOf(family, destination)];
  return from === undefined || to === undefined ? none : whole(length, from);
}

/** An IPv4 address in IPv6 form is read as IPv4; the other way there is none. */
function addressOf(family: string, text: string): Address | undefined {
  return text.includes(':') === (family === '6') ? parseAddress(text) : undefined;
}

function whole(length: number, address: Address): ProxyHeader {
  return { state: 'whole', length, source: formatAddress(address) };
}

function readV2(bytes: Buffer): ProxyHeader {
  if (bytes.length < fixedPartOfV2) return partial;
  const [version, family] = [bytes.readUInt8(12), bytes.readUInt8(13)];
  const length = fixedPartOfV2 + bytes.readUInt16BE(14);
  // 0x20 is a connection of the hop's own (LOCAL), 0x21 one that it passes on.
  if ((version !== 0x20 && version !== 0x21) || length > longestV2) return none;
  if (bytes.length < length) return partial;
  const addresses = bytes.subarray(fixedPartOfV2, length);
  const read = version === 0x21 ? addressReaders[family] : undefined;
  if (read === undefined) return { state: 'whole', length, source: undefined };
  const source = read(addresses);
  return source === undefined ? none : whole(length, source);
}

/** TCP over IPv4 and over IPv6; of other families no address counts. */
const addressReaders: Readonly<Record<number, (addresses: Buffer) => Address | undefined>> = {
  0x11: fourIn,
  0x21: sixIn,
};

function fourIn(addresses: Buffer): Address | undefined {
  return addresses.length < 12 ? undefined : parseAddress([...addresses.subarray(0, 4)].join('.'));
}

function sixIn(addresses: Buffer): Address | undefined {
  if (addresses.length < 36) return undefined;
  const groups = Array.from({ length: 8 }, (_, at) => addresses.readUInt16BE(at * 2).toString(16));
  return parseAddress(groups.join(':'));
}

/** What was reported on a connection, and by whom it goes on. */
export interface ReadHeader {
  /** Undefined where the hop reports none. */
  readonly source: string | undefined;
}

/**
 * Takes the header off the connection, so that the next reader finds what comes after it. Undefined where there is none,
 * or not in time; the connection is to be closed then.
 */
export async function takeProxyHeader(socket: Socket, withinMs: number): Promise<ReadHeader | undefined> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const done = (result: ReadHeader | undefined): void => {
      clearTimeout(timer);
      socket.off('readable', read).off('end', stop).off('close', stop).off('error', stop);
      resolve(result);
    };
    const stop = (): void => done(undefined);
    const read = (): void => {
      for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null)
        bytes = Buffer.concat([bytes, chunk]);
      const header = readProxyHeader(bytes);
      if (header.state === 'partial') return;
      if (header.state === 'none') return stop();
      if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
      done({ source: header.source });
    };
    const timer = setTimeout(stop, withinMs);
    socket.on('readable', read).once('end', stop).once('close', stop).once('error', stop);
  });
}
