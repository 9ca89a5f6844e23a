/**
 * Through which proxy a server is reached, as kubectl finds it: the one of the kubeconfig's cluster, else that of HTTPS_PROXY
 * where NO_PROXY does not except the server. Pure.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Names of environment variables and their values. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy, or undefined for none. `own` is `proxy-url` of the cluster, which NO_PROXY does not touch. Throws for one that cannot be used. */
export function proxyOf(server: URL, own: string | undefined, environment: Environment): URL | undefined {
  if (own) return usable(own, 'proxy-url');
  const named = environment['HTTPS_PROXY'] || environment['https_proxy'];
  if (!named || isExcepted(server, environment['NO_PROXY'] || environment['no_proxy'] || ''))
    return undefined;
  return usable(/^[a-z0-9+.-]+:\/\//i.test(named) ? named : `http://${named}`, 'HTTPS_PROXY');
}

function usable(text: string, from: string): URL {
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy !== undefined && ['http:', 'https:'].includes(proxy.protocol)) return proxy;
  // A value with a password in it must not get into a message.
  const shown = proxy === undefined ? 'what it has' : `${proxy.protocol}//${proxy.host}`;
  throw new Error(
    `${from} must be the address of an HTTP proxy such as http://proxy.example.com:3128, not ${shown}`,
  );
}

/** The rules of Go's httpproxy: this machine itself is never reached through a proxy of the environment. */
function isExcepted(server: URL, list: string): boolean {
  const host = server.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (host === 'localhost' || isLoopback(host)) return true;
  const port = server.port || '443';
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && covers(entry, host, port));
}

function isLoopback(host: string): boolean {
  return isIPv6(host) ? host === '::1' : isIP(host) === 4 && host.startsWith('127.');
}

/** `example.com` is the name and what is below it, `.example.com` and `*.example.com` what is below alone. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const { name, ofPort } = partsOf(entry);
  if (ofPort !== undefined && ofPort !== port) return false;
  if (name.includes('/')) return isWithin(name, host);
  if (isIP(name) !== 0) return isWithin(`${name}/${isIPv6(name) ? 128 : 32}`, host);
  return host.endsWith(name.startsWith('.') ? name : `.${name}`) || host === name;
}

/** `[fd00::5]:6443`, `10.1.2.3:443`, `*.example.com`, `fd00::/8`: only what stands behind a single colon, or a bracket, is a port. */
function partsOf(entry: string): { readonly name: string; readonly ofPort: string | undefined } {
  const [, bracketed, ofBracketed] = /^\[(.+)\](?::(\d+))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) return { name: bracketed, ofPort: ofBracketed };
  const [, plain = entry, ofPort] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  return { name: plain.replace(/^\*/, ''), ofPort };
}

function isWithin(network: string, host: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const most = isIPv6(address) ? 128 : 32;
  if (isIP(address) === 0 || isIP(host) !== isIP(address) || !/^\d{1,3}$/.test(bits) || Number(bits) > most)
    return false;
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return list.check(host, family);
}
