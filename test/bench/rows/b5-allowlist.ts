/** B5: is this address on a list of 10 to 100,000 CIDRs? Ours against net.BlockList and ipaddr.js, from text to answer. */
import { BlockList } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseAddress } from '../../../crds/rules/address/address.ts';
import { compileAllowlist } from '../../../crds/rules/address/allowlist.ts';
import { type Batch, measurePair, seeded } from '../harness.ts';
import { type Result, type Row, ratioResult } from '../row.ts';

const sizes = [10, 100, 1000, 10_000, 100_000] as const;

export const b5: Row = {
  id: 'b5',
  title: 'Allowlist: text of an address to yes or no (CPU, ratio to the peer)',
  async run(progress) {
    const results: Result[] = [];
    for (const size of sizes) {
      progress(`a list of ${size.toLocaleString('en')} CIDRs`);
      const cidrs = someCIDRs(size);
      const addresses = someAddresses(cidrs);
      const sides = { ours: ours(cidrs), blockList: blockList(cidrs), ipaddrJs: ipaddrJs(cidrs) };
      assertSameAnswers(sides, size > 1000 ? addresses.slice(0, 60) : addresses);
      const ask = asking(sides.ours, addresses);
      const name = `${size.toLocaleString('en')} CIDRs`;
      const peers = { 'net.BlockList': sides.blockList, 'ipaddr.js': sides.ipaddrJs };
      for (const [peer, contains] of Object.entries(peers)) {
        const slow = size > 1000 ? 1 : addresses.length;
        const pair = { ours: ask, peer: asking(contains, addresses, slow) };
        results.push(ratioResult(`${name}, against ${peer}`, 0.3, await measurePair(pair)));
      }
    }
    progress('growth from 10 to 100,000 CIDRs');
    const [few, many] = [someCIDRs(10), someCIDRs(100_000)];
    const pair = {
      ours: asking(ours(many), someAddresses(many)),
      peer: asking(ours(few), someAddresses(few)),
    };
    return [...results, ratioResult('100,000 CIDRs, against ours with 10', 1.5, await measurePair(pair))];
  },
};

type Contains = (address: string) => boolean;

function ours(cidrs: readonly string[]): Contains {
  const list = compileAllowlist(cidrs);
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && list.contains(address);
  };
}

function blockList(cidrs: readonly string[]): Contains {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix = ''] = cidr.split('/');
    list.addSubnet(network, Number(prefix), network.includes(':') ? 'ipv6' : 'ipv4');
  }
  return (text) => list.check(text, text.includes(':') ? 'ipv6' : 'ipv4');
}

function ipaddrJs(cidrs: readonly string[]): Contains {
  const ranges = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  return (text) => {
    const address = ipaddr.parse(text);
    return ranges.some((range) => range[0].kind() === address.kind() && address.match(range));
  };
}

/** Three IPv4 ranges of 16 to 4,096 addresses to one IPv6 /48, spread over the whole space. */
function someCIDRs(size: number): string[] {
  const random = seeded(size);
  return Array.from({ length: size }, (_, at) => {
    if (at % 4 === 3) return `2001:${hex(random(65_536))}:${hex(random(65_536))}::/48`;
    const prefix = 20 + random(9);
    const bits = (random(4_294_967_296) & (-1 << (32 - prefix))) >>> 0;
    return `${dotted(bits)}/${prefix}`;
  });
}

/** Half of them on the list, half of them probably not; one in four is IPv6. */
function someAddresses(cidrs: readonly string[]): string[] {
  const random = seeded(7);
  return Array.from({ length: 400 }, (_, at) => {
    const inside = cidrs[random(cidrs.length)] ?? '';
    if (at % 4 === 3) {
      const network = inside.includes(':') && at % 8 === 3 ? inside.replace('::/48', '') : '2001:db8:1';
      return `${network}:${hex(random(65_536))}::${hex(random(65_536))}`;
    }
    if (at % 2 === 0 || inside.includes(':')) return dotted(random(4_294_967_296));
    return inside.slice(0, inside.indexOf('/'));
  });
}

const hex = (group: number): string => group.toString(16);
const dotted = (bits: number): string => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');

function asking(contains: Contains, addresses: readonly string[], perBatch = addresses.length): Batch {
  let next = 0;
  let inside = 0;
  return () => {
    for (let count = 0; count < perBatch; count++) {
      if (contains(addresses[next] ?? '')) inside++;
      next = next + 1 === addresses.length ? 0 : next + 1;
    }
    return inside < 0 ? 0 : perBatch;
  };
}

function assertSameAnswers(sides: Readonly<Record<string, Contains>>, addresses: readonly string[]): void {
  for (const address of addresses) {
    const answers = Object.entries(sides).map(([name, contains]) => `${name} says ${contains(address)}`);
    if (new Set(answers.map((answer) => answer.split(' ').at(-1))).size > 1)
      throw new Error(`The sides differ about ${address}: ${answers.join(', ')}`);
  }
}
