/**
 * A real web server with an example's configuration, as a customer would run it: only names, addresses and files are replaced
 * by those of this machine, and each replacement must be found.
 */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../clock/eventually.ts';
import { freePort } from '../control-plane/free-port.ts';
import { isThere } from '../machine/debian.ts';

/** Where the parts are that the configuration names. */
export interface IngressPlace {
  /** A folder for the files of the server. */
  readonly directory: string;
  readonly hosts: { readonly application: string; readonly ordinary: string; readonly support: string };
  readonly ports: { readonly application: number; readonly gateway: number; readonly inner: number };
  /** PEM: the authority, and the pair that the server shows. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** How one kind of server is configured and started. */
export interface IngressKind {
  readonly name: string;
  readonly program: string;
  /** Texts of the example, each with what stands in its place. */
  readonly replaced: (place: IngressPlace, port: number) => readonly (readonly [string, string])[];
  /** Arguments of the program, with the path of its configuration. */
  readonly args: (file: string, place: IngressPlace) => readonly string[];
  /** The example. */
  readonly example: string;
  /** What its file must be called. */
  readonly file?: string;
}

export interface RunningIngress {
  readonly port: number;
  /** What the server said. */
  readonly output: () => string;
  stop(): Promise<void>;
}

/** Starts it on a free port, and resolves when it listens. Rejects with what it said when it does not come up. */
export async function startIngress(kind: IngressKind, place: IngressPlace): Promise<RunningIngress> {
  const port = await freePort();
  const directory = join(place.directory, kind.name);
  await mkdir(directory, { recursive: true });
  await Promise.all(
    Object.entries({ 'ca.crt': place.ca, 'tls.crt': place.certificate, 'tls.key': place.key }).map(
      ([name, text]) => writeFile(join(directory, name), text),
    ),
  );
  const here = { ...place, directory };
  const file = join(directory, kind.file ?? 'configuration');
  await writeFile(file, configured(kind, here, port));
  // It must not outlive this process, however that ends.
  const [command, ...before] = isThere('setpriv')
    ? ['setpriv', '--pdeathsig', 'KILL', kind.program]
    : [kind.program];
  const child = spawn(command ?? kind.program, [...before, ...kind.args(file, here)], {
    cwd: directory,
    env: { ...process.env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await eventually(() => listens(port)).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${kind.name} does not listen; it said:\n${said}`, { cause: error });
  });
  return {
    port,
    output: () => said,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function configured(kind: IngressKind, place: IngressPlace, port: number): string {
  let text = kind.example;
  for (const [written, here] of kind.replaced(place, port)) {
    if (!text.includes(written)) throw new Error(`the example of ${kind.name} has no "${written}"`);
    text = text.replaceAll(written, here);
  }
  return text;
}

async function listens(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
