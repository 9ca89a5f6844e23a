/** A local file server that publishes envtest archives as the official index does. Must not reach beyond loopback. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { stringify } from 'yaml';

export interface EnvtestServer {
  /** For SUPPORT_ACCESS_ENVTEST_INDEX. */
  readonly index: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  /** Publishes the archive of one version; the hash is the right one unless another is given. */
  publish(version: string, archive: Buffer, hash?: string): void;
  /** Publishes an index of this text. */
  publishIndex(text: string): void;
  stop(): void;
}

/** The archive's name in the index, for the machine that runs the test. */
export function archiveName(version: string): string {
  return `envtest-v${version}-linux-${process.arch === 'x64' ? 'amd64' : process.arch}.tar.gz`;
}

/** Starts one that has published nothing yet. */
export async function anEnvtestServer(): Promise<EnvtestServer> {
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const file = files.get(request.url ?? '');
    response.writeHead(file ? 200 : 404).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const publishIndex = (text: string): void => void files.set('/envtest-releases.yaml', Buffer.from(text));
  return {
    index: `${origin}/envtest-releases.yaml`,
    asked,
    publishIndex,
    publish: (version, archive, hash = createHash('sha512').update(archive).digest('hex')) => {
      const name = archiveName(version);
      files.set(`/${name}`, archive);
      const entry = { hash, selfLink: `${origin}/${name}` };
      publishIndex(stringify({ releases: { [`v${version}`]: { [name]: entry } } }));
    },
    stop: () => server.close(),
  };
}
