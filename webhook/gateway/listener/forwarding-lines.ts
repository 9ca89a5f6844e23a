/**
 * Whom did the hops in front report? Reads X-Forwarded-For and Forwarded (RFC 7239) into the hops from the client to us. It
 * trusts none of them, and never guesses: what names no address is a hop that is not known.
 */
import { type Address, parseAddress } from '../../../crds/rules/address/address.ts';
import { partsOf, withoutOptionalSpace } from '../../../crds/rules/request/optional-white-space.ts';

/** One hop, or undefined where it is hidden, unknown or unreadable. */
export type Hop = Address | undefined;

/** More hops than any real chain has; a longer list is an attempt to make us work. */
const hopLimit = 32;

/** The hops of all X-Forwarded-For lines, the nearest last; undefined where there is none, or no chain. */
export function hopsOfForwardedFor(lines: readonly string[]): readonly Hop[] | undefined {
  return bounded(lines.flatMap((line) => partsOf(line, ',')).map(addressOfNode));
}

/** A name with a plain or a quoted value; brackets and colons, which have to be quoted, are taken without quotes too. */
const forwardedPair = /^([!#$%&'*+.^_`|~\w-]+)=((?:[!#$%&'*+.^_`|~\w:[\]-])+|"(?:\\.|[^"\\])*")$/;

/** The hops of all Forwarded lines, the nearest last; undefined where there is none, or where one is not RFC 7239. */
export function hopsOfForwarded(lines: readonly string[]): readonly Hop[] | undefined {
  if (!lines.every((line) => quotesMatch.test(line))) return undefined;
  const hops: Hop[] = [];
  for (const element of lines.flatMap((line) => partsUnquoted(line, ','))) {
    const pairs = partsUnquoted(element, ';').map((pair) => forwardedPair.exec(pair));
    const named = pairs.filter((pair) => pair?.[1]?.toLowerCase() === 'for');
    if (pairs.includes(null) || named.length > 1) return undefined;
    const value = named[0]?.[2];
    hops.push(value === undefined ? undefined : addressOfNode(unquoted(value)));
  }
  return bounded(hops);
}

function bounded(hops: readonly Hop[]): readonly Hop[] | undefined {
  return hops.length === 0 || hops.length > hopLimit ? undefined : hops;
}

/**
 * The address in how a hop names another: with or without a port, IPv6 in brackets or not. A zone is a name of the hop's own
 * interface and no part of the address. `unknown` and names that begin with `_` hide the address, and so there is none.
 */
export function addressOfNode(node: string): Hop {
  if (node.startsWith('[')) {
    const [, six = ''] = /^\[([^\]]+)\](?::(?:\d{1,5}|_[\w.-]+))?$/.exec(node) ?? [];
    return six.includes(':') ? parseAddress(withoutZone(six)) : undefined;
  }
  // Without brackets a port can follow an IPv4 address alone: in IPv6 it would be one more group.
  const [, four] = /^([\d.]+):(?:\d{1,5}|_[\w.-]+)$/.exec(node) ?? [];
  return parseAddress(withoutZone(four ?? node));
}

/** An IPv6 address without the name of an interface, as in `fe80::1%eth0`. */
export function withoutZone(text: string): string {
  const zone = text.indexOf('%');
  return zone < 0 || !text.includes(':') ? text : text.slice(0, zone);
}

const quotesMatch = /^(?:"(?:\\.|[^"\\])*"|[^"])*$/;

/** What stands between the separators that are in no quoted text, without the spaces around it; empty places count for nothing. */
function partsUnquoted(text: string, separator: ',' | ';'): string[] {
  const parts = text.match(
    separator === ',' ? /(?:"(?:\\.|[^"\\])*"|[^",])+/g : /(?:"(?:\\.|[^"\\])*"|[^";])+/g,
  );
  return (parts ?? []).map(withoutOptionalSpace).filter((part) => part !== '');
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
}
