/** Through which proxy a server is reached, by the rules of kubectl. */
import { describe, expect, it } from 'vitest';
import { proxyOf } from '../../../../kube/http/proxy.ts';

const proxy = 'http://proxy.example.com:3128';
const server = (host = 'kube.example.com:6443'): URL => new URL(`https://${host}`);

describe('the proxy', () => {
  it('of the cluster comes before that of the environment, which cannot except it', () => {
    const environment = { HTTPS_PROXY: 'http://other.example.com', NO_PROXY: '*' };
    expect(proxyOf(server(), proxy, environment)?.href).toBe(`${proxy}/`);
    expect(proxyOf(server('127.0.0.1:6443'), proxy, {})?.href).toBe(`${proxy}/`);
  });

  it.each<[Record<string, string>, string | undefined]>([
    [{}, undefined],
    [{ HTTPS_PROXY: proxy }, `${proxy}/`],
    [{ https_proxy: proxy }, `${proxy}/`],
    [{ HTTPS_PROXY: '', https_proxy: proxy }, `${proxy}/`],
    [{ HTTPS_PROXY: 'proxy.example.com:3128' }, `${proxy}/`],
    [{ HTTP_PROXY: proxy, ALL_PROXY: proxy }, undefined],
  ])('of the environment %j is %s', (environment, href) => {
    expect(proxyOf(server(), '', environment)?.href).toBe(href);
  });

  it.each<[string, string, boolean]>([
    ['kube.example.com', 'kube.example.com', true],
    ['kube.example.com', ' other , example.com ', true],
    ['kube.example.com', '.example.com', true],
    ['kube.example.com', '*.example.com', true],
    ['kube.example.com', 'KUBE.EXAMPLE.COM', true],
    ['kube.example.com', '*', true],
    ['kube.example.com:6443', 'kube.example.com:6443', true],
    ['kube.example.com:6443', 'kube.example.com:443', false],
    ['kube.example.com', 'kube.example.com:443', true],
    ['example.com', '.example.com', false],
    ['badexample.com', 'example.com', false],
    ['kube.example.com', 'example', false],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3:6443', '10.1.2.3:6443', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['kube.example.com', '10.0.0.0/8', false],
    ['10.1.2.3', '10.0.0.0/99', false],
    ['[fd00::5]', 'fd00::/8', true],
    ['[fd00::5]', 'fd00::5', true],
    ['[fd00::5]:6443', '[fd00::5]:6443', true],
    ['[fe80::5]', 'fd00::/8', false],
    ['localhost:6443', '', true],
    ['127.0.0.1:6443', '', true],
    ['[::1]:6443', '', true],
  ])('is left out for %s by NO_PROXY=%s: %s', (host, except, isLeftOut) => {
    const found = proxyOf(server(host), undefined, { HTTPS_PROXY: proxy, NO_PROXY: except });
    expect(found === undefined).toBe(isLeftOut);
  });

  it('is refused where it is none that can be used, without its password', () => {
    for (const own of ['socks5://me:secret@proxy.example.com', 'nonsense']) {
      expect(() => proxyOf(server(), own, {})).toThrow(
        /^proxy-url must be the address of an HTTP proxy such as (?!.*secret)/,
      );
    }
    expect(() => proxyOf(server(), '', { HTTPS_PROXY: 'ftp://x' })).toThrow('HTTPS_PROXY must be');
  });
});
