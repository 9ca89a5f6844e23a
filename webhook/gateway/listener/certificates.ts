/**
 * Which certificate does a host get? Those of the Secrets that the policy names, by the names inside them, loaded anew
 * while the port is open. A pair that does not fit together never replaces one that did.
 */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { KubeClient } from '../../../kube/api/client.ts';
import { Secrets } from '../../../kube/resources.ts';

export interface CertificatesOptions {
  readonly client: Pick<KubeClient, 'get'>;
  readonly namespace: string;
  /** Names of the Secrets as the policy says now. */
  readonly names: () => readonly string[];
  readonly onFailure: (name: string, error: unknown) => void;
}

interface Pair {
  readonly version: string;
  readonly certificate: X509Certificate;
  readonly context: SecureContext;
}

interface TlsSecret {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly data?: { readonly 'tls.crt'?: string; readonly 'tls.key'?: string };
}

export class Certificates {
  readonly #options: CertificatesOptions;
  #pairs = new Map<string, Pair>();

  constructor(options: CertificatesOptions) {
    this.#options = options;
  }

  /** Reads every named Secret. One that cannot be read or used keeps what it had; one that is not named goes. */
  async refresh(): Promise<void> {
    const names = this.#options.names();
    const read = await Promise.all(names.map(async (name) => [name, await this.#load(name)] as const));
    this.#pairs = new Map(read.flatMap(([name, pair]) => (pair === undefined ? [] : [[name, pair]])));
  }

  /** The context for a host name: the first certificate in the policy's order that is for it. */
  contextFor(host: string): SecureContext | undefined {
    for (const { certificate, context } of this.#pairs.values())
      if (certificate.checkHost(host) !== undefined) return context;

    return undefined;
  }

  get size(): number {
    return this.#pairs.size;
  }

  async #load(name: string): Promise<Pair | undefined> {
    const known = this.#pairs.get(name);
    try {
      const ref = { namespace: this.#options.namespace, name };
      const secret = await this.#options.client.get<TlsSecret>(Secrets, ref);
      const version = `${secret.metadata.uid}/${secret.metadata.resourceVersion}`;
      return known?.version === version ? known : pairOf(secret, version);
    } catch (error) {
      this.#options.onFailure(name, error);
      return known;
    }
  }
}

function pairOf({ data }: TlsSecret, version: string): Pair {
  const cert = Buffer.from(data?.['tls.crt'] ?? '', 'base64');
  const key = Buffer.from(data?.['tls.key'] ?? '', 'base64');
  // Throws when key and certificate do not belong together.
  const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  return { version, certificate: new X509Certificate(cert), context };
}
