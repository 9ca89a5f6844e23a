/** The web servers that the examples are for, as far as this machine can have them. */
import { readFileSync } from 'node:fs';
import type { IngressKind, IngressPlace } from './start-ingress.ts';

const exampleOf = (name: string): string =>
  readFileSync(new URL(`../../../examples/forward-auth/${name}`, import.meta.url), 'utf8');

const services = ({ ports }: IngressPlace): readonly (readonly [string, string])[] => [
  ['support-access-gateway-inner.support-access.svc:8444', `127.0.0.1:${ports.inner}`],
  ['support-access-gateway.support-access.svc:443', `127.0.0.1:${ports.gateway}`],
  ['ecase.ecase.svc:80', `127.0.0.1:${ports.application}`],
];

/** nginx from Debian's package, as one process. */
export function nginxAt(program: string): IngressKind {
  return {
    name: 'nginx',
    program,
    example: exampleOf('nginx.conf'),
    replaced: (place, port) => [
      ...services(place),
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      ['ecase.apps.example.com', place.hosts.application],
      ['ecase.example.com', place.hosts.ordinary],
      ['support.example.com', place.hosts.support],
      ['/etc/nginx/tls/', `${place.directory}/`],
      // Where its own package lets it write, which is not there without an installation.
      [
        'http {\n',
        `http {\n  access_log off;\n${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
          .map((one) => `  ${one}_temp_path ${place.directory}/${one};\n`)
          .join('')}`,
      ],
    ],
    args: (file, { directory }) => [
      '-p',
      directory,
      '-c',
      file,
      '-e',
      'stderr',
      '-g',
      `daemon off; master_process off; pid ${directory}/pid;`,
    ],
  };
}

/** Caddy from Debian's package. */
export function caddyAt(program: string): IngressKind {
  return {
    name: 'caddy',
    program,
    example: exampleOf('Caddyfile'),
    replaced: (place, port) => [
      ...services(place),
      ['https://ecase.apps.example.com {', `https://${place.hosts.application}:${port} {`],
      ['https://ecase.example.com {', `https://${place.hosts.ordinary}:${port} {`],
      ['support.example.com', place.hosts.support],
      ['/etc/caddy/tls/', `${place.directory}/`],
      // Neither a port of its own for administrators nor one for redirects.
      ['# How the gateway is reached', '{\n\tadmin off\n\tauto_https off\n}\n\n# How the gateway is reached'],
    ],
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  };
}

/** Envoy, without anything of its own that listens. */
export function envoyAt(program: string): IngressKind {
  return {
    name: 'envoy',
    program,
    example: exampleOf('envoy.yaml'),
    replaced: ({ ports, hosts, directory }, port) => [
      [
        'address: support-access-gateway-inner.support-access.svc, port_value: 8444',
        `address: 127.0.0.1, port_value: ${ports.inner}`,
      ],
      [
        'address: support-access-gateway.support-access.svc, port_value: 443',
        `address: 127.0.0.1, port_value: ${ports.gateway}`,
      ],
      ['address: ecase.ecase.svc, port_value: 80', `address: 127.0.0.1, port_value: ${ports.application}`],
      ['address: 0.0.0.0, port_value: 443', `address: 127.0.0.1, port_value: ${port}`],
      ['ecase.apps.example.com', hosts.application],
      ['ecase.example.com', hosts.ordinary],
      ['support.example.com', hosts.support],
      ['/etc/envoy/tls/', `${directory}/`],
    ],
    args: (file) => [
      '--config-path',
      file,
      '--use-dynamic-base-id',
      '--disable-hot-restart',
      '--concurrency',
      '1',
      '-l',
      'warn',
    ],
    file: 'configuration.yaml',
  };
}
