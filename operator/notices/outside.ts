/**
 * Which addresses a webhook may be called at. What a name stands for is judged when it is connected to, and that very address is
 * dialled: a name that stands for another one a moment later leads nowhere else.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Addresses that are not of the internet: of this machine, of the node, of the cluster, or of a network behind it. */
const inside: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
];

export interface OutsideRule {
  /** CIDRs of the policy that may be called although they are inside. */
  readonly allowed: readonly string[];
  /** Where the API server listens, which may be an address of the internet. */
  readonly apiServer: readonly string[];
}

export type Resolve = (
  name: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const bySystem: Resolve = (name) => systemLookup(name, { all: true });

/** Whether this address may be called. */
export function outsideJudge({ allowed, apiServer }: OutsideRule): (address: string) => boolean {
  const refused = listOf([...inside, ...apiServer.map(asRange)]);
  const accepted = listOf(allowed.map(asRange));
  return (address) => {
    const plain = withoutMapping(address);
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(plain) === 0) return false;
    return accepted.check(plain, family) || !refused.check(plain, family);
  };
}

/** An IPv4 address in the form of IPv6 is that address. */
function withoutMapping(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

function asRange(text: string): readonly [string, number] {
  const [address = '', prefix] = text.split('/');
  return [address, prefix === undefined ? (isIP(address) === 6 ? 128 : 32) : Number(prefix)];
}

function listOf(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges)
    list.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

/** What a name stands for, where all of it may be called. A name that stands for something inside as well is a trap. */
export function outsideLookup(rule: OutsideRule, resolve: Resolve = bySystem): LookupFunction {
  const mayCall = outsideJudge(rule);
  return (name, options, callback) => {
    resolve(name).then(
      (found) => {
        const refused = found.find(({ address }) => !mayCall(address));
        const [first] = found;
        if (refused !== undefined || first === undefined)
          return callback(refusedAddress(name, refused?.address), []);
        if (options.all === true) return callback(null, [...found]);
        return callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), []),
    );
  };
}

/** Names no address of the inside to who may only read a status. */
function refusedAddress(name: string, address: string | undefined): Error {
  return new Error(
    address === undefined
      ? `${name} stands for no address`
      : `${name} stands for an address that is not of the internet; name it in spec.notices.allowedInnerCIDRs if it is meant`,
  );
}
