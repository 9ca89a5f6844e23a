/**
 * Checks an address before it is dialled. Only an address that the API server itself gave to the Service is dialled:
 * such an address is in the cluster's Service range and belongs to nothing else, so it is no node, no API server, no
 * metadata service and not the gateway, whatever DNS says. It resolves nothing.
 */
import { type Address, formatAddress, parseAddress } from '../../../crds/rules/address/address.ts';
import { allowlistOf } from '../../../crds/rules/address/allowlist.ts';

/** This host, loopback, link-local (where clouds keep credentials, under IPv6 too), multicast and the reserved rest. */
export const neverDialled: readonly string[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  'fd00:ec2::254/128',
  'fe80::/10',
  'ff00::/8',
];

/** Whether an address means "here" or "this link", wherever it is dialled from. */
export function isNeverDialled(address: Address): boolean {
  return allowlistOf(neverDialled).contains(address);
}

/** What is wrong with one address of a DNS answer; `given` are the Service's own, `own` those of this process. */
export function objectionToAddress(
  text: string,
  { given, own }: { readonly given: readonly string[]; readonly own: readonly string[] },
): string | undefined {
  const address = parseAddress(text);
  if (address === undefined || isNeverDialled(address)) return `${text} is refused`;
  const same = (other: string): boolean => {
    const parsed = parseAddress(other);
    return parsed !== undefined && formatAddress(parsed) === formatAddress(address);
  };
  if (own.some(same)) return `${text} is the gateway itself`;
  return given.some(same) ? undefined : `${text} is not an address of the Service`;
}
