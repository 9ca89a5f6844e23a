/**
 * What is wrong with a proxy in front? Its administrator reads no pages and no records, but the gateway's log: one line a
 * minute for each hop and rule, with what to change, however many people are refused for it.
 */
import { LRUCache } from 'lru-cache';
import { formatAddress, parseAddress } from '../../../crds/rules/address/address.ts';
import type { Clock } from '../../../kube/clock.ts';
import type { Log } from '../../../process/logging.ts';
import { withoutZone } from './forwarding-lines.ts';

/** One request that was refused, or has no address, for what a hop wrote or did not write. */
export interface HopFault {
  /** The TCP peer. */
  readonly peer: string;
  /** Which rule: of a closed list. */
  readonly rule: string;
  /** The rule, what breaks it, and the way out. */
  readonly message: string;
}

export interface HopFaultsOptions {
  readonly log: Pick<Log, 'warn'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

const oncePerMs = 60_000;
/** More hops than stand in front of any gateway; where all addresses can connect, the log must not grow with them. */
const mostAtATime = 50;

/** Tells the log of each fault, at most once a minute for each hop and rule. */
export function createHopFaults({ log, clock }: HopFaultsOptions): (fault: HopFault) => void {
  const told = new LRUCache<string, { readonly at: number; since: number }>({ max: mostAtATime });
  let began = -Infinity;
  let lines = 0;
  return ({ peer, rule, message }) => {
    const now = clock.monotonic();
    const key = `${rule} ${peer}`;
    const last = told.get(key);
    if (last !== undefined && now - last.at < oncePerMs) {
      last.since += 1;
      return;
    }
    if (now - began >= oncePerMs) [began, lines] = [now, 0];
    if (lines >= mostAtATime) return;
    lines += 1;
    told.set(key, { at: now, since: 0 });
    const address = parseAddress(withoutZone(peer));
    const hop = address === undefined ? 'unknown' : formatAddress(address);
    log.warn({ hop, rule, more: last?.since ?? 0, problem: message }, 'a proxy in front is set up wrongly');
  };
}
