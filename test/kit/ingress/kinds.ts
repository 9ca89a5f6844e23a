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
